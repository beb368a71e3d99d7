#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "codecs/image.h"

namespace ganymede::codecs {

/// The image as a PNG file of 8 bits a channel.
std::vector<std::byte> encode_png(const Image& image);

/// What decode_png() would make, without the memory for it. Throws as that does.
ImageHeader measure_png(std::span<const std::byte> bytes, const std::string& where);

/// Decodes a PNG file of any kind to 8 bits a channel, grey or RGB; what is transparent turns black.
/// Throws Error(file), which begins with `where`, for a corrupt file and one of more than max_pixels.
Image decode_png(std::span<const std::byte> bytes, const std::string& where);

}  // namespace ganymede::codecs
