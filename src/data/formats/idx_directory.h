#pragma once

#include <filesystem>

#include "data/formats/format.h"

namespace ganymede::data {

/// Whether the path is a directory with one of the four files, under any of their names.
bool is_idx_directory(const std::filesystem::path& path);

/// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte,
/// each gzipped (.gz) or not, and with a dot for the second hyphen or not; images of more than one channel
/// are called idx4. The published files are recognised by their SHA-256; other files have as many classes as
/// the training split has labels. The last two may be missing together. Throws Error(data) for missing and
/// corrupt files, and for files that do not fit each other.
Source read_idx_directory(const std::filesystem::path& path, const Preparation& preparation, Splits splits);

}  // namespace ganymede::data
