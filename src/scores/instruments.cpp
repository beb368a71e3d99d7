#include "scores/instruments.h"

#include "data/data_source.h"

namespace ganymede::scores {

Instruments::Instruments(const std::string& data, const data::Preparation& images,
                         const std::filesystem::path& classifier_file)
    : dataset(data::open_data(data, data::Splits::train_and_test, images)),
      classifier(artifacts::open_classifier(
          classifier_file.empty() ? artifacts::find_classifier(dataset.name) : classifier_file, dataset,
          device)) {}

eval::LabelledImages view(const data::Split& split) {
  return {split.pixels, split.labels};
}

}  // namespace ganymede::scores
