#include "io/pictures/grid.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace ganymede::io {

namespace {

/// Draws one image [height, width, channels], scaled up, with its top left corner at (top, left).
void draw(std::span<const float> image, int width, const GridLayout& layout, int top, int left, Image& grid) {
  const int height = static_cast<int>(image.size()) / (width * grid.channels);
  for (int y = 0; y < height * layout.scale; ++y) {
    for (int x = 0; x < width * layout.scale; ++x) {
      for (int channel = 0; channel < grid.channels; ++channel) {
        const int from = ((y / layout.scale) * width + x / layout.scale) * grid.channels + channel;
        const int to = ((top + y) * grid.width + left + x) * grid.channels + channel;
        grid.pixels[static_cast<std::size_t>(to)] =
            to_byte(image[static_cast<std::size_t>(from)], layout.low, layout.high);
      }
    }
  }
}

}  // namespace

std::uint8_t to_byte(float value, float low, float high) {
  const float unit = (value - low) / (high - low);
  if (!(unit > 0.0F)) {
    return 0;
  }
  return static_cast<std::uint8_t>(std::lround(255.0F * std::min(unit, 1.0F)));
}

Image make_grid(std::span<const float> images, const base::Shape& shape, const GridLayout& layout) {
  assert(shape.rank() == 4 && images.size() == static_cast<std::size_t>(shape.elements()));
  assert((shape[3] == 1 || shape[3] == 3) && layout.scale >= 1 && layout.gap >= 0);
  const int count = static_cast<int>(shape[0]);
  const int width = static_cast<int>(shape[2]);
  const int columns = layout.columns > 0 ? layout.columns
                                         : static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count))));
  const int rows = (count + columns - 1) / columns;
  const int row_pitch = static_cast<int>(shape[1]) * layout.scale + layout.gap;
  const int column_pitch = width * layout.scale + layout.gap;

  Image grid{.height = rows * row_pitch + layout.gap,
             .width = columns * column_pitch + layout.gap,
             .channels = static_cast<int>(shape[3]),
             .pixels = {}};
  grid.pixels.assign(static_cast<std::size_t>(grid.height) * static_cast<std::size_t>(grid.width) *
                         static_cast<std::size_t>(grid.channels),
                     layout.background);
  const std::size_t image_size = images.size() / static_cast<std::size_t>(count);
  for (int n = 0; n < count; ++n) {
    draw(images.subspan(static_cast<std::size_t>(n) * image_size, image_size), width, layout,
         layout.gap + n / columns * row_pitch, layout.gap + n % columns * column_pitch, grid);
  }
  return grid;
}

}  // namespace ganymede::io
