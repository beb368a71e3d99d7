#include "data/formats/parts/axes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "base/refusal.h"
#include "data/formats/format.h"

namespace ganymede::data {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::data};

bool is_channels(std::int64_t size) {
  return size == 1 || size == 3;
}

void require_bytes(std::span<const std::int64_t> shape, const std::filesystem::path& where) {
  std::uint64_t bytes = 1;
  for (const std::int64_t size : shape) {
    if (size < 1 || bytes > max_pixel_bytes / static_cast<std::uint64_t>(size)) {
      refuse(where, fmt::format("an array of shape [{}]", fmt::join(shape, ", ")),
             fmt::format("positive sizes, and at most {} pixels together", max_pixel_bytes),
             "Take fewer images, or make them smaller");
    }
    bytes *= static_cast<std::uint64_t>(size);
  }
}

}  // namespace

std::string Axes::to_string() const {
  return channels_first ? "[count, channels, height, width]"
         : channels > 1 ? "[count, height, width, channels]"
                        : "[count, height, width]";
}

Axes axes_of(std::span<const std::int64_t> shape, const std::filesystem::path& where) {
  constexpr const char* known =
      "[count, height, width], or with 1 or 3 channels [count, height, width, channels] or [count, channels, "
      "height, width]";
  require_bytes(shape, where);
  if (shape.size() != 3 && shape.size() != 4) {
    refuse(where, fmt::format("an array of shape [{}]", fmt::join(shape, ", ")), known,
           "Reshape it, for example with numpy: images.reshape(-1, 28, 28)");
  }
  const bool first = shape.size() == 4 && is_channels(shape[1]);
  const bool last = shape.size() == 4 && is_channels(shape[3]);
  if (shape.size() == 4 && first == last) {
    refuse(where, fmt::format("an array of shape [{}]", fmt::join(shape, ", ")),
           first ? "one whose channels are either its second axis or its last" : known,
           first ? "Take the axis of one channel away, for example with numpy: images[..., 0]"
                 : "Take 1 or 3 channels, for example with numpy: images[..., :3]");
  }
  const std::size_t rows = first ? 2 : 1;
  if (std::max(shape[rows], shape[rows + 1]) > std::numeric_limits<std::int16_t>::max()) {
    refuse(where, fmt::format("images of {} by {}", shape[rows], shape[rows + 1]), "smaller ones",
           "Make them smaller");
  }
  return {.count = shape[0],
          .height = static_cast<int>(shape[rows]),
          .width = static_cast<int>(shape[rows + 1]),
          .channels = first  ? static_cast<int>(shape[1])
                      : last ? static_cast<int>(shape[3])
                             : 1,
          .channels_first = first};
}

void require_one_size(Dataset& dataset, const Axes& axes, const std::filesystem::path& where) {
  if (dataset.height == 0) {
    dataset.height = axes.height;
    dataset.width = axes.width;
    dataset.channels = axes.channels;
  }
  if (axes.height != dataset.height || axes.width != dataset.width || axes.channels != dataset.channels) {
    const auto described = [](int height, int width, int channels) {
      return fmt::format("{} by {}{}", height, width, channels == 3 ? " in colour" : "");
    };
    refuse(where, "images of " + described(axes.height, axes.width, axes.channels),
           described(dataset.height, dataset.width, dataset.channels) + " as in the training split",
           "Use files of one data set");
  }
}

std::vector<std::uint8_t> channels_last(std::vector<std::uint8_t> values, const Axes& axes) {
  if (!axes.channels_first || axes.channels == 1) {
    return values;
  }
  const std::size_t pixels = axes.image_size() / static_cast<std::size_t>(axes.channels);
  std::vector<std::uint8_t> image(axes.image_size());
  for (auto begin = values.begin(); begin != values.end();
       begin += static_cast<std::ptrdiff_t>(image.size())) {
    for (std::size_t n = 0; n < image.size(); ++n) {
      const std::size_t channel = n % static_cast<std::size_t>(axes.channels);
      const std::size_t pixel = n / static_cast<std::size_t>(axes.channels);
      image[n] = begin[static_cast<std::ptrdiff_t>(channel * pixels + pixel)];
    }
    std::ranges::copy(image, begin);
  }
  return values;
}

}  // namespace ganymede::data
