#pragma once

#include <string>
#include <vector>

#include "io/answered.h"
#include "io/networks/c_program.h"

namespace ganymede::test {

/// Flags under which C is to compile: every warning is an error.
inline const std::vector<std::string> strict_c = {"-Wall", "-Wextra", "-pedantic", "-Werror"};

/// A call of the network's function with the first sample that it has answered.
inline std::string c_call(const Answered& network) {
  const auto size = static_cast<std::size_t>(network.spec.input.elements());
  return io::c_call(network.spec.name, std::span(network.feed.input).first(size),
                    network.feed.labels.empty() ? std::nullopt : std::optional(network.feed.labels.front()));
}

}  // namespace ganymede::test
