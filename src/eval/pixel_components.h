#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/shape.h"

namespace ganymede::eval {

/// The principal components of images' pixels: features for images that no classifier reads. Images are first
/// averaged over equal areas to at most 16x16 pixels between 0 and 1.
class PixelComponents {
 public:
  /// The first 64 components of images [count, height, width, channels], or as many as there are pixels; of
  /// at most 10,000 images. `image` is [height, width, channels].
  PixelComponents(std::span<const std::uint8_t> images, const base::Shape& image);

  const base::Shape& image_shape() const { return image_; }  ///< [height, width, channels]
  std::int64_t count() const { return count_; }              ///< of components

  /// [images, count()], the projections of images [images, height, width, channels].
  std::vector<float> read(std::span<const std::uint8_t> images) const;

 private:
  std::vector<float> shrink(std::span<const std::uint8_t> images) const;  // [images, size]

  base::Shape image_;
  std::int64_t height_, width_, size_;  // of a shrunken image; size: height * width * channels
  std::int64_t count_ = 0;
  std::vector<float> mean_;        // [size]
  std::vector<float> components_;  // [count, size]
};

}  // namespace ganymede::eval
