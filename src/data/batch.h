#pragma once

#include <cstdint>
#include <span>

#include "data/dataset.h"

namespace ganymede::data {

/// The values that the bytes 0 and 255 become.
struct PixelRange {
  float low = -1.0F;  ///< for the byte 0
  float high = 1.0F;  ///< for the byte 255
};

/// dst [indices, height, width, channels] = low + (high - low) * byte / 255 for the images at `indices`.
/// The sizes must fit: dst.size() == indices.size() * split.image_size().
void gather(const Split& split, std::span<const std::uint32_t> indices, const PixelRange& range,
            std::span<float> dst);

/// dst[n] = the label of the image at indices[n].
void gather_labels(const Split& split, std::span<const std::uint32_t> indices, std::span<std::int32_t> dst);

}  // namespace ganymede::data
