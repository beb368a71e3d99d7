#include "base/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"

namespace ganymede::base {

namespace {

constexpr std::int64_t max_elements = std::int64_t{1} << 40;

[[noreturn]] void refuse(std::span<const std::int64_t> sizes, const std::string& expected) {
  throw Error(ErrorKind::configuration, {.where = "shape",
                                         .found = fmt::format("[{}]", fmt::join(sizes, ", ")),
                                         .expected = expected,
                                         .advice = "Check the sizes of the layers"});
}

}  // namespace

Shape::Shape(std::span<const std::int64_t> sizes) : rank_(sizes.size()) {
  if (sizes.size() > max_rank) {
    refuse(sizes, fmt::format("at most {} sizes", max_rank));
  }
  std::int64_t product = 1;
  for (const std::int64_t size : sizes) {
    if (size < 1 || size > max_elements / product) {
      refuse(sizes, "positive sizes with a product of at most 2^40");
    }
    product *= size;
  }
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t size : sizes()) {
    product *= size;
  }
  return product;
}

Shape Shape::with_leading(std::int64_t size) const {
  std::array<std::int64_t, max_rank + 1> longer{size};
  std::copy_n(sizes_.begin(), rank_, longer.begin() + 1);
  return Shape(std::span<const std::int64_t>(longer.data(), rank_ + 1));
}

std::string Shape::to_string() const {
  return fmt::format("[{}]", fmt::join(sizes(), ", "));
}

}  // namespace ganymede::base
