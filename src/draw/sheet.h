#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "io/pictures/image.h"
#include "train/sampling.h"

namespace ganymede::draw {

/// Images that a generator made, [count, height, width, channels].
struct Images {
  base::Shape shape;          ///< [count, height, width, channels]
  std::vector<float> values;  ///< in the recipe's pixel range
};

/// Makes an image of every latent point [count, latent] and label [count].
Images make_images(train::ImageMaker& maker, std::span<const float> latents,
                   std::span<const std::int32_t> labels);

/// Arranges images in a grid, `columns` per row; `range` has the values of black and white.
io::Image make_sheet(const Images& images, const train::PixelRange& range, std::int64_t columns);

/// Throws Error(usage) if a sheet of `count` images [height, width, channels], `columns` per row, exceeds
/// 8,192 pixels in width or height.
void require_drawable(const base::Shape& image, std::int64_t count, std::int64_t columns);

}  // namespace ganymede::draw
