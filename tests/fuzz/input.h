#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "fuzz/targets.h"

/// What readers take of an input.
namespace ganymede::fuzz {

/// Ends the program as a failed check.
inline void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

inline std::string text_of(Input input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

inline std::span<const std::byte> bytes_of(Input input) {
  return std::as_bytes(input);
}

/// The input with the digest that the program would have written, which no changed byte would pass otherwise.
inline std::vector<std::uint8_t> with_digest(Input input) {
  constexpr std::size_t digits = 64;
  const std::string_view key = R"("sha256":")";
  std::vector<std::uint8_t> bytes(input.begin(), input.end());
  const auto found = std::search(bytes.begin(), bytes.end(), key.begin(), key.end());
  if (std::distance(found, bytes.end()) > static_cast<std::ptrdiff_t>(key.size() + digits)) {
    const auto digest = found + static_cast<std::ptrdiff_t>(key.size());
    std::fill_n(digest, digits, '0');
    std::ranges::copy(base::sha256(std::as_bytes(std::span(bytes))), digest);
  }
  return bytes;
}

/// A file in memory with the input as its contents.
class InputFile {
 public:
  explicit InputFile(Input input) : descriptor_(::memfd_create("input", MFD_CLOEXEC)) {
    require(descriptor_ >= 0 &&
            ::write(descriptor_, input.data(), input.size()) == static_cast<ssize_t>(input.size()));
  }
  ~InputFile() { ::close(descriptor_); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace ganymede::fuzz
