#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ganymede::data {

/// Labelled images.
struct Split {
  std::vector<std::uint8_t> pixels;  ///< [count, height, width, channels], 0 to 255
  std::vector<std::uint8_t> labels;  ///< [count]

  std::size_t count() const { return labels.size(); }
  /// How many bytes an image has: height * width * channels.
  std::size_t image_size() const { return labels.empty() ? 0 : pixels.size() / labels.size(); }
  std::span<const std::uint8_t> image(std::size_t index) const {
    return std::span(pixels).subspan(index * image_size(), image_size());
  }
};

/// A file that a data set was read from.
struct DatasetFile {
  std::filesystem::path path;
  std::string sha256;     ///< of the unpacked contents, in hexadecimal
  bool verified = false;  ///< whether that is the digest of the published file
};

/// Images of one size, split into those to train on and those to test with.
struct Dataset {
  std::string name;  ///< "mnist", "fashion-mnist", or the name of the directory
  int height = 0;
  int width = 0;
  int channels = 1;
  std::vector<std::string> class_names;  ///< of the labels 0, 1, ...
  Split train;
  Split test;  ///< empty if only the training split was asked for
  std::vector<DatasetFile> files;

  int classes() const { return static_cast<int>(class_names.size()); }
};

/// Which parts of a data set to read.
enum class Splits { train_and_test, train_only };

/// Opens a data set by what a user calls it: "mnist" and "fashion-mnist" are looked for under each directory
/// of `search_path`, then under /usr/share/datasets, and must be the published files; anything else is a
/// directory for load_directory(). Throws Error(data) if there is none, or if a file is not the published
/// one.
Dataset open_dataset(std::string_view name_or_directory, std::span<const std::filesystem::path> search_path,
                     Splits splits = Splits::train_and_test);

/// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
/// each gzipped (.gz) or not, and with a dot for the second hyphen or not. The published files are recognised
/// by their SHA-256; other files have as many classes as the training split has labels. Throws Error(data)
/// for missing and corrupt files, and for files that do not fit each other.
Dataset load_directory(const std::filesystem::path& directory, Splits splits = Splits::train_and_test);

}  // namespace ganymede::data
