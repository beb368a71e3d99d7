#pragma once

#include <filesystem>

#include "io/pictures/image.h"

namespace ganymede::io {

/// Writes codecs::encode_png(image) as write_file() does.
void write_png(const std::filesystem::path& path, const Image& image);

/// Reads a file of at most 64 MiB as codecs::decode_png() does.
Image read_png(const std::filesystem::path& path);

}  // namespace ganymede::io
