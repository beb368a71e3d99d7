#include "eval/metrics/distances.h"

#include <algorithm>
#include <cassert>

#include "base/threads/parallel.h"
#include "ops/matmul.h"

namespace ganymede::eval {

namespace {

constexpr std::int64_t rows_a_tile = 256;
constexpr std::int64_t columns_a_tile = 2048;

std::int64_t padded(std::int64_t count) {
  return (count + columns_a_tile - 1) / columns_a_tile * columns_a_tile;
}

}  // namespace

static_assert(columns_a_tile % rows_a_tile == 0, "points padded for columns are padded for rows");

Points::Points(const Features& features)
    : dimensions_(features.dimensions),
      dtype_(base::DType::f32),
      squared_norms_(static_cast<std::size_t>(features.count())),
      values_(static_cast<std::size_t>(padded(count()) * dimensions_) * sizeof(float)) {
  store(features.values);
}

Points::Points(std::span<const std::uint8_t> bytes, std::int64_t dimensions, base::DType dtype)
    : dimensions_(dimensions),
      dtype_(dtype),
      squared_norms_(bytes.size() / static_cast<std::size_t>(dimensions)),
      values_(static_cast<std::size_t>(padded(count()) * dimensions) * base::size_of(dtype)) {
  store(bytes);
}

template <class T>
void Points::store(std::span<const T> values) {
  constexpr std::int64_t points_a_thread = 256;
  base::dispatch(dtype_, [&](auto stored) {
    const std::span to = values_.as<decltype(stored)>();
    base::parallel_for(count(), points_a_thread, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t point = begin; point < end; ++point) {
        double sum = 0.0;
        for (std::int64_t i = point * dimensions_; i < (point + 1) * dimensions_; ++i) {
          const auto value = static_cast<float>(values[i]);
          sum += static_cast<double>(value) * static_cast<double>(value);
          to[i] = decltype(stored)(value);
        }
        squared_norms_[point] = static_cast<float>(sum);
      }
    });
  });
}

const std::byte* Points::rows(std::int64_t first) const {
  return values_.data() + static_cast<std::size_t>(first * dimensions_) * base::size_of(dtype_);
}

void visit_distances(const ops::Device& device, const Points& rows, const Points& columns,
                     const DistanceVisitor& visit) {
  assert(rows.dimensions() == columns.dimensions() && rows.dtype() == columns.dtype());
  const ops::Matmul product(device, {.rows = rows_a_tile,
                                     .inner = rows.dimensions(),
                                     .columns = columns_a_tile,
                                     .transpose_weights = true,
                                     .src = rows.dtype(),
                                     .weights = rows.dtype()});
  base::Buffer memory(static_cast<std::size_t>(rows_a_tile * columns_a_tile) * sizeof(float));
  const std::span tile = memory.as<float>();  // [rows a tile, columns a tile]: products, then distances
  for (std::int64_t first_row = 0; first_row < rows.count(); first_row += rows_a_tile) {
    const std::int64_t height = std::min(rows_a_tile, rows.count() - first_row);
    for (std::int64_t first_column = 0; first_column < columns.count(); first_column += columns_a_tile) {
      const std::int64_t width = std::min(columns_a_tile, columns.count() - first_column);
      product.run(rows.rows(first_row), columns.rows(first_column), nullptr, tile.data());
      base::parallel_for(height, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
          const std::span line = tile.subspan(row * columns_a_tile, width);
          const std::span norms = columns.squared_norms().subspan(first_column, width);
          const float norm = rows.squared_norms()[first_row + row];
          for (std::int64_t column = 0; column < width; ++column) {
            line[column] = std::max(norm + norms[column] - 2.0F * line[column], 0.0F);
          }
          visit(first_row + row, first_column, line);
        }
      });
    }
  }
}

}  // namespace ganymede::eval
