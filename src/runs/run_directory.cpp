#include "runs/run_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/refusal.h"

namespace ganymede::runs {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view checkpoint_begin = "step_";
constexpr std::string_view undo_begin = "undo_";
constexpr std::string_view sample_begin = "epoch_";
constexpr std::string_view generator_begin = "generator_epoch_";
constexpr std::string_view tensors_end = ".safetensors";
constexpr std::string_view picture_end = ".png";

constexpr base::Refusal refuse{base::ErrorKind::file};

/// The files in `directory` with this beginning and end of the name, in the order of their numbers; none
/// without the directory. Throws Error(file) if it cannot be read.
std::vector<fs::path> list(const fs::path& directory, std::string_view begin, std::string_view end) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), last; !error && entry != last;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(begin) && name.ends_with(end)) {
      found.push_back(entry->path());
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    refuse(directory, fmt::format("\"{}\"", error.message()), "to read the directory",
           "Check the permissions and the disk");
  }
  std::ranges::sort(found, {}, [](const fs::path& file) {
    return std::pair(file.native().size(), file.native());  // a number of more digits is larger
  });
  return found;
}

/// The number after `begin` in a file's name: 8 of step_00000008.safetensors; -1 without one.
std::int64_t number_in(const fs::path& file, std::string_view begin) {
  const std::string name = file.filename().string();
  std::int64_t number = -1;
  std::from_chars(name.data() + std::min(begin.size(), name.size()), name.data() + name.size(), number);
  return number;
}

void remove(const std::vector<fs::path>& files) {
  for (const fs::path& file : files) {
    std::error_code ignored;
    fs::remove(file, ignored);
  }
}

}  // namespace

RunDirectory RunDirectory::open(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path / "config.toml", error)) {
    refuse(path, fs::exists(path, error) ? "no config.toml in it" : "no such directory",
           "the directory of a run", "Name one that `ganymede train` made, for example runs/latest");
  }
  const fs::path plain = path.has_filename() ? path : path.parent_path();
  return RunDirectory(fs::is_symlink(plain) ? plain.parent_path() / fs::read_symlink(plain) : plain);
}

fs::path RunDirectory::sample(std::int64_t epoch) const {
  return samples() / fmt::format("{}{:04}{}", sample_begin, epoch, picture_end);
}

fs::path RunDirectory::checkpoint(std::int64_t step) const {
  return checkpoints() / fmt::format("{}{:08}{}", checkpoint_begin, step, tensors_end);
}

fs::path RunDirectory::generator_of_epoch(std::int64_t epoch) const {
  return checkpoints() / fmt::format("{}{:04}{}", generator_begin, epoch, tensors_end);
}

fs::path RunDirectory::undo_checkpoint(std::int64_t step) const {
  return checkpoints() / fmt::format("{}{:08}{}", undo_begin, step, tensors_end);
}

std::optional<std::int64_t> RunDirectory::undo_step() const {
  const std::vector<fs::path> found = list(checkpoints(), undo_begin, tensors_end);
  return found.empty() ? std::nullopt : std::optional(number_in(found.back(), undo_begin));
}

void RunDirectory::remove_old_undo_checkpoints() const {
  constexpr std::size_t most = 10;
  std::vector<fs::path> old = list(checkpoints(), undo_begin, tensors_end);
  old.resize(old.size() - std::min(old.size(), most));
  remove(old);
}

std::vector<fs::path> RunDirectory::find_checkpoints() const {
  std::vector<fs::path> found = list(checkpoints(), checkpoint_begin, tensors_end);
  std::ranges::reverse(found);
  return found;
}

std::vector<fs::path> RunDirectory::find_checkpoints(std::int64_t last_step) const {
  std::vector<fs::path> found = find_checkpoints();
  std::erase_if(found, [&](const fs::path& file) { return number_in(file, checkpoint_begin) > last_step; });
  return found;
}

std::vector<fs::path> RunDirectory::find_samples() const {
  return list(samples(), sample_begin, picture_end);
}

void RunDirectory::remove_temporaries() const {
  for (const fs::path& directory : {path(), samples(), checkpoints()}) {
    remove(list(directory, ".", ".tmp"));
  }
}

void RunDirectory::remove_beyond(std::int64_t step, std::int64_t epoch) const {
  const auto remove_later = [](std::vector<fs::path> files, std::string_view begin, std::int64_t last) {
    std::erase_if(files, [&](const fs::path& file) { return number_in(file, begin) <= last; });
    remove(files);
  };
  remove_later(find_checkpoints(), checkpoint_begin, step);
  remove_later(list(checkpoints(), undo_begin, tensors_end), undo_begin, step);
  remove_later(find_samples(), sample_begin, epoch);
  remove_later(list(checkpoints(), generator_begin, tensors_end), generator_begin, epoch);
}

void RunDirectory::become_latest() const {
  const fs::path link = path_.parent_path() / "latest";
  std::error_code ignored;
  if (path_.parent_path().filename() != "runs" ||
      (fs::exists(link, ignored) && !fs::is_symlink(link, ignored))) {
    return;
  }
  const fs::path temporary = path_ / ".latest.tmp";
  fs::remove(temporary, ignored);
  fs::create_symlink(path_.filename(), temporary, ignored);
  fs::rename(temporary, link, ignored);
}

void RunDirectory::become_latest_of_none() const {
  if (std::error_code ignored; !fs::exists(path_.parent_path() / "latest", ignored)) {
    become_latest();
  }
}

void RunDirectory::remove_old_checkpoints(std::int64_t last_good_step) const {
  constexpr std::ptrdiff_t newest = 2;
  std::vector<fs::path> files = find_checkpoints();
  const std::vector<fs::path> good = find_checkpoints(last_good_step);
  files.erase(files.begin(), files.begin() + std::min(newest, std::ssize(files)));
  std::erase_if(files, [&](const fs::path& file) { return !good.empty() && file == good.front(); });
  remove(files);
}

}  // namespace ganymede::runs
