#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "data/preparation.h"

namespace ganymede::data {

/// Which images of one channel are the channels of others.
struct Stacks {
  static constexpr std::size_t channels = 3;  ///< of a stacked image

  std::size_t plane_size = 0;  ///< height * width
  std::vector<std::array<std::uint32_t, channels>>
      planes;  ///< [count], each the number of an image in pixels
};

/// Images and their labels.
struct Split {
  std::vector<std::uint8_t> pixels;   ///< [images, height, width, channels], 0 to 255
  std::vector<std::uint16_t> labels;  ///< [count], zeros where the data has no labels
  std::optional<Stacks> stacks = {};  ///< if given, the split's images are these, of those in pixels

  std::size_t count() const { return labels.size(); }  ///< The number of images.
  /// How many bytes an image has: height * width * channels.
  std::size_t image_size() const {
    return stacks           ? stacks->plane_size * Stacks::channels
           : labels.empty() ? 0
                            : pixels.size() / labels.size();
  }

  /// dst [height, width, channels] = convert(byte) for each byte of an image.
  template <class Value, class Convert>
  void read_image(std::size_t index, std::span<Value> dst, Convert convert) const {
    if (!stacks) {
      std::ranges::transform(std::span(pixels).subspan(index * image_size(), image_size()), dst.begin(),
                             convert);
      return;
    }
    for (std::size_t channel = 0; channel < Stacks::channels; ++channel) {
      const std::size_t first = stacks->planes[index][channel] * stacks->plane_size;
      for (std::size_t pixel = 0; pixel < stacks->plane_size; ++pixel) {
        dst[pixel * Stacks::channels + channel] = convert(pixels[first + pixel]);
      }
    }
  }
  /// The bytes of an image.
  std::vector<std::uint8_t> image(std::size_t index) const {
    std::vector<std::uint8_t> bytes(image_size());
    read_image(index, std::span(bytes), std::identity());
    return bytes;
  }
};

/// A file that a data set was read from.
struct DatasetFile {
  std::filesystem::path path;  ///< of the file
  std::string sha256;          ///< of the unpacked contents, in hexadecimal
  bool verified = false;       ///< whether that is the digest of the published file
};

/// Images of one size, split into those to train on and those to test with.
struct Dataset {
  std::string name;  ///< "mnist", "fashion-mnist", the name of the file or directory (behind "own-" where
                     ///< that is one of the former), or "stacked-" and one of these
  int height = 0;    ///< of an image, in pixels
  int width = 0;     ///< of an image, in pixels
  int channels = 1;  ///< 1: grey; 3: red, green, blue
  std::vector<std::string> class_names;  ///< of the labels 0, 1, ...; empty: without labels
  Split train;                           ///< to train on
  Split test;                            ///< empty if only the training split was asked for
  std::vector<DatasetFile> files;        ///< that were read
  std::vector<std::string> notes =
      {};  ///< what reading them has decided, each a sentence without its full stop
  /// Whether the images are those of the files and no others: not resized, cut apart or converted.
  bool as_in_files = true;

  /// Of an image: [height, width, channels].
  base::Shape image_shape() const { return {height, width, channels}; }
  int classes() const { return static_cast<int>(class_names.size()); }  ///< 0: without labels
  /// The name of the class of a training image; empty where the data has no labels.
  std::string class_of(std::size_t train_image) const {
    return class_names.empty() ? std::string() : class_names[train.labels[train_image]];
  }
};

/// Which parts of a data set to read.
enum class Splits { train_and_test, train_only };

/// One digest by which a run knows its data again: of the files and of how their images are stacked, or,
/// where the images are not just those of the files, of the training images, their labels and the classes'
/// names.
std::string digest(const Dataset& dataset);

/// The names that open_dataset() knows; of those that begin with "stacked-" only the usual one.
std::vector<std::string> dataset_names();
/// Whether it is one of them.
bool is_known_name(std::string_view name);
/// What it takes, in words: those names and the formats of data/formats/format.h.
std::string known_data();

/// Opens a data set by what a user calls it: "mnist" and "fashion-mnist" are looked for under each directory
/// of `search_path`, then under /usr/share/datasets, and must be the published files; "stacked-" and the name
/// of a data set is stack() of it; anything else is a path for load_dataset(). Throws Error(data) if there is
/// none, or if a file is not the published one.
Dataset open_dataset(std::string_view name_or_path, std::span<const std::filesystem::path> search_path,
                     Splits splits = Splits::train_and_test, const Preparation& preparation = {});

/// Reads a file or directory in one of the formats of data/formats/format.h, makes its images ready, and cuts
/// images to test with from those to train on where the source has none. Throws Error(data) for a path in no
/// known format, and as the format's reader, fit_images() and cut_test_split() do.
Dataset load_dataset(const std::filesystem::path& path, Splits splits = Splits::train_and_test,
                     const Preparation& preparation = {});

}  // namespace ganymede::data
