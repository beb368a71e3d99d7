#pragma once

#include <cstddef>
#include <functional>

#include "dist/processes.h"

namespace ganymede::test {

/// Runs `body` in `count` processes, copies of this one that exchange at most `bytes` bytes at a time, and
/// returns how many of them threw, or had `body` return false.
int failed_of(int count, std::size_t bytes, const std::function<bool(const dist::Processes&)>& body);

}  // namespace ganymede::test
