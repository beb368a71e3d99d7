#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/augmentation.h"
#include "data/dataset.h"
#include "data/sampler.h"
#include "net/program.h"
#include "net/spec.h"
#include "train/network.h"
#include "train/recipe/recipe.h"

namespace ganymede::train {

/// Everything that decides how a classifier is trained. Its images are between 0 (black) and 1 (white).
struct ClassifierRecipe {
  std::string data = "mnist";
  data::Preparation images = {};
  std::int64_t epochs = 8;
  std::int64_t batch_size = 128;
  double learning_rate = 3e-3;  ///< Adam's at the start; it falls to zero along half a cosine
  std::int64_t seed = 1;
  Precision precision = Precision::automatic;
  std::int64_t threads = 0;  ///< 0: one a processor
  data::Augmentation augmentation;
  std::vector<net::LayerSpec> layers;  ///< the last one makes the logits, the one before the features
};

/// The classifier that ships for a data set of `classes` labels: strided convolutions with batch
/// normalisation, 128 features.
ClassifierRecipe classifier_recipe(const std::string& data, std::int64_t classes);

/// A second one of another architecture and seed, by which scores are confirmed: generators are not chosen by
/// it. 96 features.
ClassifierRecipe independent_classifier_recipe(const std::string& data, std::int64_t classes);

/// The recipe as TOML with every value written out, and back. Throws Error(configuration), which begins with
/// `where`, for anything but that.
std::string to_toml(const ClassifierRecipe& recipe);
ClassifierRecipe parse_classifier_recipe(std::string_view toml, const std::string& where);

/// The network for images of shape [height, width, channels].
net::NetSpec classifier_spec(const ClassifierRecipe& recipe, const base::Shape& image);

/// Trains a classifier on a data set's training images by the mean softmax cross-entropy.
class ClassifierTrainer {
 public:
  /// `dataset` and `device` must outlive it. Throws Error(configuration) where the network does not fit the
  /// data, and Error(data) if there are fewer images than a batch has.
  ClassifierTrainer(const ClassifierRecipe& recipe, const data::Dataset& dataset, const ops::Device& device);

  /// The mean over an epoch of what each step measured before its update.
  struct Epoch {
    double loss = 0.0;
    double accuracy = 0.0;
  };
  /// Trains for one more epoch. Throws Error(diverged) if the loss is not finite.
  Epoch train_epoch();

  Network& network() { return network_; }

 private:
  Epoch step();

  ClassifierRecipe recipe_;
  const data::Dataset& dataset_;
  Network network_;
  net::Program program_;
  data::Sampler sampler_;
  std::int64_t steps_an_epoch_;
  std::int64_t step_ = 0;
  std::vector<std::uint32_t> indices_;  // [batch]
  std::vector<std::int32_t> labels_;    // [batch]
};

}  // namespace ganymede::train
