// libFuzzer's entry: GANYMEDE_FUZZ_TARGET names the reader that gets the inputs.

#include <cstdio>
#include <cstdlib>

#include "base/error.h"
#include "fuzz/targets.h"

namespace {

const ganymede::fuzz::Target* chosen = nullptr;

}  // namespace

/// Chooses the reader here, since libFuzzer reports a later exit as a crash and writes a file.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* const name = std::getenv("GANYMEDE_FUZZ_TARGET");
  for (const ganymede::fuzz::Target& target : ganymede::fuzz::targets()) {
    if (name != nullptr && target.name == name) {
      chosen = &target;
      return 0;
    }
  }
  std::fputs("Set GANYMEDE_FUZZ_TARGET to one of:", stderr);
  for (const ganymede::fuzz::Target& target : ganymede::fuzz::targets()) {
    std::fprintf(stderr, " %.*s", static_cast<int>(target.name.size()), target.name.data());
  }
  std::fputs("\n", stderr);
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    chosen->read({data, size});
  } catch (const ganymede::base::Error&) {
    // Refused, as bad input is to be.
  }
  return 0;
}
