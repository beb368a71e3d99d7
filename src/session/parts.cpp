#include "session/parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "base/host.h"
#include "base/refusal.h"
#include "base/threads/parallel.h"
#include "base/threads/team.h"
#include "base/threads/thread.h"
#include "data/data_source.h"
#include "ops/device.h"
#include "train/trainer.h"

namespace ganymede::session {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::data};

/// What the first part tells the others of a training; no recipe: there is none any more.
struct Announcement {
  std::string recipe;  ///< TOML
  std::int64_t steps;  ///< of the run; 0: the recipe's epochs
  std::string digest;  ///< of the data
  std::string version;
};

/// The text of the first part, given to all.
std::string broadcast(dist::Part part, std::string text) {
  std::uint64_t size = text.size();
  part.broadcast(std::as_writable_bytes(std::span(&size, 1)));
  text.resize(size);
  part.broadcast(std::as_writable_bytes(std::span(text)));
  return text;
}

std::string to_text(const Announcement& of) {
  return nlohmann::json(std::array{of.recipe, std::to_string(of.steps), of.digest, of.version}).dump();
}

Announcement listen(dist::Part part) {
  const auto words = nlohmann::json::parse(broadcast(part, {})).get<std::array<std::string, 4>>();
  return {words[0], std::stoll(words[1]), words[2], words[3]};
}

/// Whether all parts can go on; each says whether it can itself.
bool all_can(dist::Part part, bool itself) {
  float failed = itself ? 0.0F : 1.0F;
  part.sum({&failed, 1});
  return failed == 0.0F;
}

/// Opens the data set of a process that has not the session's. Throws Error(data) if it is another.
std::shared_ptr<const data::Dataset> open_same(const train::Recipe& recipe, const Announcement& of) {
  if (of.version != base::version()) {
    refuse("this process", "version " + base::version(), "the first process' version, " + of.version,
           "Start the same program everywhere");
  }
  auto dataset =
      std::make_shared<data::Dataset>(data::open_data(recipe.data, data::Splits::train_only, recipe.images));
  if (data::digest(*dataset) != of.digest) {
    refuse(recipe.data, "other images than the first process has", "the same everywhere",
           "Copy them to the same path on every machine");
  }
  return dataset;
}

/// For each of `parts` in this process.
int threads_of_each(std::int64_t threads, std::int64_t parts) {
  if (threads == 0) {
    const base::Team all(0);
    threads = base::thread_count();
  }
  return static_cast<int>(std::max<std::int64_t>(threads / parts, 1));
}

/// A part that is not the first: does what the first tells it, until that says that there is no more.
/// `own_data` has the data set, where this process does not have to open it.
void follow(dist::Part part, std::int64_t local_parts,
            const std::shared_ptr<const data::Dataset>* own_data = nullptr) {
  for (;;) {
    const Announcement announced = listen(part);
    if (announced.recipe.empty()) {
      return;
    }
    const train::Recipe recipe = train::parse_recipe(announced.recipe, "the first process");
    const base::Team team(threads_of_each(recipe.training.threads, local_parts));
    std::shared_ptr<const data::Dataset> dataset;
    std::exception_ptr failure;
    try {
      dataset = own_data != nullptr ? *own_data : open_same(recipe, announced);
    } catch (const base::Error&) {
      failure = std::current_exception();
    }
    const bool all = all_can(part, failure == nullptr);
    if (failure) {
      std::rethrow_exception(failure);
    }
    if (!all) {
      return;
    }
    const ops::Device device;
    train::Trainer trainer(recipe, *dataset, device,
                           announced.steps > 0 ? std::optional(announced.steps) : std::nullopt, part);
    trainer.follow();
  }
}

/// Runs the parts of `group` from `first` on, each on a thread, and keeps what one of them throws.
std::vector<std::thread> start_parts(dist::Group& group, std::int64_t first, std::exception_ptr& failure,
                                     const std::shared_ptr<const data::Dataset>* own_data = nullptr) {
  std::vector<std::thread> threads;
  for (std::int64_t local = first; local < group.local(); ++local) {
    threads.push_back(base::start_thread([&group, &failure, local, own_data] {
      try {
        follow(dist::Part(group, local), group.local(), own_data);
      } catch (...) {
        if (group.fail()) {
          failure = std::current_exception();
        }
      }
    }));
  }
  return threads;
}

}  // namespace

Parts::Parts(std::int64_t parts, dist::World* world) {
  const dist::Processes processes = world == nullptr ? dist::Processes() : world->processes();
  if (parts == 1 && processes.count == 1) {
    return;
  }
  group_.emplace(parts, processes);
  if (world != nullptr) {
    world->agree_on_parts(parts);
  }
  followers_ = start_parts(*group_, 1, failure_, &dataset_);
}

Parts::~Parts() {
  if (!group_) {
    return;
  }
  try {
    broadcast(first(), to_text({}));
  } catch (const base::Error&) {  // a part that failed does not listen
  }
  std::ranges::for_each(followers_, &std::thread::join);
}

dist::Part Parts::first() {
  return group_ ? dist::Part(*group_, 0) : dist::Part();
}

int Parts::threads(std::int64_t threads) const {
  return group_ ? threads_of_each(threads, group_->local()) : static_cast<int>(threads);
}

void Parts::begin(const train::Recipe& recipe, std::shared_ptr<const data::Dataset> dataset,
                  std::optional<std::int64_t> steps) {
  if (!group_) {
    return;
  }
  dataset_ = std::move(dataset);
  broadcast(first(),
            to_text({train::to_toml(recipe), steps.value_or(0), data::digest(*dataset_), base::version()}));
  if (!all_can(first(), true)) {
    refuse("training in several processes", "a process that cannot take part",
           "the same program and data in all", "Its own message says why");
  }
}

void Parts::rethrow_failure() {
  if (failure_) {
    std::ranges::for_each(followers_, &std::thread::join);
    followers_.clear();
    std::rethrow_exception(failure_);
  }
}

void follow(dist::World& world) {
  const std::int64_t parts = world.agree_on_parts();
  if (parts == 0) {
    return;
  }
  dist::Group group(parts, world.processes());
  std::exception_ptr failure;
  std::vector<std::thread> threads = start_parts(group, 0, failure);
  std::ranges::for_each(threads, &std::thread::join);
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace ganymede::session
