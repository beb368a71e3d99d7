#include "data/data_source.h"

#include <cstdlib>
#include <system_error>

#include "base/error.h"
#include "base/host.h"
#include "data/formats/format.h"
#include "data/stacking.h"

namespace ganymede::data {

std::vector<std::filesystem::path> data_roots() {
  std::vector<std::filesystem::path> roots;
  if (const char* root = std::getenv("GANYMEDE_DATA"); root != nullptr && *root != '\0') {
    roots.emplace_back(root);
  }
  const std::filesystem::path installed =
      (base::own_file().parent_path() / "../share/ganymede/data").lexically_normal();
  std::error_code ignored;
  const bool is_installed = std::filesystem::is_directory(installed, ignored);
  roots.push_back(is_installed ? installed : std::filesystem::path(GANYMEDE_SOURCE_DATA_DIR));
  return roots;
}

Dataset open_data(const std::string& name_or_path, Splits splits, const Preparation& preparation) {
  return open_dataset(name_or_path, data_roots(), splits, preparation);
}

void require_text(const std::string& name_or_path) {
  if (!is_printable(name_or_path)) {
    throw base::Error(base::ErrorKind::data, {.where = name_or_path,
                                              .found = "a path that is no text in UTF-8",
                                              .expected = "one that a recipe can hold",
                                              .advice = "Rename it"});
  }
}

}  // namespace ganymede::data
