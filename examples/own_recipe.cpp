// Writes a recipe in C++ and trains it:  example_own_recipe [DIRECTORY WITH MNIST] [STEPS]
// Prints the recipe as `ganymede train my.toml` would read it, then the losses, and writes the generator for
// ONNX Runtime to generator.onnx.

#include <ganymede/base/threads/team.h>
#include <ganymede/data/dataset.h>
#include <ganymede/io/networks/onnx.h>
#include <ganymede/train/trainer.h>

#include <cstdio>
#include <fstream>
#include <string>

using namespace ganymede;

namespace {

/// A small least-squares GAN of convolutions.
train::Recipe small_convolutions() {
  const net::Activation leaky_relu{ops::Function::leaky_relu, 0.2F};
  const net::Activation tanh{ops::Function::tanh, 0.0F};
  train::Recipe recipe;
  recipe.name = "small-convolutions";
  recipe.latent.size = 32;
  recipe.training.batch_size = 64;
  recipe.training.precision = train::Precision::f32;
  recipe.objective.loss = train::Loss::least_squares;
  recipe.generator_optimizer = {.learning_rate = 2e-4, .beta1 = 0.5};
  recipe.discriminator_optimizer = {.learning_rate = 2e-4, .beta1 = 0.5};
  recipe.output.metrics_every_steps = 10;
  recipe.generator.layers = {
      net::Dense{.units = 7 * 7 * 32},
      net::Reshape{.shape = {7, 7, 32}},
      leaky_relu,
      net::Convolution{.transposed = true, .channels = 16, .kernel = 4, .stride = 2, .padding = {}},
      leaky_relu,
      net::Convolution{.transposed = true, .channels = 1, .kernel = 4, .stride = 2, .padding = {}},
      tanh,
  };
  recipe.discriminator.layers = {
      net::Convolution{.channels = 16, .kernel = 4, .stride = 2, .padding = {}},
      leaky_relu,
      net::Convolution{.channels = 32, .kernel = 4, .stride = 2, .padding = {}},
      leaky_relu,
      net::Flatten{},
      net::Dense{.units = 1},
  };
  return recipe;
}

}  // namespace

int main(int argc, char** argv) try {
  const data::Dataset digits = data::load_dataset(argc > 1 ? argv[1] : "data/mnist");
  const train::Recipe recipe = small_convolutions();
  std::printf("%s\n", train::to_toml(recipe).c_str());

  const base::Team team(0);
  const ops::Device device;
  train::Trainer trainer(recipe, digits, device, argc > 2 ? std::stoll(argv[2]) : 2000);
  trainer.subscribe([](const train::Event& event) {
    if (const auto* interval = std::get_if<train::IntervalFinished>(&event)) {
      std::printf("step %5lld  loss_g %.3f\n", static_cast<long long>(interval->position.step),
                  static_cast<double>(std::get<train::GanMetrics>(interval->metrics).generator_loss));
    }
  });
  trainer.run({});

  train::NetworkPair& networks = trainer.model().networks();
  const std::string onnx = io::to_onnx(networks.generator().spec(), networks.sampling_weights(), {});
  std::ofstream("generator.onnx", std::ios::binary) << onnx;
  std::printf("the generator is in generator.onnx, %zu bytes\n", onnx.size());
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
