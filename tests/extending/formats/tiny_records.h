#pragma once

#include <filesystem>

#include "data/formats/format.h"

namespace ganymede::data {

/// Whether the path ends with .tiny.
bool is_tiny_records(const std::filesystem::path& path);

/// Reads records of a label and the bytes of 8 by 8 grey pixels. Throws Error(data) for a file of another
/// size.
Source read_tiny_records(const std::filesystem::path& path, const Preparation& preparation, Splits splits);

}  // namespace ganymede::data
