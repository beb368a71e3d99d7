#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace ganymede::base {

/// Owned memory, zeroed, aligned to a cache line so that vector loads never straddle two.
class Buffer {
 public:
  static constexpr std::size_t alignment = 64;  ///< of data(), in bytes

  Buffer() = default;
  explicit Buffer(std::size_t bytes);  ///< `bytes` zeros. Throws std::bad_alloc.

  std::byte* data() { return memory_.get(); }              ///< The first byte.
  const std::byte* data() const { return memory_.get(); }  ///< The first byte.
  std::size_t size() const { return size_; }               ///< In bytes.

  template <class T>
  std::span<T> as() {  ///< The memory as elements of type T.
    return {reinterpret_cast<T*>(data()), size_ / sizeof(T)};
  }
  template <class T>
  std::span<const T> as() const {  ///< The memory as elements of type T.
    return {reinterpret_cast<const T*>(data()), size_ / sizeof(T)};
  }

 private:
  struct Free {
    void operator()(std::byte* memory) const { ::operator delete[](memory, std::align_val_t{alignment}); }
  };
  std::unique_ptr<std::byte[], Free> memory_;
  std::size_t size_ = 0;
};

/// `bytes` rounded up to a whole number of cache lines.
constexpr std::size_t aligned_size(std::size_t bytes) {
  return (bytes + Buffer::alignment - 1) / Buffer::alignment * Buffer::alignment;
}

}  // namespace ganymede::base
