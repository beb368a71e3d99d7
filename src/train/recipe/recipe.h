#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "data/batch.h"
#include "data/preparation.h"
#include "net/spec.h"
#include "net/toml_fields.h"
#include "ops/adam.h"
#include "train/methods/augmentation.h"
#include "train/methods/lower_bound.h"
#include "train/methods/moving_average.h"
#include "train/methods/objective.h"
#include "train/methods/penalty.h"
#include "train/network.h"
#include "train/recipe/fit.h"
#include "train/recipe/schedule.h"

namespace ganymede::train {

/// What is trained.
enum class ModelKind {
  gan,  ///< a generator and a discriminator: train/gan.h
  vae   ///< an encoder and a decoder, which is the generator: train/vae.h
};

/// The distribution of a latent point's numbers.
enum class Distribution {
  normal,  ///< mean 0, deviation 1
  uniform  ///< in [-1, 1)
};

/// The type of activations, deltas and the kernels' weights; automatic: see resolve().
enum class Precision { automatic, f32, bf16 };

inline constexpr double highest_temperature = 10.0;  ///< The largest LatentSettings::temperature.

/// How many images the discriminator sees in a step.
enum class DiscriminatorBatch {
  full,  ///< batch_size real and batch_size generated ones
  half   ///< half of each: batch_size together
};

/// How the generator runs when it makes the images that the discriminator learns to tell apart.
enum class FakeMode {
  training,   ///< with dropout and the batch's statistics, on latent points of their own
  inference,  ///< without dropout and with running statistics, as Keras' predict()
  shared      ///< as in training, and the generator's update is judged by the same images: PyTorch's DCGAN
};

using data::PixelRange;

/// How latent points are drawn.
struct LatentSettings {
  std::int64_t size = 100;                           ///< numbers of a latent point
  Distribution distribution = Distribution::normal;  ///< of each number
  /// What latent points are multiplied by where images are made to be looked at or measured, not in training.
  /// Below 1 images are more alike and better, above 1 the other way round (Kynkäänniemi et al. 2019).
  double temperature = 1.0;
};

/// The batches, their number and how the steps compute.
struct TrainingSettings {
  std::int64_t batch_size = 128;                                      ///< of the generator's step
  std::int64_t epochs = 50;                                           ///< of data set size / batch_size steps
  DiscriminatorBatch discriminator_batch = DiscriminatorBatch::full;  ///< of a GAN
  std::int64_t discriminator_steps = 1;        ///< updates of the discriminator for one of the generator
  FakeMode fakes = FakeMode::training;         ///< of a GAN
  std::int64_t seed = 42;                      ///< of all random numbers
  Precision precision = Precision::automatic;  ///< of the networks
  std::int64_t threads = 0;                    ///< 0: one a processor
  std::int64_t parts = 1;  ///< that a batch is divided into, which processes and threads compute: src/dist
};

/// What a run writes, and when.
struct OutputSettings {
  std::int64_t samples_every_epochs = 1;     ///< write a sample
  std::int64_t checkpoint_every_epochs = 1;  ///< write a checkpoint
  std::int64_t generator_every_epochs = 0;   ///< keep the generator of every n-th epoch; 0: only the last
  std::int64_t metrics_every_steps = 20;     ///< write the mean metrics
  std::int64_t eval_every_epochs = 0;        ///< score the generator after every n-th epoch; 0: never
  std::int64_t grid_rows = 8;                ///< of a sample
  std::int64_t grid_columns = 12;            ///< of a sample
};

/// A network as a recipe has it; its input follows from the latent size or the data.
struct NetworkSettings {
  net::Initializer initializer = net::Initializer::glorot_uniform;  ///< of the first weights
  bool spectral_norm = false;          ///< divides every layer's weights by their largest singular value
  double weight_clip = 0.0;            ///< every weight stays within plus and minus this; 0: anywhere
  std::vector<net::LayerSpec> layers;  ///< from the input to the output
};

/// The constraints that a network's settings ask for.
WeightConstraints constraints(const NetworkSettings& network);

/// Everything that decides how a model is trained: a TOML file under recipes/, or a user's own. What belongs
/// to the other kind of model is neither read nor written.
struct Recipe {
  std::string name;                           ///< as `ganymede recipes` lists it
  std::string description;                    ///< a line for people
  ModelKind model = ModelKind::gan;           ///< what is trained
  std::string data = "mnist";                 ///< the name of a data set, or a path
  data::Preparation images;                   ///< how the data's images are made ready
  PixelRange pixel_range;                     ///< of the networks' images
  LatentSettings latent;                      ///< of the generator's input
  TrainingSettings training;                  ///< batches, epochs, seed
  ObjectiveSettings objective;                ///< the losses of a GAN
  PenaltySettings penalty;                    ///< the gradient penalties of a GAN
  AugmentationSettings augmentation;          ///< of the images that a GAN's discriminator gets
  LowerBoundSettings lower_bound;             ///< the loss of a VAE, its section "objective"
  AverageSettings average;                    ///< of the generator's weights
  ScheduleSettings schedule;                  ///< of rates, penalties and noise
  ops::AdamSettings generator_optimizer;      ///< the generator's Adam
  ops::AdamSettings discriminator_optimizer;  ///< of a GAN
  ops::AdamSettings encoder_optimizer;        ///< of a VAE
  OutputSettings output;                      ///< the run's files
  NetworkSettings generator;                  ///< makes images
  NetworkSettings discriminator;              ///< of a GAN
  NetworkSettings encoder;                    ///< of a VAE

  /// How many real, and how many generated, images the discriminator sees in a step.
  std::int64_t half_batch() const {
    return training.discriminator_batch == DiscriminatorBatch::half ? training.batch_size / 2
                                                                    : training.batch_size;
  }
};

/// Throws Error(configuration) where the recipe's batches cannot be divided into so many equal parts.
void require_divisible(const Recipe& recipe, std::int64_t parts);
/// The fewest parts, at least so many, into which they can be divided. Throws as require_divisible() where
/// there are none.
std::int64_t divisible_parts(const Recipe& recipe, std::int64_t at_least);

/// A network that a recipe trains, and how.
struct LearningNetwork {
  std::string name;                    ///< as its section is called: "generator"
  const NetworkSettings& settings;     ///< its section of the recipe
  const ops::AdamSettings& optimizer;  ///< its optimiser's section
};
/// The recipe's networks, the generator first.
std::array<LearningNetwork, 2> learning_networks(const Recipe& recipe);

/// Reads a recipe. `where` names it in errors; `overrides` are "key.path=value" as in --set: a bare word
/// stands for itself in quotes, a table's keys are set beside those that are there, and a number in the path
/// is an element counted from 0: "generator.layers.0.units=64". What the recipe leaves to the data is that of
/// `data`: see fit_to_data(). Throws Error(configuration) for bad TOML, unknown keys and values out of range.
Recipe parse_recipe(std::string_view toml, const std::string& where,
                    std::span<const std::string> overrides = {}, const DataShape& data = {});

/// The recipe as TOML with every value written out; parse_recipe() reads it back as the same recipe.
std::string to_toml(const Recipe& recipe);

/// The networks for images of shape [height, width, channels].
net::NetSpec generator_spec(const Recipe& recipe);
net::NetSpec discriminator_spec(const Recipe& recipe, const base::Shape& image);
net::NetSpec encoder_spec(const Recipe& recipe, const base::Shape& image);
/// The network that the generator learns with: the discriminator or the encoder.
net::NetSpec partner_spec(const Recipe& recipe, const base::Shape& image);

/// Throws Error(configuration) where the networks do not fit each other or the data, whose images have one of
/// `classes` labels.
void check_networks(const Recipe& recipe, const base::Shape& image, std::int64_t classes);

net::Words<Precision> words(Precision);  ///< The words for precisions in recipes.
/// bf16 where the recipe says so, or leaves it open and the processor multiplies it natively. Throws
/// Error(configuration) where the recipe says bf16 and there are no kernels for it here.
base::DType resolve(Precision precision);
/// "f32" or "bf16": what the recipe's matrix products have here.
std::string precision_name(const Recipe& recipe);

}  // namespace ganymede::train
