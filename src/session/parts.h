#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "data/dataset.h"
#include "dist/group.h"
#include "dist/world.h"
#include "train/recipe/recipe.h"

/// A training in several parts: a session leads it in the first part, and the other parts follow, on threads
/// of this process and in the processes that an MPI launcher started.
namespace ganymede::session {

/// The parts of a session's training. While it exists, each other part computes what the first part's
/// trainers tell it.
class Parts {
 public:
  /// Starts the other parts of this process; those of other processes are in follow(). `world` is null for
  /// one process. Throws Error(usage) for more processes than parts.
  Parts(std::int64_t parts, dist::World* world);
  ~Parts();
  Parts(const Parts&) = delete;

  /// The part of the session itself.
  dist::Part first();
  /// The threads for the loops of each part, where the recipe asks for `threads` of each process, 0 for one a
  /// processor.
  int threads(std::int64_t threads) const;

  /// Tells the others of a training, whose trainer this part makes next. Throws Error(data) if another
  /// process has other images or another version of the program; that process says which.
  void begin(const train::Recipe& recipe, std::shared_ptr<const data::Dataset> dataset,
             std::optional<std::int64_t> steps);

  /// Throws what a part of this process threw, if one has.
  void rethrow_failure();

 private:
  std::optional<dist::Group> group_;
  std::shared_ptr<const data::Dataset> dataset_;  // of the training that begins
  std::exception_ptr failure_;                    // read once group_ has failed
  std::vector<std::thread> followers_;
};

/// Computes the parts of this process, which is not the first, until the first one's session has ended.
/// Throws what its parts threw.
void follow(dist::World& world);

}  // namespace ganymede::session
