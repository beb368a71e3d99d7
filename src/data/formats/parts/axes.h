#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

/// What the axes of an array of images mean.
namespace ganymede::data {

struct Axes {
  std::int64_t count = 0;
  int height = 0;
  int width = 0;
  int channels = 1;
  bool channels_first = false;  ///< [count, channels, height, width]

  std::size_t image_size() const {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) *
           static_cast<std::size_t>(channels);
  }
  /// "[count, height, width]"
  std::string to_string() const;
};

/// The axes of an array of this shape: [count, height, width], or with one channel or three [count, height,
/// width, channels] or [count, channels, height, width]. Throws Error(data), which begins with `where`, for
/// any other, for one that could be both of the last two, and for more bytes than max_pixel_bytes.
Axes axes_of(std::span<const std::int64_t> shape, const std::filesystem::path& where);

/// Takes over the size of the images, or throws Error(data) where the data set has images of another one.
void require_one_size(Dataset& dataset, const Axes& axes, const std::filesystem::path& where);

/// [count, height, width, channels] of an array with these axes.
std::vector<std::uint8_t> channels_last(std::vector<std::uint8_t> values, const Axes& axes);

}  // namespace ganymede::data
