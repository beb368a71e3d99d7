#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "base/dtype.h"

namespace ganymede::reference {

/// The elements of a tensor with memory before and behind them that nobody may touch. Elements are NaN until
/// something writes them, so that one that an operation leaves out, or reads before it is written, shows.
class Guarded {
 public:
  /// NaN throughout.
  Guarded(base::DType type, std::size_t size)
      : type_(type), size_(size), memory_(2 * zone + size * size_of(type)) {
    std::ranges::fill(memory_.as<std::byte>(), untouched);
    assign(std::vector<float>(size, std::numeric_limits<float>::quiet_NaN()));
  }
  /// `values` rounded to the type.
  Guarded(base::DType type, std::span<const float> values) : Guarded(type, values.size()) { assign(values); }

  base::DType type() const { return type_; }
  void* data() { return memory_.data() + zone; }
  const void* data() const { return memory_.data() + zone; }
  template <class T>
  std::span<T> as() {
    return {reinterpret_cast<T*>(memory_.data() + zone), size_};
  }

  std::vector<float> values() const {
    std::vector<float> result(size_);
    dispatch(type_, [&]<class T>(T) {
      const T* elements = reinterpret_cast<const T*>(memory_.data() + zone);
      std::transform(elements, elements + size_, result.begin(),
                     [](T element) { return static_cast<float>(element); });
    });
    return result;
  }

  /// Whether everything around the elements is as it was.
  bool intact() const {
    const auto bytes = memory_.as<std::byte>();
    const auto is_untouched = [](std::byte byte) { return byte == untouched; };
    return std::ranges::all_of(bytes.first(zone), is_untouched) &&
           std::ranges::all_of(bytes.last(zone), is_untouched);
  }

 private:
  static constexpr std::size_t zone = 256;
  static constexpr std::byte untouched{0xA5};

  void assign(std::span<const float> values) {
    dispatch(type_, [&]<class T>(T) {
      std::ranges::transform(values, as<T>().begin(), [](float value) { return static_cast<T>(value); });
    });
  }

  base::DType type_;
  std::size_t size_;
  base::Buffer memory_;
};

}  // namespace ganymede::reference
