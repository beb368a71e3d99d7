#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "artifacts/classifier_file.h"
#include "data/dataset.h"
#include "ops/device.h"
#include "session/observer.h"
#include "session/snapshots.h"
#include "train/doctor/doctor.h"
#include "train/trainer.h"

namespace ganymede::session {

/// Examines new samples of a generator during training: the share of duplicates and, if the data set has a
/// classifier, the shares of the labels. Rare and on few samples, so that the cost is small.
class Examiner {
 public:
  /// `classifier` may be empty: then the data set's, if there is one. All references but `recipe` must
  /// outlive it.
  Examiner(const train::Recipe& recipe, Snapshots& snapshots, const data::Dataset& dataset,
           const ops::Device& device, std::filesystem::path classifier, const Observer& observer);

  /// Whether this is the end of the first epoch after a multiple of 500 steps, or of more if an examination
  /// would cost more than 1% of the steps.
  bool is_due(const train::Position& position) const;
  /// Warns and leaves out the labels if the classifier cannot be used.
  train::Examination examine(const train::Position& position);

 private:
  void prepare();

  Snapshots& snapshots_;
  const data::Dataset& dataset_;
  const ops::Device& device_;
  std::filesystem::path classifier_path_;  // empty: labels are not read
  const Observer& observer_;
  std::int64_t spacing_;          // steps
  std::optional<double> radius_;  // within which images are duplicates
  std::optional<artifacts::SavedClassifier> classifier_;
  std::vector<double> data_shares_;  // of the labels
};

}  // namespace ganymede::session
