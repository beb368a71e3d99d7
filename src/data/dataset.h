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

namespace ganymede::data {

/// Which images of one channel are the channels of others.
struct Stacks {
  static constexpr std::size_t channels = 3;  ///< of a stacked image

  std::size_t plane_size = 0;  ///< height * width
  std::vector<std::array<std::uint32_t, channels>>
      planes;  ///< [count], each the number of an image in pixels
};

/// Labelled images.
struct Split {
  std::vector<std::uint8_t> pixels;   ///< [images, height, width, channels], 0 to 255
  std::vector<std::uint8_t> labels;   ///< [count]
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
  std::string name;  ///< "mnist", "fashion-mnist", the name of the directory, or "stacked-" and one of these
  int height = 0;    ///< of an image, in pixels
  int width = 0;     ///< of an image, in pixels
  int channels = 1;  ///< 1: grey; 3: red, green, blue
  std::vector<std::string> class_names;  ///< of the labels 0, 1, ...
  Split train;                           ///< to train on
  Split test;                            ///< empty if only the training split was asked for
  std::vector<DatasetFile> files;        ///< that were read

  int classes() const { return static_cast<int>(class_names.size()); }  ///< The number of labels.
};

/// Which parts of a data set to read.
enum class Splits { train_and_test, train_only };

/// The names that open_dataset() knows; of those that begin with "stacked-" only the usual one.
std::vector<std::string> dataset_names();
/// What it takes, in words: those names, "or a directory with IDX files".
std::string known_data();

/// Opens a data set by what a user calls it: "mnist" and "fashion-mnist" are looked for under each directory
/// of `search_path`, then under /usr/share/datasets, and must be the published files; "stacked-" and the name
/// of a data set is stack() of it; anything else is a directory for load_directory(). Throws Error(data) if
/// there is none, or if a file is not the published one.
Dataset open_dataset(std::string_view name_or_directory, std::span<const std::filesystem::path> search_path,
                     Splits splits = Splits::train_and_test);

/// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
/// each gzipped (.gz) or not, and with a dot for the second hyphen or not. The published files are recognised
/// by their SHA-256; other files have as many classes as the training split has labels. Throws Error(data)
/// for missing and corrupt files, and for files that do not fit each other.
Dataset load_directory(const std::filesystem::path& directory, Splits splits = Splits::train_and_test);

}  // namespace ganymede::data
