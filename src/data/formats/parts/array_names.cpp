#include "data/formats/parts/array_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace ganymede::data {

namespace {

template <class Meaning>
using Word = std::pair<std::string_view, Meaning>;

constexpr std::array<Word<ArrayPart>, 8> part_words = {{{"train", ArrayPart::train},
                                                        {"training", ArrayPart::train},
                                                        {"val", ArrayPart::validation},
                                                        {"valid", ArrayPart::validation},
                                                        {"validation", ArrayPart::validation},
                                                        {"test", ArrayPart::test},
                                                        {"testing", ArrayPart::test},
                                                        {"t10k", ArrayPart::test}}};

constexpr std::array<Word<ArrayKind>, 11> kind_words = {{{"x", ArrayKind::images},
                                                         {"image", ArrayKind::images},
                                                         {"images", ArrayKind::images},
                                                         {"img", ArrayKind::images},
                                                         {"imgs", ArrayKind::images},
                                                         {"data", ArrayKind::images},
                                                         {"y", ArrayKind::labels},
                                                         {"label", ArrayKind::labels},
                                                         {"labels", ArrayKind::labels},
                                                         {"target", ArrayKind::labels},
                                                         {"targets", ArrayKind::labels}}};

/// "kmnist", "test" and "labels" of "kmnist-test-labels".
std::vector<std::string> words_in(std::string_view name) {
  std::vector<std::string> words = {""};
  for (const char letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) != 0) {
      words.back() += static_cast<char>(std::tolower(byte));
    } else {
      words.emplace_back();
    }
  }
  return words;
}

template <class Table>
auto find_word(const Table& table, const std::vector<std::string>& words) {
  return std::ranges::find_if(
      table, [&](const auto& entry) { return std::ranges::find(words, entry.first) != words.end(); });
}

}  // namespace

std::optional<ArrayRole> role_of(std::string_view name) {
  if (name == "arr_0" || name == "arr_1") {
    return ArrayRole{ArrayPart::train, name == "arr_0" ? ArrayKind::images : ArrayKind::labels};
  }
  if (name == "class_names") {
    return ArrayRole{ArrayPart::train, ArrayKind::class_names};
  }
  const std::vector<std::string> words = words_in(name);
  const auto kind = find_word(kind_words, words);
  if (kind == kind_words.end()) {
    return std::nullopt;
  }
  const auto part = find_word(part_words, words);
  return ArrayRole{part == part_words.end() ? ArrayPart::train : part->second, kind->second};
}

std::string describe(const ArrayRole& role) {
  if (role.kind == ArrayKind::class_names) {
    return "the names of the classes";
  }
  const char* part = role.part == ArrayPart::train        ? "training"
                     : role.part == ArrayPart::validation ? "validation"
                                                          : "test";
  return std::string("the ") + part + (role.kind == ArrayKind::images ? " images" : " labels");
}

}  // namespace ganymede::data
