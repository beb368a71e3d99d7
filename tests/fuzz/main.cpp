// libFuzzer's entry: GANYMEDE_FUZZ_TARGET names the reader that gets the inputs.

#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "fuzz/targets.h"

namespace {

const ganymede::fuzz::Target* chosen = nullptr;

/// Processor time that one input may take. libFuzzer's own limit counts what other programs take as well.
constexpr itimerval longest{.it_interval = {}, .it_value = {.tv_sec = 10, .tv_usec = 0}};
constexpr itimerval no_limit{};

extern "C" void refuse_slow_input(int /*signal*/) {
  constexpr std::string_view text = "\nThe input takes more than ten seconds of processor time.\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
  std::abort();
}

}  // namespace

/// Chooses the reader, before libFuzzer takes the end of the program for a crash of it and writes a file.
extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  const char* const name = std::getenv("GANYMEDE_FUZZ_TARGET");
  for (const ganymede::fuzz::Target& target : ganymede::fuzz::targets()) {
    if (name != nullptr && target.name == name) {
      chosen = &target;
      std::signal(SIGPROF, refuse_slow_input);
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
  ::setitimer(ITIMER_PROF, &longest, nullptr);
  try {
    chosen->read({data, size});
  } catch (const ganymede::base::Error&) {
    // Refused, as bad input is to be.
  }
  ::setitimer(ITIMER_PROF, &no_limit, nullptr);
  return 0;
}
