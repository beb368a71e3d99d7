#pragma once

#include <cstddef>
#include <span>

#include "codecs/image.h"

/// How a camera was held, as Exif (CIPA DC-008) numbers it: 1 is upright, 2 mirrored, 3 upside down, 4 both,
/// and 5 to 8 are the same with rows and columns exchanged.
namespace ganymede::codecs {

/// What the Exif data of a JPEG file tell; 1 where there are none or none that make sense.
int exif_orientation(std::span<const std::byte> jpeg);

/// Whether height and width change places in turned().
bool exchanges_sides(int orientation);

/// The picture as it is to be seen, from how it is stored.
Image turned(Image stored, int orientation);

}  // namespace ganymede::codecs
