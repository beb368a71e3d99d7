#include "serve/runs.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace ganymede::serve {

namespace fs = std::filesystem;

Runs::Runs(const fs::path& root, std::string only, RunReader reader)
    : only_(std::move(only)), reader_(std::move(reader)) {
  std::error_code error;
  root_ = fs::canonical(root, error);
  if (error || !fs::is_directory(root_, error)) {
    throw base::Error(base::ErrorKind::file, {.where = root.string(),
                                              .found = "no such directory",
                                              .expected = "a directory of runs",
                                              .advice = "Name a run, or a directory of runs"});
  }
}

std::vector<std::string> Runs::names() const {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator entry(root_, error), last; !error && entry != last; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (!name.starts_with('.') && !entry->is_symlink(ignored) && find(name)) {
      found.push_back(std::move(name));
    }
  }
  std::ranges::sort(found);
  return found;
}

std::optional<RunFiles> Runs::find(const std::string& name) const {
  const bool plain = !name.empty() && name.front() != '.' && name.find('/') == std::string::npos &&
                     name.find('\0') == std::string::npos;
  if (!plain || (!only_.empty() && name != only_) || !contains(root_ / name)) {
    return std::nullopt;
  }
  return reader_.find_files(root_ / name);
}

bool Runs::contains(const fs::path& path) const {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  const auto [end, ignored] = std::mismatch(root_.begin(), root_.end(), real.begin(), real.end());
  return !error && end == root_.end() && real != root_;
}

}  // namespace ganymede::serve
