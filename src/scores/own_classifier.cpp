#include "scores/own_classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>

#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "data/contents.h"
#include "train/classifier.h"

namespace ganymede::scores {

namespace {

namespace fs = std::filesystem;

void require_classes(const data::Dataset& dataset) {
  if (dataset.classes() < 2) {
    throw base::Error(
        base::ErrorKind::data,
        {.where = dataset.name,
         .found = dataset.classes() == 0 ? "images without labels" : "images of one class",
         .expected = "labelled images to train a classifier on",
         .advice = dataset.train.stacks
                       ? "Name other data; stacks are scored with the classifier of their channels"
                       : "Put the pictures of each class into a folder of their own"});
  }
}

/// Passes over few images until the classifier has seen as many as it does in two of MNIST.
std::int64_t epochs_for(std::int64_t images, std::int64_t usual) {
  constexpr std::int64_t enough_images = 120'000;
  constexpr std::int64_t most = 200;
  return std::clamp(enough_images / std::max<std::int64_t>(images, 1), usual, most);
}

fs::path cached_file(const data::Dataset& dataset) {
  return base::cache_directory() / "classifiers" / (data::digest(dataset) + ".safetensors");
}

}  // namespace

artifacts::ClassifierInfo train_classifier(const train::ClassifierRecipe& recipe,
                                           const data::Dataset& dataset, const fs::path& file,
                                           const std::function<void(std::string_view)>& say) {
  require_classes(dataset);
  const ops::Device device;
  train::ClassifierTrainer trainer(recipe, dataset, device);
  say(fmt::format("Training a classifier on {} images of {}",
                  base::grouped(static_cast<std::int64_t>(dataset.train.count())), dataset.name));
  for (std::int64_t epoch = 1; epoch <= recipe.epochs; ++epoch) {
    const train::ClassifierTrainer::Epoch mean = trainer.train_epoch();
    say(fmt::format("epoch {}/{}  loss {:.4f}  accuracy {:.4f} on augmented training images", epoch,
                    recipe.epochs, mean.loss, mean.accuracy));
  }
  eval::Classifier classifier(trainer.network().spec(), trainer.network().weights(), device);
  artifacts::ClassifierInfo info{
      .recipe = recipe,
      .accuracy = eval::accuracy(classifier.read(dataset.test.pixels), dataset.test.labels),
      .dataset_digest = data::digest(dataset)};
  artifacts::write_classifier(file, info, trainer.network());
  say(fmt::format("{}: {:.2f}% of the {} test images are classified correctly, in f32", file.string(),
                  100.0 * info.accuracy, base::grouped(static_cast<std::int64_t>(dataset.test.count()))));
  return info;
}

fs::path classifier_for(const data::Dataset& dataset, const std::string& data,
                        const data::Preparation& images, const std::function<void(std::string_view)>& say) {
  if (data::is_published(dataset)) {
    return artifacts::find_classifier(dataset.name);
  }
  if (dataset.classes() < 2) {
    return {};
  }
  const fs::path file = cached_file(dataset);
  if (std::error_code ignored; fs::is_regular_file(file, ignored)) {
    return file;
  }
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  if (error) {
    throw base::Error(base::ErrorKind::file,
                      {.where = file.parent_path().string(),
                       .found = fmt::format("\"{}\"", error.message()),
                       .expected = "a directory for the classifier of these images",
                       .advice = "Set XDG_CACHE_HOME to one that can be written, or train one: ganymede "
                                 "classifier train --data PATH --out FILE, and give --classifier FILE"});
  }
  train::ClassifierRecipe recipe = train::classifier_recipe(dataset.name, dataset.classes());
  recipe.data = fs::absolute(data).lexically_normal().string();
  recipe.images = images;
  recipe.precision =
      train::resolve(recipe.precision) == base::DType::bf16 ? train::Precision::bf16 : train::Precision::f32;
  recipe.epochs = epochs_for(static_cast<std::int64_t>(dataset.train.count()), recipe.epochs);
  recipe.batch_size =
      std::min<std::int64_t>(recipe.batch_size, static_cast<std::int64_t>(dataset.train.count()));
  say("These images have no classifier yet, which scores are measured with: it is trained once and kept");
  train_classifier(recipe, dataset, file, say);
  return file;
}

}  // namespace ganymede::scores
