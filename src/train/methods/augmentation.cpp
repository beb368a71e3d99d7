#include "train/methods/augmentation.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/threads/parallel.h"
#include "ops/elementwise/elementwise.h"

namespace ganymede::train {

namespace {

/// What happens to one image.
struct Draw {
  std::int64_t down, right;                   ///< the translation
  std::int64_t top, left, bottom, right_end;  ///< the square that is blanked
};

/// The pixels that a share of `size` is.
std::int64_t pixels(double share, std::int64_t size) {
  return std::llround(share * static_cast<double>(size));
}

std::int64_t draw_shift(std::uint32_t word, std::int64_t most) {
  return static_cast<std::int64_t>(base::bounded(word, static_cast<std::uint32_t>(2 * most + 1))) - most;
}

/// An image's square has its centre anywhere in the image and ends at its borders.
std::pair<std::int64_t, std::int64_t> draw_cut(std::uint32_t word, std::int64_t side, std::int64_t size) {
  const auto centre = static_cast<std::int64_t>(base::bounded(word, static_cast<std::uint32_t>(size)));
  const std::int64_t begin = centre - side / 2;
  return {std::clamp<std::int64_t>(begin, 0, size), std::clamp<std::int64_t>(begin + side, 0, size)};
}

Draw draw(const AugmentationSettings& settings, const base::RandomKey& key, const base::Shape& image,
          std::uint32_t n) {
  const auto words = base::random_block(key, n);
  const auto [top, bottom] = draw_cut(words[2], pixels(settings.cutout, image[0]), image[0]);
  const auto [left, right_end] = draw_cut(words[3], pixels(settings.cutout, image[1]), image[1]);
  return {.down = draw_shift(words[0], pixels(settings.translation, image[0])),
          .right = draw_shift(words[1], pixels(settings.translation, image[1])),
          .top = top,
          .left = left,
          .bottom = bottom,
          .right_end = right_end};
}

/// Moves an image's lines in place, from the side that they move to.
void translate(std::int64_t down, std::int64_t right, const base::Shape& image, float blank, float* pixels) {
  const std::int64_t height = image[0];
  const std::int64_t line = image[1] * image[2];
  const std::int64_t shift = std::clamp(right * image[2], -line, line);
  for (std::int64_t i = 0; i < height; ++i) {
    const std::int64_t y = down > 0 ? height - 1 - i : i;
    float* to = pixels + y * line;
    if (y - down < 0 || y - down >= height) {
      std::fill_n(to, line, blank);
      continue;
    }
    const float* from = pixels + (y - down) * line;
    if (shift >= 0) {
      std::copy_backward(from, from + line - shift, to + line);
      std::fill_n(to, shift, blank);
    } else {
      std::copy(from - shift, from + line, to);
      std::fill_n(to + line + shift, -shift, blank);
    }
  }
}

void cut_out(const Draw& draw, const base::Shape& image, float blank, float* pixels) {
  const std::int64_t channels = image[2];
  for (std::int64_t y = draw.top; y < draw.bottom; ++y) {
    std::fill_n(pixels + (y * image[1] + draw.left) * channels, (draw.right_end - draw.left) * channels,
                blank);
  }
}

template <class Body>
void for_each_image(const base::Shape& image, std::int64_t first, std::span<float> images, const Body& body) {
  const std::int64_t elements = image.elements();
  base::parallel_for(static_cast<std::int64_t>(images.size()) / elements, 16,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t n = begin; n < end; ++n) {
                         body(static_cast<std::uint32_t>(first + n), images.data() + n * elements);
                       }
                     });
}

bool moves_pixels(const AugmentationSettings& settings) {
  return settings.translation > 0.0 || settings.cutout > 0.0;
}

}  // namespace

void augment(const AugmentationSettings& settings, const base::RandomKey& key, const base::Shape& image,
             float blank, std::span<float> images, std::int64_t first) {
  if (moves_pixels(settings)) {
    for_each_image(image, first, images, [&](std::uint32_t n, float* pixels) {
      const Draw d = draw(settings, key, image, n);
      translate(d.down, d.right, image, blank, pixels);
      cut_out(d, image, blank, pixels);
    });
  }
}

void augment_backward(const AugmentationSettings& settings, const base::RandomKey& key,
                      const base::Shape& image, std::span<float> gradients, std::int64_t first) {
  if (moves_pixels(settings)) {
    for_each_image(image, first, gradients, [&](std::uint32_t n, float* pixels) {
      const Draw d = draw(settings, key, image, n);
      cut_out(d, image, 0.0F, pixels);
      translate(-d.down, -d.right, image, 0.0F, pixels);
    });
  }
}

void add_noise(const base::RandomKey& key, float deviation, std::span<float> noise, std::span<float> values,
               std::uint64_t first) {
  base::fill_normal(key, 0.0F, deviation, noise.first(values.size()), first);
  ops::add<float>(noise.first(values.size()), values);
}

}  // namespace ganymede::train
