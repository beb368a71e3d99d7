#include "cli/run_directory.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "cli/host.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view staging_suffix = ".starting";

[[noreturn]] void refuse(const fs::path& where, std::string found, std::string expected, std::string advice) {
  throw base::Error(base::ErrorKind::file, {.where = where.string(),
                                            .found = std::move(found),
                                            .expected = std::move(expected),
                                            .advice = std::move(advice)});
}

[[noreturn]] void refuse(const fs::path& where, const std::error_code& error) {
  refuse(where, fmt::format("\"{}\"", error.message()), "to make a run directory there",
         "Choose another place with --out DIR");
}

/// The files in `directory` whose names begin and end so, in the order of the numbers in them; none if there
/// is no such directory.
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
  std::ranges::sort(found, {}, [](const fs::path& file) {
    return std::pair(file.native().size(), file.native());  // a number of more digits is larger
  });
  return found;
}

/// A recipe's name as a part of a file's name.
std::string file_name(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-' && letter != '_'; },
      '-');
  return name;
}

fs::path default_place(const std::string& recipe) {
  const fs::path first = fs::path("runs") / fmt::format("{}-{}", local_time(), file_name(recipe));
  fs::path place = first;
  std::error_code ignored;
  for (int copy = 2; fs::exists(place, ignored); ++copy) {
    place = fmt::format("{}-{}", first.string(), copy);
  }
  return place;
}

/// Removes the staged directories in `parent` whose processes are gone.
void remove_abandoned(const fs::path& parent) {
  for (const fs::path& path : list(parent, ".", staging_suffix)) {
    const std::string name = path.stem().string();  // ".NAME.PROCESS"
    const std::size_t dot = name.rfind('.');
    pid_t process = 0;
    const auto parsed = std::from_chars(name.data() + dot + 1, name.data() + name.size(), process);
    if (parsed.ec == std::errc() && process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  }
}

fs::path stage(const fs::path& place) {
  const fs::path parent = place.has_parent_path() ? place.parent_path() : ".";
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) {
    refuse(place, error);
  }
  remove_abandoned(parent);
  fs::path staged = parent / fmt::format(".{}.{}{}", place.filename().string(), ::getpid(), staging_suffix);
  for (const char* part : {"samples", "checkpoints"}) {
    if (fs::create_directories(staged / part, error); error) {
      std::error_code ignored;
      fs::remove_all(staged, ignored);
      refuse(place, error);
    }
  }
  return staged;
}

/// The link is a convenience: where it cannot be made, the run goes on without.
void point_latest_to(const fs::path& run) {
  const fs::path link = run.parent_path() / "latest";
  std::error_code ignored;
  if (run.parent_path().filename() != "runs" ||
      (fs::exists(link, ignored) && !fs::is_symlink(link, ignored))) {
    return;
  }
  const fs::path temporary = run.parent_path() / fmt::format(".latest.{}.tmp", ::getpid());
  fs::remove(temporary, ignored);
  fs::create_symlink(run.filename(), temporary, ignored);
  fs::rename(temporary, link, ignored);
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
  return samples() / fmt::format("epoch_{:04}.png", epoch);
}

fs::path RunDirectory::checkpoint(std::int64_t step) const {
  return checkpoints() / fmt::format("step_{:08}.safetensors", step);
}

fs::path RunDirectory::generator_of_epoch(std::int64_t epoch) const {
  return checkpoints() / fmt::format("generator_epoch_{:04}.safetensors", epoch);
}

std::vector<fs::path> RunDirectory::find_checkpoints() const {
  std::vector<fs::path> found = list(checkpoints(), "step_", ".safetensors");
  std::ranges::reverse(found);
  return found;
}

std::vector<fs::path> RunDirectory::find_samples() const {
  return list(samples(), "epoch_", ".png");
}

void RunDirectory::remove_temporaries() const {
  for (const fs::path& directory : {path(), samples(), checkpoints()}) {
    for (const fs::path& leftover : list(directory, ".", ".tmp")) {
      std::error_code ignored;
      fs::remove(leftover, ignored);
    }
  }
}

void require_free(const fs::path& out) {
  std::error_code error;
  if (!fs::exists(out, error)) {
    return;
  }
  if (!fs::is_directory(out, error)) {
    refuse(out, "a file", "a directory that does not exist yet", "Choose another name with --out DIR");
  }
  if (!fs::is_empty(out, error)) {
    refuse(out, "a directory with something in it", "one that does not exist yet",
           "Choose another name with --out DIR, or go on with that run: --resume " + out.string());
  }
  if (fs::equivalent(out, fs::current_path(), error)) {
    refuse(out, "the current directory", "one that does not exist yet", "Choose another name with --out DIR");
  }
}

StagedRun::StagedRun(const fs::path& out, const std::string& recipe)
    : place_(out.empty()          ? default_place(recipe)
             : out.has_filename() ? out
                                  : out.parent_path()),
      staged_(stage(place_)) {
  require_free(place_);
}

StagedRun::~StagedRun() {
  std::error_code ignored;
  fs::remove_all(staged_.path(), ignored);
}

RunDirectory StagedRun::put_in_place() {
  std::error_code error;
  fs::rename(staged_.path(), place_, error);
  if (error) {
    refuse(place_, error);
  }
  point_latest_to(place_);
  return RunDirectory(place_);
}

}  // namespace ganymede::cli
