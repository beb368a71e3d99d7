#include "data/batch.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

#include "base/threads/parallel.h"

namespace ganymede::data {

void gather(const Split& split, std::span<const std::uint32_t> indices, const PixelRange& range,
            std::span<float> dst) {
  const std::size_t image_size = split.image_size();
  assert(dst.size() == indices.size() * image_size);
  std::array<float, 256> value_of;
  for (std::size_t byte = 0; byte < value_of.size(); ++byte) {
    value_of[byte] = range.low + (range.high - range.low) * (static_cast<float>(byte) / 255.0F);
  }
  constexpr std::int64_t images_a_thread = 64;
  const auto count = static_cast<std::int64_t>(indices.size());
  base::parallel_for(count, images_a_thread, [&](std::int64_t begin, std::int64_t end) {
    for (auto n = static_cast<std::size_t>(begin); n < static_cast<std::size_t>(end); ++n) {
      split.read_image(indices[n], dst.subspan(n * image_size, image_size),
                       [&](std::uint8_t byte) { return value_of[byte]; });
    }
  });
}

void gather_labels(const Split& split, std::span<const std::uint32_t> indices, std::span<std::int32_t> dst) {
  assert(dst.size() == indices.size());
  std::ranges::transform(indices, dst.begin(), [&](std::uint32_t index) { return split.labels[index]; });
}

}  // namespace ganymede::data
