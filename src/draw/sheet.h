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
  base::Shape shape;
  std::vector<float> values;
};

/// Makes an image of every latent point [count, latent] and label [count].
Images make_images(train::ImageMaker& maker, std::span<const float> latents,
                   std::span<const std::int32_t> labels);

/// Puts them side by side, `columns` a row, black and white as in `range`.
io::Image make_sheet(const Images& images, const train::PixelRange& range, std::int64_t columns);

/// How many pixels of a sheet an image of `side` pixels takes in one direction, with its gap.
std::int64_t sheet_pitch(std::int64_t side);

/// How many pixels wide and high a sheet is at most.
constexpr std::int64_t largest_sheet_side = 8192;

}  // namespace ganymede::draw
