#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ganymede::eval {

/// The features of several images, in memory that another object owns.
struct Features {
  std::span<const float> values;  ///< [count, dimensions]
  std::int64_t dimensions = 1;    ///< features of an image

  /// The number of images.
  std::int64_t count() const { return static_cast<std::int64_t>(values.size()) / dimensions; }
  /// The features of an image, [dimensions].
  std::span<const float> of(std::int64_t image) const {
    return values.subspan(static_cast<std::size_t>(image * dimensions), static_cast<std::size_t>(dimensions));
  }
};

}  // namespace ganymede::eval
