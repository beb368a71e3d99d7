#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ganymede::fuzz {

using Input = std::span<const std::uint8_t>;

/// A reader of bytes that come from outside. It may refuse them by base::Error; any other exception, a failed
/// check, a crash and a report of a sanitizer is a defect.
struct Target {
  std::string_view name;
  void (*read)(Input input);
};

/// All of them.
std::span<const Target> targets();

}  // namespace ganymede::fuzz
