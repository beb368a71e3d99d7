#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/error.h"
#include "fuzz/targets.h"

namespace ganymede::fuzz {
namespace {

namespace fs = std::filesystem;

class Cases : public testing::TestWithParam<Target> {
 protected:
  /// The seeds and what once failed.
  static std::vector<fs::path> files() {
    std::vector<fs::path> found;
    for (const char* folder : {"seeds", "cases"}) {
      const fs::path path = fs::path(GANYMEDE_TEST_DATA_DIR) / "fuzz" / folder / GetParam().name;
      if (fs::exists(path)) {
        for (const auto& entry : fs::directory_iterator(path)) {
          found.push_back(entry.path());
        }
      }
    }
    return found;
  }

  /// Whether the reader accepts it.
  static bool takes(const std::vector<std::uint8_t>& input) {
    try {
      GetParam().read(input);
      return true;
    } catch (const base::Error&) {
      return false;
    }
  }
};

std::vector<std::uint8_t> contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_P(Cases, AreReadOrRefused) {
  int taken = 0;
  for (const fs::path& path : files()) {
    SCOPED_TRACE(path.string());
    taken += takes(contents(path)) ? 1 : 0;
  }
  EXPECT_GE(taken, 1) << "no seed is sound";
  takes({});
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Cases, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace ganymede::fuzz
