#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/formats/arrays_in_memory.h"
#include "eval/scores.h"

/// Scores of images.
namespace ganymede::scores {

/// What to measure, and how.
struct EvaluationRequest {
  std::filesystem::path images;  ///< a run, a generator's file, an .npy array or a directory of PNG files
  std::optional<std::int64_t> count = {};        ///< of the images; nothing: as many as the protocol has
  std::uint64_t seed = 0;                        ///< of the latent points, the bootstrap and the subsets
  std::int64_t resamples = 100;                  ///< of the bootstrap, for intervals
  std::optional<double> temperature = {};        ///< of a generator's latent points
  std::string data = {};                         ///< the data set; empty: the generator's own, or MNIST
  std::optional<data::ImageArrays> arrays = {};  ///< the data set, where that is in memory
  data::Preparation preparation = {};            ///< of the data set's images; a generator has its own
  /// Compare with the training images that the generator's run, or `preparation`, has held out, to choose by:
  /// without it with the images to test with, for the number that is reported.
  bool against_held_out = false;
  std::filesystem::path classifier = {};  ///< what images are read with; empty: the data set's
  /// Use the protocol of Stacked MNIST: 26,000 images, the digit of each channel read by the classifier. The
  /// default for a generator of stacks.
  bool stacked = false;
  /// Train the classifier's recipe on generated images instead of real ones.
  bool by_training = false;
  /// Only what takes seconds: no intervals, no two-sample test, no broken images or near copies, and the
  /// floor of the test images alone.
  bool quick = false;
};

/// A score with its floor.
struct ScoreRow {
  eval::ScoreInfo info;     ///< its names
  eval::Estimate estimate;  ///< of the images
  double floor = 0.0;       ///< of real training images, against the images to test with
  double training_floor =
      std::numeric_limits<double>::quiet_NaN();  ///< of real training images, against others
};

/// What is known of a classifier.
struct ClassifierFacts {
  double accuracy = 0.0;  ///< on the test images
  std::string sha256;     ///< of its file
};

/// What images were compared with, and by which features.
struct Yardstick {
  std::string dataset;                              ///< its name
  std::int64_t test_images = 0;                     ///< how many images are compared with
  std::string compared_with = "test images";        ///< what these are
  std::vector<std::string> class_names = {};        ///< of the labels 0, 1, ...
  std::vector<double> label_shares = {};            ///< of the test images, by class
  std::optional<ClassifierFacts> classifier = {};   ///< nothing where there are no labels to learn
  std::optional<ClassifierFacts> independent = {};  ///< the second classifier, where there is one
  std::string features;                             ///< a layer of the classifier, or in words
};

/// The results of an evaluation.
struct EvaluationReport {
  std::string images;               ///< what was measured
  std::int64_t count = 0;           ///< images that were measured
  std::uint64_t seed = 0;           ///< of the request
  std::vector<ScoreRow> rows;       ///< in the order of tables
  std::string floor;                ///< what the floor's numbers are of
  std::string training_floor = {};  ///< what those of the training floor are of; empty where there are none
  std::vector<double> label_shares = {};  ///< by class, read by the classifier; may be empty
  eval::ClassScores by_class = {};        ///< of the images that were measured
  eval::ClassScores by_class_floor = {};  ///< the same of the floor's images
  std::string note = {};                  ///< on what is missing from the rows; may be empty
  Yardstick yardstick = {};               ///< the data set and the classifier
};

struct Instruments;
/// What these compare images with.
Yardstick yardstick_of(const Instruments& instruments);
/// Its dataset, test_images and classifier, null where there is none.
nlohmann::ordered_json to_json(const Yardstick& real);

/// Scores images; `say` gets messages on progress. Throws Error(usage) if the request does not fit its
/// images, Error(data) and Error(file).
EvaluationReport evaluate(const EvaluationRequest& request, const std::function<void(std::string_view)>& say);

/// For people: a line for each score with its interval and the floor.
std::string as_table(const EvaluationReport& report);
std::string as_json(const EvaluationReport& report);  ///< For programs: one JSON object.

}  // namespace ganymede::scores
