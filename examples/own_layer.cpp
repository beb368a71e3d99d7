// Trains a GAN with a layer that the library does not have:  example_own_layer [DIRECTORY WITH MNIST] [STEPS]
// A layer is two functions, its output from its input and the derivatives the other way, and it stands
// between two programs of the library. Prints how well the two agree, then the losses.

#include <ganymede/base/threads/team.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "adversarial.h"
#include "derivative.h"

using namespace ganymede;

namespace {

/// output[n] = the largest of input[n * pieces] to input[n * pieces + pieces - 1]: the layer of the first
/// GAN's discriminator (Goodfellow et al. 2013, 2014). It has no weights.
class Maxout {
 public:
  Maxout(std::size_t outputs, std::size_t pieces) : pieces_(pieces), winners_(outputs) {}

  /// input [outputs * pieces], output [outputs]
  void forward(std::span<const float> input, std::span<float> output) {
    for (std::size_t n = 0; n < output.size(); ++n) {
      const std::span piece = input.subspan(n * pieces_, pieces_);
      const auto winner = std::ranges::max_element(piece);
      output[n] = *winner;
      winners_[n] = n * pieces_ + static_cast<std::size_t>(winner - piece.begin());
    }
  }

  /// Only what was largest had an influence.
  void backward(std::span<const float> diff_output, std::span<float> diff_input) const {
    std::ranges::fill(diff_input, 0.0F);
    for (std::size_t n = 0; n < diff_output.size(); ++n) {
      diff_input[winners_[n]] = diff_output[n];
    }
  }

 private:
  std::size_t pieces_;
  std::vector<std::size_t> winners_;  // [outputs], places in the input
};

/// Dense, maxout, dense: the library's layers below and above, ours between them.
class MaxoutDiscriminator {
 public:
  MaxoutDiscriminator(std::int64_t batch, const ops::Device& device)
      : below_({.name = "below",
                .input = {28, 28, 1},
                .layers = {net::Flatten{}, net::Dense{.units = units * pieces}}},
               batch, 2, device),
        maxout_(static_cast<std::size_t>(batch * units), pieces),
        above_({.name = "above", .input = {units}, .layers = {net::Dense{.units = 1}}}, batch, 3, device) {}

  std::span<float> input() { return below_.input(); }
  void forward(const net::PassContext& context) {
    below_.forward(context);
    maxout_.forward(below_.output(), above_.input());
    above_.forward(context);
  }
  std::span<const float> output() const { return above_.output(); }

  std::span<float> output_gradient() { return above_.output_gradient(); }
  void backward() {
    above_.backward();
    maxout_.backward(above_.input_gradient(), below_.output_gradient());
    below_.backward();
  }
  std::span<const float> input_gradient() const { return below_.input_gradient(); }

  void update() {
    below_.update();
    above_.update();
  }

 private:
  static constexpr std::int64_t units = 128;
  static constexpr std::int64_t pieces = 4;
  examples::Learner below_;
  Maxout maxout_;
  examples::Learner above_;
};

examples::LossPoint squared_distance(float logit, float target) {
  return {.value = (logit - target) * (logit - target), .derivative = 2.0F * (logit - target)};
}

float error_of_derivative() {
  std::vector<float> input = {0.3F, -0.1F, 0.9F, -2.0F, -0.7F, -0.4F};
  std::vector<float> output(2);
  std::vector<float> diff_input(input.size());
  Maxout maxout(output.size(), 3);
  maxout.forward(input, output);
  maxout.backward(std::vector{1.0F, 2.0F}, diff_input);
  const auto value = [&] {
    maxout.forward(input, output);
    return output[0] + 2.0F * output[1];
  };
  return examples::largest_error(value, input, diff_input);
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
  MaxoutDiscriminator discriminator(2 * batch, device);
  examples::train(digits, argc > 2 ? std::stoll(argv[2]) : 2000, batch, generator, discriminator,
                  squared_distance);
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
