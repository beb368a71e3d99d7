#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/pictures/image.h"

namespace ganymede::io {

/// The image as a PNG file of 8 bits a channel.
std::vector<std::byte> encode_png(const Image& image);

/// Writes encode_png(image) as write_file() does.
void write_png(const std::filesystem::path& path, const Image& image);

/// Decodes a PNG file of any kind to 8 bits a channel, grey or RGB; what is transparent turns black.
/// Throws Error(file), which begins with `where`, for a corrupt file and one of more than 2^26 pixels.
Image decode_png(std::span<const std::byte> bytes, const std::string& where);

/// Reads a file of at most 64 MiB as decode_png() does.
Image read_png(const std::filesystem::path& path);

}  // namespace ganymede::io
