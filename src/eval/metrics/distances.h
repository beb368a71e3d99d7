#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/dtype.h"
#include "eval/features.h"
#include "ops/device.h"

namespace ganymede::eval {

/// Points in the layout of the matrix kernels, to compute distances.
class Points {
 public:
  explicit Points(const Features& features);  ///< Copies features in f32.
  /// Points [count, dimensions] of bytes, which bf16 holds exactly.
  Points(std::span<const std::uint8_t> bytes, std::int64_t dimensions, base::DType dtype);

  /// The number of points.
  std::int64_t count() const { return static_cast<std::int64_t>(squared_norms_.size()); }
  std::int64_t dimensions() const { return dimensions_; }  ///< The number of coordinates.
  base::DType dtype() const { return dtype_; }             ///< The type of the coordinates in memory.
  /// The rows from `first` on; zeros follow the last, so that there is always a whole tile.
  const std::byte* rows(std::int64_t first) const;
  /// The squared Euclidean norm of each point, [count].
  std::span<const float> squared_norms() const { return squared_norms_; }

 private:
  template <class T>
  void store(std::span<const T> values);

  std::int64_t dimensions_;
  base::DType dtype_;
  std::vector<float> squared_norms_;
  base::Buffer values_;  // [count rounded up to a tile, dimensions]
};

/// Receives the squared Euclidean distances of a point to columns.size() others from number `first_column`.
using DistanceVisitor =
    std::function<void(std::int64_t row, std::int64_t first_column, std::span<const float> columns)>;

/// Visits the squared distances |a|^2 + |b|^2 - 2 a.b from every point of `rows` to every point of `columns`,
/// a tile at a time, so memory does not depend on the counts. A row is visited by one thread, its columns in
/// order; different rows by several threads. Both have the same dtype and dimensions.
void visit_distances(const ops::Device& device, const Points& rows, const Points& columns,
                     const DistanceVisitor& visit);

}  // namespace ganymede::eval
