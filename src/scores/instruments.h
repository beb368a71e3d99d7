#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "artifacts/classifier_file.h"
#include "data/dataset.h"
#include "eval/evaluator.h"
#include "ops/device.h"

namespace ganymede::scores {

/// Images of a data set and what turns images into features: a classifier, or, for data without labels, the
/// principal components of its pixels. The parts refer to those before them.
struct Instruments {
  data::Dataset dataset;                                       ///< the real images
  ops::Device device;                                          ///< computes the features
  std::optional<artifacts::SavedClassifier> classifier = {};   ///< for data with labels
  std::optional<artifacts::SavedClassifier> independent = {};  ///< a second one, of prepare_second_opinions()
  std::optional<eval::PixelComponents> components = {};  ///< for data without labels, and for second opinions

  /// `classifier_file` may be empty: then the one of classifier_for(), which tells `say` where it trains one.
  /// Throws as data::open_data(), classifier_for() and artifacts::open_classifier() do.
  Instruments(const std::string& data, const data::Preparation& images,
              const std::filesystem::path& classifier_file, const std::function<void(std::string_view)>& say);

  /// The same for images of a data set that is open, with those to test with.
  Instruments(data::Dataset of, const data::Preparation& images, const std::filesystem::path& classifier_file,
              const std::function<void(std::string_view)>& say);

  /// Makes ready what a report compares images by, beside the classifier: the independent classifier that
  /// ships for the published sets, and the components. Throws as artifacts::open_classifier() does.
  void prepare_second_opinions();

  /// Reads by the classifier, or where there is none by the components; this object must outlive it.
  eval::FeatureReader reader();
  /// That one, and those that are ready beside it.
  eval::Readers readers();
  /// What the features are, in words, for people and files.
  std::string features() const;

 private:
  void prepare(const std::string& data, const data::Preparation& images,
               const std::filesystem::path& classifier_file,
               const std::function<void(std::string_view)>& say);
};

/// The images and labels of a split that has no stacks.
eval::LabelledImages view(const data::Split& split);

}  // namespace ganymede::scores
