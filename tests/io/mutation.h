#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace ganymede::test {

/// The `trial`-th damaged version of a file: up to four bytes changed, and in one of four the end cut
/// off or grown.
template <class Byte>
std::vector<Byte> damaged(std::vector<Byte> bytes, std::uint64_t trial) {
  std::uint64_t drawn = 0;
  const auto draw = [&](std::size_t bound) {
    const base::RandomKey key{.seed = 20, .purpose = base::Purpose::dropout, .stream = 0, .step = trial};
    return base::bounded(base::random_word(key, drawn++), static_cast<std::uint32_t>(bound));
  };
  for (std::uint32_t changes = 1 + draw(4); changes > 0; --changes) {
    auto& byte = bytes[draw(bytes.size())];
    byte = draw(2) == 0 ? static_cast<Byte>(draw(256))
                        : static_cast<Byte>(static_cast<unsigned>(byte) ^ (1U << draw(8)));
  }
  const std::uint32_t kind = draw(8);
  if (kind == 0) {
    bytes.resize(draw(bytes.size()));
  } else if (kind == 1) {
    bytes.resize(bytes.size() + 1 + draw(16), static_cast<Byte>(draw(256)));
  }
  return bytes;
}

/// Reads many damaged versions of `bytes`: each must be read or refused with a base::Error, and a good
/// part of them refused.
template <class Byte, class Read>
void expect_damage_is_harmless(const std::vector<Byte>& bytes, const Read& read) {
  constexpr int trials = 20000;
  int refused = 0;
  for (int trial = 0; trial < trials; ++trial) {
    try {
      read(damaged(bytes, static_cast<std::uint64_t>(trial)));
    } catch (const base::Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, trials / 4);
}

/// Expects an Error of that kind with all of these texts in it.
template <class Function>
void expect_error(base::ErrorKind kind, const std::vector<std::string>& texts, const Function& function) {
  try {
    function();
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), kind);
    for (const std::string& text : texts) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos)
          << error.what() << "\nlacks " << text;
    }
  }
}

}  // namespace ganymede::test
