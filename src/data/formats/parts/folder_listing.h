#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "data/formats/picture_folder.h"

namespace ganymede::data {

/// A picture of a folder, and its class.
struct PictureFile {
  std::filesystem::path path;
  std::uint16_t label = 0;
};

/// What is to be read of a folder.
struct FolderListing {
  std::vector<std::string> class_names;  ///< empty: the pictures have no labels
  std::vector<PictureFile> train;
  std::vector<PictureFile> test;
  bool has_test = false;
  std::vector<std::string> notes;
};

/// Looks at the names in a folder, as read_picture_folder() says. Throws Error(data).
FolderListing list_folder(const std::filesystem::path& path, const FolderLimits& limits);

}  // namespace ganymede::data
