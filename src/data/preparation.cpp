#include "data/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"
#include "base/number.h"
#include "base/random.h"
#include "base/threads/parallel.h"
#include "data/dataset.h"

namespace ganymede::data {

namespace {

/// What a pixel of the smaller or larger line is made of: `weights` of those from `first`.
struct Mixture {
  int first = 0;
  std::vector<float> weights;
};

/// The part of [from, from + 1) that lies in [begin, end).
double overlap(int from, double begin, double end) {
  return std::max(0.0, std::min(end, from + 1.0) - std::max(begin, static_cast<double>(from)));
}

Mixture mean_of_area(int place, double ratio, int from_length) {
  const double begin = place * ratio;
  const double end = begin + ratio;
  Mixture mixture{.first = static_cast<int>(begin), .weights = {}};
  for (int from = mixture.first; from < from_length && from < end; ++from) {
    mixture.weights.push_back(static_cast<float>(overlap(from, begin, end) / ratio));
  }
  return mixture;
}

Mixture between_nearest(int place, double ratio, int from_length) {
  const double at = std::clamp((place + 0.5) * ratio - 0.5, 0.0, from_length - 1.0);
  const int first = std::min(static_cast<int>(at), std::max(from_length - 2, 0));
  const auto share = static_cast<float>(at - first);
  return from_length == 1 ? Mixture{0, {1.0F}} : Mixture{first, {1.0F - share, share}};
}

std::vector<Mixture> mixtures(int from_length, int length) {
  const double ratio = static_cast<double>(from_length) / length;
  std::vector<Mixture> all;
  for (int place = 0; place < length; ++place) {
    all.push_back(ratio >= 1.0 ? mean_of_area(place, ratio, from_length)
                               : between_nearest(place, ratio, from_length));
  }
  return all;
}

codecs::Image resample(const codecs::Image& image, int height, int width) {
  if (image.height == height && image.width == width) {
    return image;
  }
  const int channels = image.channels;
  const std::vector<Mixture> across = mixtures(image.width, width);
  const std::vector<Mixture> down = mixtures(image.height, height);
  const auto row_size = static_cast<std::size_t>(width * channels);
  std::vector<float> rows(static_cast<std::size_t>(image.height) *
                          row_size);  // [image.height, width, channels]
  for (int row = 0; row < image.height; ++row) {
    const std::uint8_t* from = image.pixels.data() + std::size_t(row) * std::size_t(image.width * channels);
    float* to = rows.data() + static_cast<std::size_t>(row) * row_size;
    for (const Mixture& mixture : across) {
      for (int channel = 0; channel < channels; ++channel) {
        float sum = 0.0F;
        for (std::size_t n = 0; n < mixture.weights.size(); ++n) {
          sum +=
              mixture.weights[n] * from[(std::size_t(mixture.first) + n) * std::size_t(channels) + channel];
        }
        *to++ = sum;
      }
    }
  }
  codecs::Image smaller{.height = height, .width = width, .channels = channels, .pixels = {}};
  smaller.pixels.reserve(static_cast<std::size_t>(height) * row_size);
  for (const Mixture& mixture : down) {
    for (std::size_t column = 0; column < row_size; ++column) {
      float sum = 0.0F;
      for (std::size_t n = 0; n < mixture.weights.size(); ++n) {
        sum += mixture.weights[n] * rows[(std::size_t(mixture.first) + n) * row_size + column];
      }
      smaller.pixels.push_back(static_cast<std::uint8_t>(std::clamp(sum + 0.5F, 0.0F, 255.0F)));
    }
  }
  return smaller;
}

/// Copies as much of `image` as the two have in common, middle upon middle.
codecs::Image centered(const codecs::Image& image, int height, int width) {
  codecs::Image made{.height = height, .width = width, .channels = image.channels, .pixels = {}};
  const auto channels = static_cast<std::size_t>(image.channels);
  made.pixels.assign(static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * channels, 0);
  const int rows = std::min(height, image.height);
  const int columns = std::min(width, image.width);
  for (int row = 0; row < rows; ++row) {
    const auto place = [&](const codecs::Image& of) {
      return (std::size_t((of.height - rows) / 2 + row) * std::size_t(of.width) +
              std::size_t((of.width - columns) / 2)) *
             channels;
    };
    std::copy_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(place(image)),
                static_cast<std::size_t>(columns) * channels,
                made.pixels.begin() + static_cast<std::ptrdiff_t>(place(made)));
  }
  return made;
}

/// `length` as a part of `longest` when that becomes `size`; no larger than it is.
int scaled(int length, int longest, int size) {
  return longest <= size
             ? length
             : std::max(1, static_cast<int>(std::lround(double(length) * size / double(longest))));
}

}  // namespace

std::span<const std::pair<std::string_view, Fit>> words(Fit) {
  static constexpr std::array<std::pair<std::string_view, Fit>, 4> table = {
      {{"none", Fit::none}, {"crop", Fit::crop}, {"pad", Fit::pad}, {"stretch", Fit::stretch}}};
  return table;
}

std::string obstacle_to_fit(const Preparation& preparation, int height, int width) {
  if (preparation.size == 0) {
    return std::max(height, width) > max_side ? fmt::format("larger than {} by {}", max_side, max_side) : "";
  }
  if (preparation.fit == Fit::none && height != width) {
    return "not square";
  }
  if (preparation.fit <= Fit::crop && std::min(height, width) < preparation.size) {
    return fmt::format("smaller than {} by {}", preparation.size, preparation.size);
  }
  return "";
}

std::string advice_on_fit(const Preparation& preparation) {
  if (preparation.size == 0) {
    return "Give --size N, to which they are made smaller";
  }
  return "Give --fit crop for the square in the middle, pad for black around them, or stretch, which also "
         "enlarges";
}

codecs::Image fit_image(const codecs::Image& image, const Preparation& preparation) {
  const auto size = static_cast<int>(preparation.size);
  if (size == 0) {
    return image;
  }
  switch (preparation.fit) {
    case Fit::crop: {
      const int side = std::min(image.height, image.width);
      return resample(side == image.height && side == image.width ? image : centered(image, side, side), size,
                      size);
    }
    case Fit::pad: {
      const int longest = std::max(image.height, image.width);
      return centered(
          resample(image, scaled(image.height, longest, size), scaled(image.width, longest, size)), size,
          size);
    }
    case Fit::none:
    case Fit::stretch:
      break;
  }
  return resample(image, size, size);
}

void fit_images(Dataset& dataset, const Preparation& preparation) {
  const std::string obstacle = obstacle_to_fit(preparation, dataset.height, dataset.width);
  if (!obstacle.empty()) {
    throw base::Error(
        base::ErrorKind::data,
        {.where = dataset.name,
         .found = fmt::format("images of {} by {}", dataset.height, dataset.width),
         .expected = preparation.size == 0 ? fmt::format("at most {} by {}", max_side, max_side)
                                           : fmt::format("images to make {} by {} of: these are {}",
                                                         preparation.size, preparation.size, obstacle),
         .advice = advice_on_fit(preparation)});
  }
  const auto size = static_cast<int>(preparation.size);
  if (size == 0 || (dataset.height == size && dataset.width == size)) {
    return;
  }
  const auto size_of_made = static_cast<std::size_t>(size * size * dataset.channels);
  for (Split* split : {&dataset.train, &dataset.test}) {
    std::vector<std::uint8_t> made(split->count() * size_of_made);
    base::parallel_for(
        static_cast<std::int64_t>(split->count()), 16, [&](std::int64_t begin, std::int64_t end) {
          for (auto n = static_cast<std::size_t>(begin); n < static_cast<std::size_t>(end); ++n) {
            const codecs::Image image{.height = dataset.height,
                                      .width = dataset.width,
                                      .channels = dataset.channels,
                                      .pixels = split->image(n)};
            std::ranges::copy(fit_image(image, preparation).pixels,
                              made.begin() + static_cast<std::ptrdiff_t>(n * size_of_made));
          }
        });
    split->pixels = std::move(made);
  }
  dataset.notes.push_back(
      fmt::format("Images of {} by {} are made {} by {}", dataset.height, dataset.width, size, size));
  dataset.height = dataset.width = size;
  dataset.as_in_files = false;
}

}  // namespace ganymede::data
