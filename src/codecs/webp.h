#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "codecs/image.h"

namespace ganymede::codecs {

/// What decode_webp() would make, without the memory for it. Throws as that does.
ImageHeader measure_webp(std::span<const std::byte> bytes, const std::string& where);

/// Decodes a WebP file of one picture to RGB; what is transparent turns black. Throws Error(file), which
/// begins with `where`, for a corrupt or cut off file, an animation and one of more than max_pixels.
Image decode_webp(std::span<const std::byte> bytes, const std::string& where);

}  // namespace ganymede::codecs
