#include "train/gan.h"

#include <algorithm>

namespace ganymede::train {

namespace {

/// Keeps the random numbers of the four programs, and of the two networks' weights, apart.
enum Stream : std::uint32_t { fakes = 1, discriminator = 2, generator = 3, frozen = 4 };
constexpr std::uint32_t discriminator_weights = 1U << 16;

net::NetSpec checked(const Recipe& recipe, const base::Shape& image, std::int64_t classes) {
  net::NetSpec spec = generator_spec(recipe);
  check_networks(spec, discriminator_spec(recipe, image), image, classes);
  return spec;
}

void copy_labels(std::span<const std::int32_t> from, std::span<std::int32_t> to) {
  std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
}

}  // namespace

Gan::Gan(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device)
    : objective_(recipe.objective),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      half_batch_(recipe.half_batch()),
      generator_(checked(recipe, image, classes), recipe.generator_optimizer),
      discriminator_(discriminator_spec(recipe, image), recipe.discriminator_optimizer),
      fake_program_(generator_.spec(),
                    {.batch = half_batch_,
                     .precision = resolve(recipe.training.precision),
                     .training = recipe.training.fakes == FakeMode::training,
                     .updates_states = recipe.training.fakes == FakeMode::training,
                     .random_stream = Stream::fakes},
                    generator_.weights(), device),
      discriminator_program_(discriminator_.spec(),
                             {.batch = 2 * half_batch_,
                              .precision = resolve(recipe.training.precision),
                              .training = true,
                              .updates_states = true,
                              .weight_gradients = true,
                              .random_stream = Stream::discriminator},
                             discriminator_.weights(), device),
      generator_program_(generator_.spec(),
                         {.batch = recipe.training.batch_size,
                          .precision = resolve(recipe.training.precision),
                          .training = true,
                          .updates_states = true,
                          .weight_gradients = true,
                          .random_stream = Stream::generator},
                         generator_.weights(), device),
      frozen_program_(discriminator_.spec(),
                      {.batch = recipe.training.batch_size,
                       .precision = resolve(recipe.training.precision),
                       .training = true,
                       .input_gradient = true,
                       .random_stream = Stream::frozen},
                      discriminator_.weights(), device) {
  generator_.weights().initialise(seed_, 0);
  discriminator_.weights().initialise(seed_, discriminator_weights);
}

std::span<float> Gan::real_images() {
  const std::span both = discriminator_program_.input();
  return both.first(both.size() / 2);
}

std::span<std::int32_t> Gan::real_labels() {
  const std::span both = discriminator_program_.labels();
  return both.first(both.size() / 2);
}

std::span<float> Gan::discriminator_latents() {
  return fake_program_.input();
}
std::span<std::int32_t> Gan::fake_labels() {
  return fake_program_.labels();
}
std::span<float> Gan::generator_latents() {
  return generator_program_.input();
}
std::span<std::int32_t> Gan::generator_labels() {
  return generator_program_.labels();
}

StepMetrics Gan::step(std::uint64_t step) {
  const net::PassContext context{.seed = seed_, .step = step};
  StepMetrics metrics;
  make_fakes(context);
  update_discriminator(context, metrics);
  discriminator_.update(static_cast<std::int64_t>(step) + 1);
  update_generator(context, metrics);
  generator_.update(static_cast<std::int64_t>(step) + 1);
  return metrics;
}

void Gan::make_fakes(const net::PassContext& context) {
  fake_program_.forward(context);
  const std::span both = discriminator_program_.input();
  std::ranges::copy(fake_program_.output(), both.subspan(both.size() / 2).begin());
  const std::span labels = discriminator_program_.labels();
  copy_labels(fake_program_.labels(), labels.subspan(labels.size() / 2));
}

void Gan::update_discriminator(const net::PassContext& context, StepMetrics& metrics) {
  discriminator_program_.forward(context);
  const std::span logits = discriminator_program_.output();  // [2 * half batch]
  const std::span diff_logits = discriminator_program_.output_gradient();
  const std::span real = logits.first(half_batch_);
  const std::span fake = logits.last(half_batch_);
  const float share = objective_.discriminator_reduction == Reduction::mean ? 0.5F : 1.0F;
  metrics.discriminator_loss_real = evaluate(objective_.loss, real, static_cast<float>(objective_.real_label),
                                             share, diff_logits.first(half_batch_));
  metrics.discriminator_loss_fake = evaluate(objective_.loss, fake, static_cast<float>(objective_.fake_label),
                                             share, diff_logits.last(half_batch_));
  const Verdict on_real = judge(real);
  const Verdict on_fake = judge(fake);
  metrics.accuracy_real = on_real.share_positive;
  metrics.accuracy_fake = 1.0F - on_fake.share_positive;
  metrics.probability_real = on_real.probability;
  metrics.probability_fake = on_fake.probability;
  discriminator_program_.backward();
}

void Gan::update_generator(const net::PassContext& context, StepMetrics& metrics) {
  generator_program_.forward(context);
  std::ranges::copy(generator_program_.output(), frozen_program_.input().begin());
  copy_labels(generator_program_.labels(), frozen_program_.labels());
  frozen_program_.forward(context);
  metrics.generator_loss =
      evaluate(objective_.loss, frozen_program_.output(), static_cast<float>(objective_.generator_label),
               1.0F, frozen_program_.output_gradient());
  frozen_program_.backward();
  std::ranges::copy(frozen_program_.input_gradient(), generator_program_.output_gradient().begin());
  generator_program_.backward();
}

std::vector<NamedTensor> Gan::tensors() {
  std::vector<NamedTensor> all = generator_.tensors();
  std::ranges::move(discriminator_.tensors(), std::back_inserter(all));
  return all;
}

void Gan::time_passes(bool on) {
  for (net::Program* program :
       {&fake_program_, &discriminator_program_, &generator_program_, &frozen_program_}) {
    program->time_passes(on);
  }
  generator_.time_updates();
  discriminator_.time_updates();
}

std::vector<net::PassTime> Gan::pass_times() const {
  std::vector<net::PassTime> all;
  const auto append = [&](const std::string& name, const net::PassTime& time) {
    all.push_back(time);
    all.back().layer = name + " " + time.layer;
  };
  const std::pair<const char*, const net::Program&> programs[] = {{"fake generator", fake_program_},
                                                                  {"discriminator", discriminator_program_},
                                                                  {"generator", generator_program_},
                                                                  {"frozen discriminator", frozen_program_}};
  for (const auto& [name, program] : programs) {
    for (const net::PassTime& time : program.pass_times()) {
      append(name, time);
    }
  }
  for (const Network* network : {&discriminator_, &generator_}) {
    if (network->update_time().calls > 0) {
      append(network->spec().name, network->update_time());
    }
  }
  return all;
}

}  // namespace ganymede::train
