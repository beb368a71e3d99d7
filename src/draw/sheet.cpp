#include "draw/sheet.h"

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

std::int64_t sheet_pitch(std::int64_t side) {
  return side * scale + gap;
}

}  // namespace ganymede::draw
