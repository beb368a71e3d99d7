#include "train/vae.h"

#include <algorithm>
#include <iterator>

#include "train/pass_times.h"

namespace ganymede::train {

namespace {

/// Keeps the random numbers of the programs, and of the two networks' weights, apart.
enum Stream : std::uint32_t { encoder = 1, generator = 2 };
constexpr std::uint32_t encoder_weights = 1U << 16;

net::NetSpec checked(const Recipe& recipe, const base::Shape& image, std::int64_t classes) {
  check_networks(recipe, image, classes);
  return generator_spec(recipe);
}

/// The generator without its last layer, the sigmoid, so that the loss reads logits.
net::NetSpec logits_of(net::NetSpec generator) {
  generator.layers.pop_back();
  return generator;
}

net::Use training_use(const Recipe& recipe, Stream stream) {
  return {.batch = recipe.training.batch_size,
          .precision = resolve(recipe.training.precision),
          .training = true,
          .updates_states = true,
          .weight_gradients = true,
          .input_gradient = stream == Stream::generator,
          .random_stream = stream};
}

}  // namespace

Vae::Vae(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device)
    : bound_(recipe.lower_bound),
      schedule_(recipe.schedule),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      batch_(recipe.training.batch_size),
      generator_(checked(recipe, image, classes), recipe.generator_optimizer, constraints(recipe.generator)),
      encoder_(encoder_spec(recipe, image), recipe.encoder_optimizer, constraints(recipe.encoder)),
      encoder_program_(encoder_.spec(), training_use(recipe, Stream::encoder), encoder_.weights(), device),
      generator_program_(logits_of(generator_.spec()), training_use(recipe, Stream::generator),
                         generator_.weights(), device),
      images_(encoder_program_.input().size()),
      noise_(generator_program_.input().size()),
      losses_(static_cast<std::size_t>(batch_)) {
  generator_.initialise(seed_, 0);
  encoder_.initialise(seed_, encoder_weights);
  if (recipe.average.half_life_images > 0) {
    average_.emplace(recipe.average, generator_.spec(), generator_.weights());
  }
}

void Vae::update(std::uint64_t update, VaeMetrics& metrics) {
  const net::PassContext context{.seed = seed_, .step = update};
  std::ranges::copy(images_, encoder_program_.input().begin());
  encoder_program_.forward(context);
  const Posterior posterior{encoder_program_.output(), batch_};
  draw_latents(posterior, noise_, generator_program_.input());
  generator_program_.forward(context);

  metrics.reconstruction = reconstruction_loss(generator_program_.output(), images_, losses_,
                                               generator_program_.output_gradient());
  metrics.divergence = kl_divergence(posterior);
  metrics.loss = metrics.reconstruction + static_cast<float>(bound_.kl_weight) * metrics.divergence;

  generator_program_.backward();
  posterior_gradient(bound_, posterior, noise_, generator_program_.input_gradient(),
                     encoder_program_.output_gradient());
  encoder_program_.backward();

  const std::int64_t images = static_cast<std::int64_t>(update) * batch_;
  const double factor = factor_at(schedule_, schedule_.learning_rate, images);
  for (Network* network : networks()) {
    network->update(static_cast<std::int64_t>(update) + 1, factor);
  }
  if (average_) {
    average_->follow(generator_.weights(), images + batch_, batch_);
  }
}

std::vector<NamedTensor> Vae::tensors() {
  std::vector<NamedTensor> all = generator_.tensors();
  std::ranges::move(encoder_.tensors(), std::back_inserter(all));
  if (average_) {
    std::ranges::move(average_->tensors(generator_.spec().name), std::back_inserter(all));
  }
  return all;
}

void Vae::resume() {
  generator_.resume();
  encoder_.resume();
  if (average_) {
    average_->weights().refresh_shadow();
  }
}

void Vae::time_passes(bool on) {
  encoder_program_.time_passes(on);
  generator_program_.time_passes(on);
  for (Network* network : networks()) {
    network->time_updates();
  }
}

std::vector<net::PassTime> Vae::pass_times() const {
  std::vector<net::PassTime> all;
  append_times("encoder", encoder_program_, all);
  append_times("generator", generator_program_, all);
  append_update_time(encoder_, all);
  append_update_time(generator_, all);
  return all;
}

}  // namespace ganymede::train
