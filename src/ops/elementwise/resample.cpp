#include "ops/elementwise/resample.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "base/dtype.h"
#include "base/threads/parallel.h"
#include "ops/clones.h"

namespace ganymede::ops {

namespace {

using base::bf16;

/// Channels are summed in strips that fit into registers.
constexpr std::int64_t strip = 64;

template <class T>
GANYMEDE_INLINE void add_body(float weight, const T* src, float* sums, std::int64_t count) {
  for (std::int64_t c = 0; c < count; ++c) {
    sums[c] += weight * static_cast<float>(src[c]);
  }
}
GANYMEDE_CLONES void add_weighted(float weight, const float* src, float* sums, std::int64_t count) {
  add_body(weight, src, sums, count);
}
GANYMEDE_CLONES void add_weighted(float weight, const bf16* src, float* sums, std::int64_t count) {
  add_body(weight, src, sums, count);
}

template <class T>
void make_pixel(std::span<const AxisMap::Tap> rows, std::span<const AxisMap::Tap> columns, std::int64_t width,
                std::int64_t channels, const T* image, T* dst) {
  for (std::int64_t begin = 0; begin < channels; begin += strip) {
    const std::int64_t count = std::min(strip, channels - begin);
    std::array<float, strip> sums{};
    for (const AxisMap::Tap& row : rows) {
      for (const AxisMap::Tap& column : columns) {
        add_weighted(row.weight * column.weight,
                     image + (row.index * width + column.index) * channels + begin, sums.data(), count);
      }
    }
    std::transform(sums.begin(), sums.begin() + count, dst + begin, [](float sum) { return T(sum); });
  }
}

}  // namespace

AxisMap::AxisMap(std::int64_t src_size, std::vector<std::vector<Tap>> rows) : src_size_(src_size) {
  begins_.push_back(0);
  for (const std::vector<Tap>& row : rows) {
    taps_.insert(taps_.end(), row.begin(), row.end());
    begins_.push_back(taps_.size());
  }
}

AxisMap AxisMap::transposed() const {
  std::vector<std::vector<Tap>> rows(static_cast<std::size_t>(src_size_));
  for (std::int64_t i = 0; i < dst_size(); ++i) {
    for (const Tap& tap : row(i)) {
      rows[tap.index].push_back({i, tap.weight});
    }
  }
  return {dst_size(), std::move(rows)};
}

AxisMap repeat_axis(std::int64_t size, std::int64_t factor) {
  std::vector<std::vector<AxisMap::Tap>> rows(static_cast<std::size_t>(size * factor));
  for (std::int64_t i = 0; i < size * factor; ++i) {
    rows[i] = {{i / factor, 1.0F}};
  }
  return {size, std::move(rows)};
}

AxisMap interpolate_axis(std::int64_t size, std::int64_t factor) {
  std::vector<std::vector<AxisMap::Tap>> rows(static_cast<std::size_t>(size * factor));
  for (std::int64_t i = 0; i < size * factor; ++i) {
    const double position = (static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5;
    const auto before = static_cast<std::int64_t>(std::floor(position));
    const auto share = static_cast<float>(position - std::floor(position));
    if (before < 0 || before + 1 >= size) {
      rows[i] = {{std::clamp<std::int64_t>(before, 0, size - 1), 1.0F}};
    } else {
      rows[i] = {{before, 1.0F - share}, {before + 1, share}};
    }
  }
  return {size, std::move(rows)};
}

AxisMap average_axis(std::int64_t size, std::int64_t factor) {
  assert(size % factor == 0);
  std::vector<std::vector<AxisMap::Tap>> rows(static_cast<std::size_t>(size / factor));
  for (std::int64_t i = 0; i < size; ++i) {
    rows[i / factor].push_back({i, 1.0F / static_cast<float>(factor)});
  }
  return {size, std::move(rows)};
}

template <class T>
void resample(const ImageMap& map, std::int64_t channels, std::span<const T> src, std::span<T> dst) {
  const std::int64_t height = map.vertical.dst_size();
  const std::int64_t width = map.horizontal.dst_size();
  const std::int64_t src_image = map.vertical.src_size() * map.horizontal.src_size() * channels;
  const std::int64_t lines = static_cast<std::int64_t>(dst.size()) / (width * channels);
  assert(static_cast<std::int64_t>(src.size()) * height == src_image * lines);
  base::parallel_for(lines, 8, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const T* image = src.data() + line / height * src_image;
      for (std::int64_t x = 0; x < width; ++x) {
        make_pixel(map.vertical.row(line % height), map.horizontal.row(x), map.horizontal.src_size(),
                   channels, image, dst.data() + (line * width + x) * channels);
      }
    }
  });
}

template void resample(const ImageMap&, std::int64_t, std::span<const float>, std::span<float>);
template void resample(const ImageMap&, std::int64_t, std::span<const bf16>, std::span<bf16>);

}  // namespace ganymede::ops
