#include "train/vae.h"

#include <algorithm>
#include <array>

namespace ganymede::train {

namespace {

/// Keeps the random numbers of the programs apart.
enum Stream : std::uint32_t { encoder = 1, generator = 2 };

/// The generator without its last layer, the sigmoid, so that the loss reads logits.
net::NetSpec logits_of(net::NetSpec generator) {
  generator.layers.pop_back();
  return generator;
}

net::Use training_use(const Recipe& recipe, Stream stream, dist::Part part) {
  return {.batch = part.share().size(recipe.training.batch_size),
          .precision = resolve(recipe.training.precision),
          .training = true,
          .updates_states = true,
          .weight_gradients = true,
          .input_gradient = stream == Stream::generator,
          .random_stream = stream,
          .part = part};
}

}  // namespace

Vae::Vae(const Recipe& recipe, NetworkPair& networks, const ops::Device& device, dist::Part part)
    : bound_(recipe.lower_bound),
      schedule_(recipe.schedule),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      batch_(recipe.training.batch_size),
      networks_(networks),
      part_(part),
      encoder_program_(networks.partner().spec(), training_use(recipe, Stream::encoder, part),
                       networks.partner().weights(), device),
      generator_program_(logits_of(networks.generator().spec()),
                         training_use(recipe, Stream::generator, part), networks.generator().weights(),
                         device),
      losses_(static_cast<std::size_t>(part.share().size(batch_))) {}

VaeMetrics Vae::take_step(std::uint64_t step, Feeder& feeder) {
  const Batch batch = feeder.vae_batch(step);
  const VaeMetrics metrics = update(step, batch);
  if (watch_) {
    watch_(Phase::generator_update, batch, metrics);
  }
  return metrics;
}

VaeMetrics Vae::update(std::uint64_t step, const Batch& batch) {
  const net::PassContext context{.seed = seed_, .step = step};
  std::ranges::copy(batch.images, encoder_program_.input().begin());
  encoder_program_.forward(context);
  const Posterior posterior{encoder_program_.output(), part_.share().size(batch_)};
  draw_latents(posterior, batch.latents, generator_program_.input());
  generator_program_.forward(context);

  VaeMetrics metrics;
  metrics.reconstruction = reconstruction_loss(generator_program_.output(), batch.images, losses_,
                                               generator_program_.output_gradient());
  metrics.divergence = kl_divergence(posterior);
  std::array terms = {metrics.reconstruction, metrics.divergence};
  part_.mean(terms);
  metrics.reconstruction = terms[0];
  metrics.divergence = terms[1];
  metrics.loss = metrics.reconstruction + static_cast<float>(bound_.kl_weight) * metrics.divergence;

  if (watch_) {
    watch_(Phase::forward, batch, metrics);
  }

  generator_program_.backward();
  posterior_gradient(bound_, posterior, batch.latents, generator_program_.input_gradient(),
                     encoder_program_.output_gradient());
  encoder_program_.backward();

  const double factor =
      factor_at(schedule_, schedule_.learning_rate, static_cast<std::int64_t>(step) * batch_);
  networks_.update_generator(step, factor);
  networks_.partner().update(static_cast<std::int64_t>(step) + 1, factor);
  return metrics;
}

std::vector<NamedProgram> Vae::programs() {
  return {{"encoder", encoder_program_}, {"generator", generator_program_}};
}

}  // namespace ganymede::train
