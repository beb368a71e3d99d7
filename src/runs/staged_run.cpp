#include "runs/staged_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/host.h"
#include "base/refusal.h"
#include "io/files/file.h"

namespace ganymede::runs {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view staging_suffix = ".starting";

constexpr base::Refusal refuse{base::ErrorKind::file};

[[noreturn]] void refuse_place(const fs::path& where, const std::error_code& error) {
  refuse(where, fmt::format("\"{}\"", error.message()), "to make a run directory there",
         "Choose another place with --out DIR");
}

/// A recipe's name as a part of a file's name.
std::string file_name(std::string name) {
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-' && letter != '_'; },
      '-');
  return name;
}

/// runs/<time>-<recipe>, with a number if the name is in use.
fs::path default_place(const std::string& recipe) {
  const fs::path runs = "runs";
  return runs / unused_name(run_name(recipe), [&](const std::string& name) {
           std::error_code ignored;
           return fs::exists(runs / name, ignored);
         });
}

/// Removes a run directory, its lock last, so that an interrupted removal is distinguishable from a run in
/// use.
void remove_run(LockedRun run) {
  const fs::path path = run.directory.path();
  const fs::path lock = RunLock::file_in(run.directory);
  std::error_code ignored;
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(path, ignored), last; !ignored && entry != last;
       entry.increment(ignored)) {
    entries.push_back(entry->path());
  }
  std::erase(entries, lock);
  for (const fs::path& entry : entries) {
    fs::remove_all(entry, ignored);
  }
  { const RunLock released = std::move(run.lock); }
  fs::remove(path, ignored);
}

/// Removes the staged directories in `parent` of killed processes, whose locks are free.
void remove_abandoned(const fs::path& parent) {
  std::error_code ignored;
  std::vector<fs::path> staged;
  for (fs::directory_iterator entry(parent, ignored), last; !ignored && entry != last;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(".") && name.ends_with(staging_suffix)) {
      staged.push_back(entry->path());
    }
  }
  for (const fs::path& path : staged) {
    const RunDirectory run(path);
    if (auto lock = RunLock::inherit(run)) {
      remove_run({run, *std::move(lock)});
    } else {
      fs::remove(path, ignored);  // only if it is empty: its process was killed before it had the lock
    }
  }
}

/// Makes a locked directory with a unique name.
LockedRun make_unused(const fs::path& parent, const fs::path& place) {
  int failures = 0;
  for (int number = 0;; ++number) {
    const RunDirectory run(
        parent / fmt::format(".{}.{}-{}{}", place.filename().string(), ::getpid(), number, staging_suffix));
    std::error_code error;
    if (fs::create_directory(run.path(), error)) {
      try {
        return {run, RunLock(run)};
      } catch (const base::Error&) {
        // Another process may remove it as abandoned before it is locked, but not three times.
        fs::remove(run.path(), error);
        if (++failures == 3) {
          throw;
        }
      }
    } else if (error) {
      refuse_place(place, error);
    }
  }
}

LockedRun stage(const fs::path& place) {
  const fs::path parent = place.has_parent_path() ? place.parent_path() : ".";
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) {
    refuse_place(place, error);
  }
  remove_abandoned(parent);
  LockedRun staged = make_unused(parent, place);
  for (const fs::path& part : {staged.directory.samples(), staged.directory.checkpoints()}) {
    if (fs::create_directory(part, error); error) {
      remove_run(std::move(staged));
      refuse_place(place, error);
    }
  }
  return staged;
}

}  // namespace

void require_free(const fs::path& out) {
  std::error_code error;
  if (!fs::exists(out, error)) {
    return;
  }
  if (!fs::is_directory(out, error)) {
    refuse(out, "a file", "a directory that does not exist yet", "Choose another name with --out DIR");
  }
  if (!fs::is_empty(out, error)) {
    refuse(out, "a directory that is not empty", "one that does not exist yet",
           "Choose another name with --out DIR, or go on with that run: --resume " + out.string());
  }
  if (fs::equivalent(out, fs::current_path(), error)) {
    refuse(out, "the current directory", "one that does not exist yet", "Choose another name with --out DIR");
  }
}

std::string run_name(const std::string& recipe) {
  return fmt::format("{}-{}", base::local_time(), file_name(recipe));
}

std::string unused_name(const std::string& name, const std::function<bool(const std::string&)>& is_used) {
  std::string unused = name;
  for (int copy = 2; is_used(unused); ++copy) {
    unused = fmt::format("{}-{}", name, copy);
  }
  return unused;
}

StagedRun::StagedRun(const fs::path& out, const std::string& recipe)
    : place_is_free_choice_(out.empty()),
      place_(out.empty()          ? default_place(recipe)
             : out.has_filename() ? out
                                  : out.parent_path()) {
  if (!place_is_free_choice_) {
    require_free(place_);
  }
  staged_.emplace(stage(place_));
}

StagedRun::~StagedRun() {
  if (staged_) {
    remove_run(*std::move(staged_));
  }
}

LockedRun StagedRun::put_in_place() {
  const fs::path first = place_;
  std::error_code error;
  for (int copy = 2;; ++copy) {
    fs::rename(directory().path(), place_, error);
    const bool taken = error == std::errc::directory_not_empty || error == std::errc::file_exists;
    if (!taken || !place_is_free_choice_) {
      break;
    }
    place_ = fmt::format("{}-{}", first.string(), copy);
  }
  if (error) {
    refuse_place(place_, error);
  }
  LockedRun placed{RunDirectory(place_), std::move(staged_->lock)};
  staged_.reset();
  placed.lock.follow(placed.directory);
  io::sync_parent(place_);
  placed.directory.become_latest();
  return placed;
}

}  // namespace ganymede::runs
