#include "eval/metrics/neighbours.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace ganymede::eval {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::size_t size_of(const Points& points) {
  return static_cast<std::size_t>(points.count());
}

/// Inserts `value` into ascending numbers and drops the largest.
void insert(std::span<float> ascending, float value) {
  std::size_t place = ascending.size() - 1;
  for (; place > 0 && ascending[place - 1] > value; --place) {
    ascending[place] = ascending[place - 1];
  }
  ascending[place] = value;
}

}  // namespace

Radii neighbour_radii(const ops::Device& device, const Points& points, const NeighbourCounts& counts) {
  // The nearest point of all is the point itself.
  const std::int64_t kept = std::max(counts.precision_recall, counts.density_coverage) + 1;
  assert(points.count() >= kept);
  std::vector<float> smallest(size_of(points) * static_cast<std::size_t>(kept), infinity);  // [points, kept]
  visit_distances(device, points, points,
                  [&](std::int64_t row, std::int64_t, std::span<const float> columns) {
                    const std::span nearest = std::span(smallest).subspan(row * kept, kept);
                    for (const float distance : columns) {
                      if (distance < nearest.back()) {
                        insert(nearest, distance);
                      }
                    }
                  });
  Radii radii{std::vector<float>(size_of(points)), std::vector<float>(size_of(points))};
  for (std::int64_t row = 0; row < points.count(); ++row) {
    radii.precision_recall[row] = smallest[row * kept + counts.precision_recall];
    radii.density_coverage[row] = smallest[row * kept + counts.density_coverage];
  }
  return radii;
}

OfGenerated judge_generated(const ops::Device& device, const Points& generated, const Points& real,
                            const Radii& real_radii, const NeighbourCounts& counts) {
  OfGenerated result{std::vector<float>(size_of(generated)), std::vector<float>(size_of(generated))};
  const float share = 1.0F / static_cast<float>(counts.density_coverage);
  visit_distances(device, generated, real,
                  [&](std::int64_t row, std::int64_t first, std::span<const float> columns) {
                    int within_any = 0;
                    int within = 0;
                    for (std::size_t n = 0; n < columns.size(); ++n) {
                      within_any |= columns[n] < real_radii.precision_recall[first + n] ? 1 : 0;
                      within += columns[n] < real_radii.density_coverage[first + n] ? 1 : 0;
                    }
                    result.precise[row] = std::max(result.precise[row], static_cast<float>(within_any));
                    result.density[row] += share * static_cast<float>(within);
                  });
  return result;
}

OfReal judge_real(const ops::Device& device, const Points& real, const Points& generated,
                  const Radii& real_radii, const Radii& generated_radii) {
  OfReal result{std::vector<float>(size_of(real)), std::vector<float>(size_of(real))};
  visit_distances(device, real, generated,
                  [&](std::int64_t row, std::int64_t first, std::span<const float> columns) {
                    int recalled = 0;
                    int covered = 0;
                    for (std::size_t n = 0; n < columns.size(); ++n) {
                      recalled |= columns[n] < generated_radii.precision_recall[first + n] ? 1 : 0;
                      covered |= columns[n] < real_radii.density_coverage[row] ? 1 : 0;
                    }
                    result.recalled[row] = std::max(result.recalled[row], static_cast<float>(recalled));
                    result.covered[row] = std::max(result.covered[row], static_cast<float>(covered));
                  });
  return result;
}

std::vector<float> nearest_distances(const ops::Device& device, const Points& rows, const Points& columns,
                                     std::span<const std::uint32_t> excluded) {
  std::vector<float> nearest(size_of(rows), infinity);
  visit_distances(
      device, rows, columns, [&](std::int64_t row, std::int64_t first, std::span<const float> line) {
        const auto skipped =
            excluded.empty() ? -1
                             : static_cast<std::int64_t>(excluded[row]) - first;  // within the line or not
        const auto size = static_cast<std::int64_t>(line.size());
        const auto smallest_of = [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t n = begin; n < end; ++n) {
            nearest[row] = std::min(nearest[row], line[n]);
          }
        };
        const bool skips = skipped >= 0 && skipped < size;
        smallest_of(0, skips ? skipped : size);
        smallest_of(skips ? skipped + 1 : size, size);
      });
  std::ranges::for_each(nearest, [](float& distance) { distance = std::sqrt(distance); });
  return nearest;
}

}  // namespace ganymede::eval
