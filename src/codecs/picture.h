#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "codecs/image.h"

namespace ganymede::codecs {

/// The formats that are read: "PNG, JPEG and WebP"
std::string picture_format_names();

/// Whether the name has a suffix of one of them, in any case.
bool is_picture_name(const std::filesystem::path& path);

/// What decode_picture() would make, without the memory for it. Throws as that does, for what the beginning
/// of the file tells.
ImageHeader measure_picture(std::span<const std::byte> bytes, const std::string& where);

/// Decodes a file of any of them, known by its beginning. Throws Error(file), which begins with `where`, as
/// the format's decoder does, and for a file of another format.
Image decode_picture(std::span<const std::byte> bytes, const std::string& where);

}  // namespace ganymede::codecs
