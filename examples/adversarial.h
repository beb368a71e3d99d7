#pragma once

#include <ganymede/base/random.h>
#include <ganymede/data/batch.h>
#include <ganymede/data/dataset.h>
#include <ganymede/data/sampler.h>
#include <ganymede/net/program.h>
#include <ganymede/train/network.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

/// The step of a GAN taken apart, for examples that put a piece of their own into it.
namespace examples {

constexpr std::uint64_t seed = 42;

/// A network that learns: its weights, Adam's memory of them, and the program that runs it on a batch.
class Learner {
 public:
  /// `stream`, from 1 to 255, keeps the random numbers of networks apart.
  Learner(const ganymede::net::NetSpec& spec, std::int64_t batch, std::uint32_t stream,
          const ganymede::ops::Device& device)
      : network_(spec, {.learning_rate = 2e-4, .beta1 = 0.5}),
        program_(spec,
                 {.batch = batch,
                  .training = true,
                  .updates_states = true,
                  .weight_gradients = true,
                  .input_gradient = true,
                  .random_stream = stream},
                 network_.weights(), device) {
    network_.weights().initialise(seed, stream << 16);
  }

  std::span<float> input() { return program_.input(); }
  void forward(const ganymede::net::PassContext& context) { program_.forward(context); }
  std::span<const float> output() const { return program_.output(); }

  std::span<float> output_gradient() { return program_.output_gradient(); }
  void backward() { program_.backward(); }
  std::span<const float> input_gradient() const { return program_.input_gradient(); }

  void update() { network_.update(++updates_); }

 private:
  ganymede::train::Network network_;
  ganymede::net::Program program_;
  std::int64_t updates_ = 0;
};

/// A loss at one logit, and its derivative there.
struct LossPoint {
  float value = 0.0F;
  float derivative = 0.0F;
};

/// The mean of `loss(logit, target)` over logits [batch], and its derivatives by them.
template <class Loss>
float mean_loss(const Loss& loss, std::span<const float> logits, float target, std::span<float> derivatives) {
  const auto count = static_cast<float>(logits.size());
  float sum = 0.0F;
  for (std::size_t n = 0; n < logits.size(); ++n) {
    const LossPoint point = loss(logits[n], target);
    sum += point.value;
    derivatives[n] = point.derivative / count;
  }
  return sum / count;
}

/// Trains for `steps` steps and prints the losses. `discriminator` is a Learner, or what has its functions,
/// for batches of twice `batch` images: real ones, whose target is 1, before generated ones, whose target is
/// -1. The generator's step asks for 1.
template <class Discriminator, class Loss>
void train(const ganymede::data::Dataset& digits, std::int64_t steps, std::size_t batch, Learner& generator,
           Discriminator& discriminator, const Loss& loss) {
  ganymede::data::Sampler sampler(seed, static_cast<std::uint32_t>(digits.train.count()));
  std::vector<std::uint32_t> indices(batch);
  const std::size_t half = batch * digits.train.image_size();
  const std::span images = discriminator.input();  // [2 * batch, height, width, channels]
  for (std::uint64_t step = 0; step < static_cast<std::uint64_t>(steps); ++step) {
    const ganymede::net::PassContext context{.seed = seed, .step = step};
    sampler.indices(step * batch, indices);
    ganymede::data::gather(digits.train, indices, {.low = -1.0F, .high = 1.0F}, images.first(half));
    ganymede::base::fill_normal(
        {.seed = seed, .purpose = ganymede::base::Purpose::generator_latent, .step = step}, 0.0F, 1.0F,
        generator.input());
    generator.forward(context);
    std::ranges::copy(generator.output(), images.last(half).begin());

    discriminator.forward(context);
    const std::span logits = discriminator.output();                // [2 * batch]
    const std::span derivatives = discriminator.output_gradient();  // [2 * batch]
    const float loss_real = mean_loss(loss, logits.first(batch), 1.0F, derivatives.first(batch));
    const float loss_fake = mean_loss(loss, logits.last(batch), -1.0F, derivatives.last(batch));
    discriminator.backward();
    discriminator.update();

    discriminator.forward(context);  // with what it has just learnt
    std::ranges::fill(derivatives.first(batch), 0.0F);
    const float loss_generator = mean_loss(loss, logits.last(batch), 1.0F, derivatives.last(batch));
    discriminator.backward();
    std::ranges::copy(discriminator.input_gradient().last(half), generator.output_gradient().begin());
    generator.backward();
    generator.update();

    if ((step + 1) % 10 == 0) {
      std::printf("step %5llu  loss_d_real %.3f  loss_d_fake %.3f  loss_g %.3f\n",
                  static_cast<unsigned long long>(step + 1), static_cast<double>(loss_real),
                  static_cast<double>(loss_fake), static_cast<double>(loss_generator));
    }
  }
}

/// The generator of the examples: latent points [100] to digits.
inline ganymede::net::NetSpec dense_generator() {
  using namespace ganymede;
  return {.name = "generator",
          .input = {100},
          .layers = {net::Dense{.units = 256}, net::Activation{ops::Function::leaky_relu, 0.2F},
                     net::BatchNorm{}, net::Dense{.units = 784}, net::Activation{ops::Function::tanh, 0.0F},
                     net::Reshape{.shape = {28, 28, 1}}}};
}

}  // namespace examples
