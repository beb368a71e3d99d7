#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/threads/team.h"
#include "data/formats/arrays_in_memory.h"
#include "runs/staged_run.h"
#include "session/observer.h"
#include "session/training.h"
#include "train/doctor/doctor.h"

/// Training in a run directory, with metrics, samples, scores, checkpoints, verdicts and plots.
namespace ganymede::session {

/// How a session reacts when a run diverges.
enum class OnDivergence {
  stop,     ///< with the reason
  rollback  ///< go on from an earlier checkpoint with lower learning rates, three times at most
};

/// How a session trains, beside the recipe.
struct Settings {
  std::optional<std::int64_t> steps;                ///< in place of the recipe's epochs
  std::filesystem::path classifier;                 ///< what scores are measured with; empty: the data set's
  OnDivergence on_divergence = OnDivergence::stop;  ///< when the doctor finds an explosion
  bool time_passes = false;                         ///< see train::Model::pass_times()
  dist::World* world = nullptr;  ///< the processes that train together; the others are in follow()
};

/// A new run.
struct Start {
  train::Recipe recipe;                               ///< what to train
  std::filesystem::path out = {};                     ///< its directory; empty: runs/TIME-RECIPE
  Settings settings = {};                             ///< beside the recipe
  std::shared_ptr<const data::Dataset> dataset = {};  ///< the recipe's, where it is open already
};

/// A run that begins with the recipe called `recipe`, as artifacts::load_recipe() takes it. Opens the data
/// set that the recipe, or the override "data=...", names: its images and classes decide what the recipe
/// leaves to the data. Throws Error(configuration) and Error(data).
Start prepare(const std::string& recipe, std::span<const std::string> overrides, const Observer& observer);
/// The same of a recipe's text, on images in memory where there are any, whatever data the recipe names.
Start prepare(const artifacts::RecipeText& recipe, std::span<const std::string> overrides,
              const Observer& observer, const std::optional<data::ImageArrays>& arrays = {});

/// Opens the data set that a recipe names.
using OpenData = std::function<std::shared_ptr<const data::Dataset>(const train::Recipe& recipe)>;
/// The same on the data set that `open` gives.
Start prepare(const artifacts::RecipeText& recipe, std::span<const std::string> overrides,
              const OpenData& open);

/// A run to resume from its last checkpoint.
struct Resume {
  std::filesystem::path run;                     ///< its directory
  std::vector<std::string> overrides = {};       ///< of its recipe, as train::parse_recipe() takes them
  std::optional<std::string> data = {};          ///< where its data set is now
  Settings settings = {};                        ///< beside the recipe
  std::optional<data::ImageArrays> arrays = {};  ///< its data set, where that is in memory
};

/// Why training ended early.
struct Divergence {
  base::Error error;                ///< for the user, with advice
  train::Finding finding;           ///< the doctor's
  std::int64_t last_good_step = 0;  ///< see train::Doctor::last_good_step()
};
/// How a session ended: with all steps done, by a requested stop, or by a divergence.
using End = std::variant<train::Outcome, Divergence>;

/// A run that trains in this process; it locks out other processes. Use it on one thread.
class Session {
 public:
  /// Makes the run's directory with a sample and a checkpoint of step 0. `observer` must outlive the session
  /// and may be changed until run(). Throws Error(configuration), Error(data) or Error(file).
  Session(Start start, const Observer& observer);
  /// Returns the run to its last valid checkpoint and writes its files again. Automatic precision and threads
  /// are those of this machine. Throws as above, and Error(usage) for an override of a setting that is fixed
  /// for a run.
  Session(const Resume& resume, const Observer& observer);

  const runs::RunDirectory& directory() const { return run_->directory; }  ///< The run's directory.
  const train::Recipe& recipe() const { return training_->recipe; }  ///< The run's recipe with all overrides.
  /// The data set, which a program may keep for longer than the session.
  const std::shared_ptr<const data::Dataset>& dataset() const { return training_->dataset; }
  /// The steps that are done.
  const train::Position& position() const { return training_->trainer.position(); }
  /// Whether all steps are done.
  bool is_complete() const { return position().step >= position().total_steps; }
  /// The time of each layer's passes, if the settings enable it.
  std::vector<net::PassTime> pass_times() { return training_->trainer.model().pass_times(); }
  const ops::Device& device() const { return training_->device; }  ///< The device that computes the steps.

  /// Trains to the end, until `stop` is requested or until the networks diverge; then writes a checkpoint and
  /// draws the report. After a stop it can be called again to continue. Throws Error(file).
  End run(const std::stop_token& stop);

 private:
  void divide(const train::Recipe& recipe);
  int processes() const;
  End train(const std::stop_token& stop);
  End train_to_end(const std::stop_token& stop);
  bool go_back(const End& end);
  void apply(const Change& change);
  void announce() const;

  const Observer& observer_;
  Settings settings_;
  std::optional<Parts> parts_;
  std::optional<base::Team> team_;
  std::optional<runs::LockedRun> run_;
  std::unique_ptr<Training> training_;
  std::optional<Change> change_;  // that training was interrupted for
};

}  // namespace ganymede::session
