#pragma once

#include <cstdint>

namespace ganymede::dist {

/// Which samples of every batch a part of a training computes: of `parts` equal stretches, stretch `part`.
struct Share {
  std::int64_t part = 0;   ///< from 0
  std::int64_t parts = 1;  ///< of the whole training

  /// The samples of a stretch of a batch of `samples`, a multiple of `parts`.
  std::int64_t size(std::int64_t samples) const { return samples / parts; }
  /// The first sample of this part's stretch.
  std::int64_t first(std::int64_t samples) const { return size(samples) * part; }
};

}  // namespace ganymede::dist
