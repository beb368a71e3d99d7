#include "serve/inside/course.h"

#include <array>
#include <span>
#include <utility>

namespace ganymede::serve {

Course gan_course(const train::Recipe& recipe, Probe& generator, Probe& discriminator, const Sample& sample) {
  Course course;
  Passage& made = course.passages["generator"];
  made = {.input = sample.latent, .outputs = generator.activations(sample.latent, sample.label)};
  course.generated = made.outputs.back();

  const auto judge = [&](const std::vector<float>& image, std::int32_t label) {
    Passage passage{.input = image, .outputs = discriminator.activations(image, label), .gradients = {}};
    passage.gradients["logit"] = discriminator.gradients(image, label, std::array{1.0F});
    return passage;
  };
  Passage& fake = course.passages["fake"] = judge(course.generated, sample.label);
  if (sample.image.empty()) {
    return course;
  }
  Passage& real = course.passages["real"] = judge(sample.image, sample.image_label);

  const train::ObjectiveSettings& objective = recipe.objective;
  const std::span real_logit(real.outputs.back());
  const std::span fake_logit(fake.outputs.back());
  std::array<float, 1> diff_real{}, diff_fake{}, diff_generator{};
  const train::DiscriminatorLosses losses =
      train::discriminator_loss(objective, real_logit, fake_logit, {}, diff_real, diff_fake);
  course.losses = {{"real", losses.real},
                   {"fake", losses.fake},
                   {"generator", train::generator_loss(objective, real_logit, fake_logit, diff_generator)}};
  real.gradients["discriminator"] = discriminator.gradients(sample.image, sample.image_label, diff_real);
  fake.gradients["discriminator"] = discriminator.gradients(course.generated, sample.label, diff_fake);
  fake.gradients["generator"] = discriminator.gradients(course.generated, sample.label, diff_generator);
  made.gradients["generator"] =
      generator.gradients(sample.latent, sample.label, fake.gradients["generator"].input);
  return course;
}

Course vae_course(const train::Recipe& recipe, Probe& generator, Probe& encoder, const Sample& sample) {
  Course course;
  Passage& made = course.passages["generator"];
  made = {.input = sample.latent, .outputs = generator.activations(sample.latent, sample.label)};
  course.generated = made.outputs.back();
  const std::vector<float>& image = sample.image.empty() ? course.generated : sample.image;
  Passage& encoded = course.passages["encoder"];
  encoded = {.input = image, .outputs = encoder.activations(image, 0)};
  const train::Posterior posterior{encoded.outputs.back(), 1};
  const std::vector<float> mean(posterior.means(0).begin(), posterior.means(0).end());
  if (sample.image.empty()) {
    course.made_again = generator.output(mean, 0);
    return course;
  }
  made = {.input = mean, .outputs = generator.activations(mean, 0)};
  course.made_again = made.outputs.back();

  const std::vector<float>& logits = made.outputs[made.outputs.size() - 2];
  std::vector<float> diff_logits(logits.size()), diff_posterior(posterior.values.size());
  std::array<float, 1> loss{};
  const float reconstruction = train::reconstruction_loss(logits, image, loss, diff_logits);
  const float divergence = train::kl_divergence(posterior);
  course.losses = {{"reconstruction", reconstruction},
                   {"divergence", divergence},
                   {"both", reconstruction + static_cast<float>(recipe.lower_bound.kl_weight) * divergence}};
  made.gradients["both"] = generator.gradients(mean, 0, diff_logits, 1);
  const std::vector<float> no_noise(mean.size());
  train::posterior_gradient(recipe.lower_bound, posterior, no_noise, made.gradients["both"].input,
                            diff_posterior);
  encoded.gradients["both"] = encoder.gradients(image, 0, diff_posterior);
  return course;
}

}  // namespace ganymede::serve
