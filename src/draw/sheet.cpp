#include "draw/sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/number.h"
#include "io/pictures/grid.h"

namespace ganymede::draw {

namespace {

constexpr int scale = 2;
constexpr int gap = 2;

}  // namespace

Images make_images(train::ImageMaker& maker, std::span<const float> latents,
                   std::span<const std::int32_t> labels) {
  const std::int64_t count = static_cast<std::int64_t>(latents.size()) / maker.latent_size();
  Images images{maker.image_shape().with_leading(count), {}};
  images.values.resize(static_cast<std::size_t>(images.shape.elements()));
  maker.make(latents, labels, images.values);
  return images;
}

io::Image make_sheet(const Images& images, const train::PixelRange& range, std::int64_t columns) {
  return io::make_grid(images.values, images.shape,
                       {.columns = static_cast<int>(columns),
                        .scale = scale,
                        .gap = gap,
                        .low = range.low,
                        .high = range.high});
}

void require_drawable(const base::Shape& image, std::int64_t count, std::int64_t columns) {
  constexpr std::int64_t largest_side = 8192;
  const std::int64_t rows = (count + columns - 1) / columns;
  const std::int64_t height = rows * (image[0] * scale + gap);
  const std::int64_t width = columns * (image[1] * scale + gap);
  if (std::max(height, width) > largest_side) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = fmt::format("{} images", base::grouped(count)),
                       .found = fmt::format("a picture of {} by {} pixels", width, height),
                       .expected = fmt::format("at most {} in width and height", largest_side),
                       .advice = "Draw fewer images, or write an array: --out FILE.npy"});
  }
}

}  // namespace ganymede::draw
