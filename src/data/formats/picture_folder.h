#pragma once

#include <cstddef>
#include <filesystem>

#include "data/formats/format.h"

namespace ganymede::data {

/// What a folder may hold at most.
struct FolderLimits {
  std::size_t files = 1'000'000;  ///< of every kind, with sub-folders
  std::size_t file_bytes = std::size_t{1} << 26;
  std::size_t pixel_bytes = max_pixel_bytes;
};

/// Whether the path is a directory.
bool is_picture_folder(const std::filesystem::path& path);

/// Reads the pictures of a folder, in the order of their names' bytes. They lie in it, and have no labels, or
/// each sub-folder is a class. Folders called train or training, val or validation, test or testing are
/// splits of either kind; without one to test with the validation split is that, else it is left out. Names
/// that begin with a dot, and files with another suffix, are left out. If any picture is in colour, all are
/// read so. Throws Error(data) for a folder that holds pictures beside sub-folders, or folders in a class,
/// for pictures that cannot be read and for more than the limits; where there are several sizes and none is
/// asked for, with how many pictures have which.
Source read_picture_folder(const std::filesystem::path& path, const Preparation& preparation, Splits splits);
Source read_picture_folder(const std::filesystem::path& path, const Preparation& preparation, Splits splits,
                           const FolderLimits& limits);

}  // namespace ganymede::data
