// Trains a GAN with a loss that the library does not have:  example_own_loss [DIRECTORY WITH MNIST] [STEPS]
// A loss is all that happens between a forward and a backward pass: it reads the discriminator's logits and
// writes its derivatives by them. Prints how well the derivative agrees with the loss, then the losses.

#include <ganymede/base/threads/team.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <string>

#include "adversarial.h"
#include "derivative.h"

using namespace ganymede;

namespace {

/// ln cosh(logit - target): least squares near the target, and far from it no steeper than a slope of one, so
/// that no single image can throw the weights about.
examples::LossPoint log_cosh(float logit, float target) {
  const float distance = std::abs(logit - target);
  const float value = distance + std::log1p(std::exp(-2.0F * distance)) - std::numbers::ln2_v<float>;
  return {.value = value, .derivative = std::tanh(logit - target)};
}

net::NetSpec dense_discriminator() {
  return {.name = "discriminator",
          .input = {28, 28, 1},
          .layers = {net::Flatten{}, net::Dense{.units = 256},
                     net::Activation{ops::Function::leaky_relu, 0.2F}, net::Dense{.units = 1}}};
}

float error_of_derivative() {
  std::array logits = {-9.0F, -1.5F, -0.2F, 0.0F, 0.7F, 1.0F, 4.0F};
  std::array<float, logits.size()> derivatives{};
  std::array<float, logits.size()> ignored{};
  examples::mean_loss(log_cosh, logits, 1.0F, derivatives);
  return examples::largest_error([&] { return examples::mean_loss(log_cosh, logits, 1.0F, ignored); }, logits,
                                 derivatives);
}

}  // namespace

int main(int argc, char** argv) try {
  const float error = error_of_derivative();
  std::printf("the derivative differs from finite differences by at most %.1e\n", static_cast<double>(error));
  if (error > 1e-3F) {
    return 1;
  }
  constexpr std::int64_t batch = 64;
  const data::Dataset digits = data::load_dataset(argc > 1 ? argv[1] : "data/mnist");
  const base::Team team(0);
  const ops::Device device;
  examples::Learner generator(examples::dense_generator(), batch, 1, device);
  examples::Learner discriminator(dense_discriminator(), 2 * batch, 2, device);
  examples::train(digits, argc > 2 ? std::stoll(argv[2]) : 2000, batch, generator, discriminator, log_cosh);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
