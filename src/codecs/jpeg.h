#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "codecs/image.h"

namespace ganymede::codecs {

/// What decode_jpeg() would make, without the memory for it. Throws as that does.
ImageHeader measure_jpeg(std::span<const std::byte> bytes, const std::string& where);

/// Decodes a JPEG file, grey or RGB as it is, and turns it upright where Exif's orientation says how. Throws
/// Error(file), which begins with `where`, for a corrupt or cut off file, one in CMYK and one of more than
/// max_pixels.
Image decode_jpeg(std::span<const std::byte> bytes, const std::string& where);

}  // namespace ganymede::codecs
