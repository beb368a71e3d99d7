#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "extending/text_of.h"

/// docs/extending.md says what each addition of this directory changes, and how many lines that are.
namespace ganymede::test {
namespace {

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::istringstream text(text_of(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// How many lines the copy of src/`file` has more; expects the others to be the same.
std::ptrdiff_t added(const std::string& file) {
  const std::vector<std::string> before = lines_of(GANYMEDE_SOURCE_DIR "/src/" + file);
  const std::vector<std::string> after = lines_of(GANYMEDE_COPIES_DIR "/" + file);
  auto next = before.begin();
  for (const std::string& line : after) {
    next += next != before.end() && *next == line ? 1 : 0;
  }
  EXPECT_EQ(next, before.end()) << file;
  return std::ssize(after) - std::ssize(before);
}

std::ptrdiff_t length(const std::string& file) {
  return std::ssize(lines_of(GANYMEDE_TEST_DATA_DIR "/" + file));
}

TEST(Documentation, SaysHowManyLinesALayerALossAndAFormatOfDataAre) {
  const std::string guide = text_of(GANYMEDE_SOURCE_DIR "/docs/extending.md");
  const auto expect_row = [&](const std::string& file, std::ptrdiff_t lines) {
    EXPECT_THAT(guide, testing::HasSubstr(fmt::format("| `{}` | {} |", file, lines)));
  };
  expect_row("tests/extending/layers/absolute.h", length("extending/layers/absolute.h"));
  expect_row("tests/extending/layers/absolute.cpp", length("extending/layers/absolute.cpp"));
  expect_row("src/net/kinds.h", added("net/kinds.h"));
  expect_row("src/train/methods/objective.h", added("train/methods/objective.h"));
  expect_row("src/train/methods/objective.cpp", added("train/methods/objective.cpp"));
  expect_row("tests/extending/formats/tiny_records.h", length("extending/formats/tiny_records.h"));
  expect_row("tests/extending/formats/tiny_records.cpp", length("extending/formats/tiny_records.cpp"));
  expect_row("src/data/formats/format.cpp", added("data/formats/format.cpp"));
}

}  // namespace
}  // namespace ganymede::test
