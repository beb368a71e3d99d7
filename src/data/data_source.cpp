#include "data/data_source.h"

#include <cstdlib>
#include <span>
#include <system_error>

#include "base/host.h"
#include "base/sha256.h"

namespace ganymede::data {

std::vector<std::filesystem::path> data_roots() {
  std::vector<std::filesystem::path> roots;
  if (const char* root = std::getenv("GANYMEDE_DATA"); root != nullptr && *root != '\0') {
    roots.emplace_back(root);
  }
  const std::filesystem::path installed =
      (base::executable().parent_path() / "../share/ganymede/data").lexically_normal();
  std::error_code ignored;
  const bool is_installed = std::filesystem::is_directory(installed, ignored);
  roots.push_back(is_installed ? installed : std::filesystem::path(GANYMEDE_SOURCE_DATA_DIR));
  return roots;
}

Dataset open_data(const std::string& name_or_directory, Splits splits) {
  return open_dataset(name_or_directory, data_roots(), splits);
}

std::string digest(const Dataset& dataset) {
  std::string digests;
  for (const DatasetFile& file : dataset.files) {
    digests += file.sha256;
  }
  if (dataset.train.stacks) {
    digests += base::sha256(std::as_bytes(std::span(dataset.train.stacks->planes)));
  }
  return base::sha256(std::as_bytes(std::span(digests)));
}

}  // namespace ganymede::data
