#include "data/augmentation.h"

#include <cassert>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "base/threads/parallel.h"

namespace ganymede::data {

namespace {

/// Where the pixel of the moved image at (x, y) from the centre comes from:
/// (xx x + xy y + left, yx x + yy y + top) from the centre.
struct Movement {
  float xx = 1.0F, xy = 0.0F, left = 0.0F;
  float yx = 0.0F, yy = 1.0F, top = 0.0F;
};

Movement draw_movement(const Augmentation& augmentation, const base::RandomKey& key, std::uint32_t image) {
  const auto words = base::random_block(key, image);
  const auto within = [&](int word, float limit) {
    return limit * (2.0F * base::unit_uniform(words[word]) - 1.0F);
  };
  const float angle = within(0, augmentation.rotation) * std::numbers::pi_v<float> / 180.0F;
  const float inverse_size = 1.0F / (1.0F + within(1, augmentation.scaling));
  const float cosine = std::cos(angle) * inverse_size;
  const float sine = std::sin(angle) * inverse_size;
  // unit_uniform() leaves the low bits of a word alone.
  const float side = augmentation.mirror && (words[0] & 1U) != 0 ? -1.0F : 1.0F;
  return {.xx = side * cosine,
          .xy = -sine,
          .left = within(2, augmentation.shift),
          .yx = side * sine,
          .yy = cosine,
          .top = within(3, augmentation.shift)};
}

/// The image's value at a point between pixels; beyond its border it is black.
float sample(std::span<const std::uint8_t> image, const Dataset& dataset, float x, float y, int channel) {
  const float floor_x = std::floor(x);
  const float floor_y = std::floor(y);
  const int left = static_cast<int>(floor_x);
  const int top = static_cast<int>(floor_y);
  const auto pixel = [&](int row, int column) {
    const bool inside = row >= 0 && row < dataset.height && column >= 0 && column < dataset.width;
    return inside ? static_cast<float>(image[(row * dataset.width + column) * dataset.channels + channel])
                  : 0.0F;
  };
  const auto along_row = [&](int row) {
    return std::lerp(pixel(row, left), pixel(row, left + 1), x - floor_x);
  };
  return std::lerp(along_row(top), along_row(top + 1), y - floor_y) / 255.0F;
}

void move(std::span<const std::uint8_t> image, const Dataset& dataset, const Movement& movement,
          std::span<float> dst) {
  const float middle_x = static_cast<float>(dataset.width - 1) / 2.0F;
  const float middle_y = static_cast<float>(dataset.height - 1) / 2.0F;
  auto value = dst.begin();
  for (int row = 0; row < dataset.height; ++row) {
    for (int column = 0; column < dataset.width; ++column) {
      const float x = static_cast<float>(column) - middle_x;
      const float y = static_cast<float>(row) - middle_y;
      const float from_x = movement.xx * x + movement.xy * y + movement.left + middle_x;
      const float from_y = movement.yx * x + movement.yy * y + movement.top + middle_y;
      for (int channel = 0; channel < dataset.channels; ++channel) {
        *value++ = sample(image, dataset, from_x, from_y, channel);
      }
    }
  }
}

}  // namespace

void gather_augmented(const Dataset& dataset, std::span<const std::uint32_t> indices,
                      const Augmentation& augmentation, const base::RandomKey& key, std::span<float> dst) {
  const std::size_t image_size = dataset.train.image_size();
  assert(dst.size() == indices.size() * image_size);
  constexpr std::int64_t images_a_thread = 8;
  const auto count = static_cast<std::int64_t>(indices.size());
  base::parallel_for(count, images_a_thread, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::uint8_t> image(image_size);
    for (std::int64_t n = begin; n < end; ++n) {
      dataset.train.read_image(indices[n], std::span(image), std::identity());
      move(image, dataset, draw_movement(augmentation, key, static_cast<std::uint32_t>(n)),
           dst.subspan(n * image_size, image_size));
    }
  });
}

}  // namespace ganymede::data
