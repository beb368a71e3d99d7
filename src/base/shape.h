#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace ganymede::base {

/// The sizes of a tensor, outermost first: [batch, height, width, channels] or [batch, features].
/// A value of at most `max_rank` positive sizes; the empty shape stands for a scalar.
class Shape {
 public:
  static constexpr std::size_t max_rank = 5;  ///< the largest number of sizes

  Shape() = default;
  /// Throws as the constructor from a span.
  Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  /// Throws Error(configuration) for more than `max_rank` sizes, a size below one, or a product past 2^40.
  explicit Shape(std::span<const std::int64_t> sizes);

  std::size_t rank() const { return rank_; }  ///< The number of sizes.
  /// The size of axis `axis`, which is below rank().
  std::int64_t operator[](std::size_t axis) const { return sizes_[axis]; }
  std::int64_t back() const { return sizes_[rank_ - 1]; }  ///< The last size of a shape that is not a scalar.
  /// All sizes, outermost first.
  std::span<const std::int64_t> sizes() const { return {sizes_.data(), rank_}; }

  /// The product of the sizes; 1 for a scalar.
  std::int64_t elements() const;
  /// This shape with `size` put before its first axis.
  Shape with_leading(std::int64_t size) const;
  /// "[28, 28, 1]"
  std::string to_string() const;

  friend bool operator==(const Shape&, const Shape&) = default;  ///< Whether all sizes are equal.

 private:
  std::array<std::int64_t, max_rank> sizes_{};
  std::size_t rank_ = 0;
};

}  // namespace ganymede::base
