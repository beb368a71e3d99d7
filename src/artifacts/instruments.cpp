#include "artifacts/instruments.h"

#include <nlohmann/json.hpp>

#include "data/data_source.h"

namespace ganymede::artifacts {

Instruments::Instruments(const std::string& data, const std::filesystem::path& classifier_file)
    : dataset(data::open_data(data, data::Splits::train_and_test)),
      classifier(open_classifier(classifier_file.empty() ? find_classifier(dataset.name) : classifier_file,
                                 dataset, device)) {}

eval::LabelledImages view(const data::Split& split) {
  return {split.pixels, split.labels};
}

nlohmann::ordered_json describe(const SavedClassifier& classifier) {
  return {{"accuracy", classifier.info.accuracy},
          {"sha256", classifier.sha256},
          {"layer", classifier.classifier.feature_layer()}};
}

}  // namespace ganymede::artifacts
