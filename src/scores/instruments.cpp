#include "scores/instruments.h"

#include <fmt/format.h>

#include <utility>

#include "data/contents.h"
#include "data/data_source.h"
#include "scores/own_classifier.h"

namespace ganymede::scores {

Instruments::Instruments(const std::string& data, const data::Preparation& images,
                         const std::filesystem::path& classifier_file,
                         const std::function<void(std::string_view)>& say)
    : dataset(data::open_data(data, data::Splits::train_and_test, images)) {
  prepare(data, images, classifier_file, say);
}

Instruments::Instruments(data::Dataset of, const data::Preparation& images,
                         const std::filesystem::path& classifier_file,
                         const std::function<void(std::string_view)>& say)
    : dataset(std::move(of)) {
  prepare(dataset.name, images, classifier_file, say);
}

void Instruments::prepare(const std::string& data, const data::Preparation& images,
                          const std::filesystem::path& classifier_file,
                          const std::function<void(std::string_view)>& say) {
  const std::filesystem::path file =
      classifier_file.empty() ? classifier_for(dataset, data, images, say) : classifier_file;
  if (file.empty()) {
    components.emplace(dataset.train.pixels, dataset.image_shape());
  } else {
    classifier.emplace(artifacts::open_classifier(file, dataset, device));
  }
}

void Instruments::prepare_second_opinions() {
  if (!classifier) {
    return;
  }
  components.emplace(dataset.train.pixels, dataset.image_shape());
  if (!data::is_published(dataset)) {
    return;
  }
  if (const auto file = artifacts::look_for_classifier(dataset.name + "-independent")) {
    independent.emplace(artifacts::open_classifier(*file, dataset, device));
  }
}

eval::Readers Instruments::readers() {
  eval::Readers readers{.main = reader()};
  if (classifier && components) {
    readers.pixels = eval::reader_of(*components);
  }
  if (independent) {
    readers.independent = eval::reader_of(independent->classifier);
  }
  return readers;
}

eval::FeatureReader Instruments::reader() {
  return classifier ? eval::reader_of(classifier->classifier) : eval::reader_of(*components);
}

std::string Instruments::features() const {
  return classifier ? classifier->classifier.feature_layer()
                    : fmt::format("the first {} principal components of the pixels", components->count());
}

eval::LabelledImages view(const data::Split& split) {
  return {split.pixels, split.labels};
}

}  // namespace ganymede::scores
