#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "data/dataset.h"

/// The formats that data comes in. A format is a pair of files in this folder and a row of the table in
/// format.cpp: how it is recognised, and a reader that makes a Source of it. What all of them need is done
/// behind the reader, in load_dataset(): the data's name where the format gives none, the size that is asked
/// for, the test split where there is none. A new reader's bytes come from outside, so it gets a target in
/// tests/fuzz/targets.cpp with seeds, and sizes are checked before memory is asked for.
namespace ganymede::data {

/// What a reader has made of a path.
struct Source {
  Dataset dataset;        ///< its name may be empty
  bool has_test = false;  ///< whether there are images to test with, which were left out if not asked for
};

/// A format of files or directories: how it is recognised and read.
struct Format {
  std::string_view name;  ///< what a user has: "a folder of pictures"
  /// Whether the path, which exists, is of this format; reads names and first bytes at most.
  bool (*recognise)(const std::filesystem::path& path);
  /// Throws Error(data). Of `preparation` it needs only to heed what makes one size of many.
  Source (*read)(const std::filesystem::path& path, const Preparation& preparation, Splits splits);
};

/// All of them, in the order in which they are tried.
std::span<const Format> formats();
/// The first of them that recognises the path; null where none does.
const Format* recognise_format(const std::filesystem::path& path);
/// Their names in a row: "IDX files, ... or a folder of pictures".
std::string format_names();

/// The most bytes of pixels that a data set may have in memory.
inline constexpr std::size_t max_pixel_bytes = std::size_t{1} << 32;
/// The most classes of a data set.
inline constexpr std::size_t max_classes = 1000;

/// Makes what a reader has made of `where` ready: checks its classes, fits its images, cuts images to test
/// with from the training images where there are none. Throws Error(data).
void make_ready(Source& source, const std::filesystem::path& where, const Preparation& preparation);

/// Whether the text is UTF-8 without control characters, as files in TOML and JSON must be.
bool is_printable(std::string_view text);

/// Throws Error(data), which begins with `where`, for more classes than that, and for names that are no UTF-8
/// or hold control characters.
void require_classes(const Dataset& dataset, const std::filesystem::path& where);
/// The names "0", "1", ... of as many classes as the training labels, if there are any, have. Throws
/// Error(data) where the test labels have more.
void name_classes_by_number(Dataset& dataset, const std::filesystem::path& where);

}  // namespace ganymede::data
