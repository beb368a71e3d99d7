#include "train/gan.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace ganymede::train {

namespace {

/// Keeps the random numbers of the programs apart.
enum Stream : std::uint32_t { fakes = 1, discriminator = 2, generator = 3, frozen = 4, real = 5 };

/// The generator as it makes images for the discriminator alone.
net::Use fake_use(const Recipe& recipe, dist::Part part) {
  const bool training = recipe.training.fakes == FakeMode::training;
  return {.batch = part.share().size(recipe.half_batch()),
          .precision = resolve(recipe.training.precision),
          .training = training,
          .updates_states = training,
          .random_stream = Stream::fakes,
          .part = part};
}

net::Use discriminator_use(const Recipe& recipe, const PenaltySettings& penalties, dist::Part part) {
  const bool penalty = penalties.any();
  return {.batch = parts_of_batch(penalties) * part.share().size(recipe.half_batch()),
          .precision = resolve(recipe.training.precision),
          .training = true,
          .updates_states = true,
          .weight_gradients = true,
          .input_gradient = penalty,
          .tangent = penalty,
          .penalty = penalty,
          .random_stream = Stream::discriminator,
          .part = part,
          .groups = parts_of_batch(penalties)};
}

/// The discriminator as it learns in updates in which no penalty counts.
net::Use plain_use(const Recipe& recipe, dist::Part part) {
  return discriminator_use(recipe, {}, part);
}

net::Use generator_use(const Recipe& recipe, dist::Part part) {
  return {.batch = part.share().size(recipe.training.batch_size),
          .precision = resolve(recipe.training.precision),
          .training = true,
          .updates_states = true,
          .weight_gradients = true,
          .random_stream = Stream::generator,
          .part = part};
}

/// The discriminator as the generator's update sees it.
net::Use frozen_use(const Recipe& recipe, dist::Part part) {
  return {.batch = part.share().size(recipe.training.batch_size),
          .precision = resolve(recipe.training.precision),
          .training = true,
          .input_gradient = true,
          .random_stream = Stream::frozen,
          .part = part};
}

net::Use real_use(const Recipe& recipe, dist::Part part) {
  net::Use use = frozen_use(recipe, part);
  use.input_gradient = false;
  use.random_stream = Stream::real;
  return use;
}

/// The generator as it makes the images that the discriminator learns from.
net::Use drawing_use(const Recipe& recipe, dist::Part part) {
  return recipe.training.fakes == FakeMode::shared ? generator_use(recipe, part) : fake_use(recipe, part);
}

bool has_plain_updates(const PenaltySettings& penalty) {
  return penalty.any() && penalty.every > 1;
}

std::size_t memory_of(const net::NetSpec& spec, const net::Use& use) {
  return base::aligned_size(static_cast<std::size_t>(net::make_plan(spec, use).bytes));
}

/// Of what the discriminator learns by.
std::size_t memory_of_learning(const Recipe& recipe, const net::NetSpec& discriminator, dist::Part part) {
  const std::size_t memory = memory_of(discriminator, discriminator_use(recipe, recipe.penalty, part));
  return has_plain_updates(recipe.penalty)
             ? std::max(memory, memory_of(discriminator, plain_use(recipe, part)))
             : memory;
}

/// Of what the generator's forward pass leaves. Its backward pass begins when the discriminator's programs
/// are done, and takes their memory.
std::size_t memory_of_images(const net::NetSpec& generator, const net::Use& use) {
  return base::aligned_size(static_cast<std::size_t>(net::make_plan(generator, use).forward_bytes));
}

/// Nothing of the discriminator's update outlives it but generated images that are shared, so that the
/// generator's takes the same memory.
std::size_t memory_of(const Recipe& recipe, const net::NetSpec& generator, const net::NetSpec& discriminator,
                      dist::Part part) {
  const net::Use use = generator_use(recipe, part);
  return std::max({memory_of_images(generator, drawing_use(recipe, part)) +
                       memory_of_learning(recipe, discriminator, part),
                   memory_of_images(generator, use) + memory_of(discriminator, frozen_use(recipe, part)),
                   memory_of(generator, use)});
}

/// The memory behind what the generator's forward pass of this use leaves.
std::span<std::byte> behind(const net::NetSpec& generator, const net::Use& use, base::Buffer& memory) {
  return memory.as<std::byte>().subspan(memory_of_images(generator, use));
}

/// One of the equal parts of a batch of real images, generated images and, for a gradient penalty, points
/// between.
template <class T>
std::span<T> part_of(std::span<T> batch, const net::Program& program, std::int64_t index) {
  const std::size_t size = batch.size() / static_cast<std::size_t>(program.plan().use.groups);
  return batch.subspan(static_cast<std::size_t>(index) * size, size);
}

/// Runs a program on its input, each part of which has these labels.
void forward(net::Program& program, std::span<const std::int32_t> labels, const net::PassContext& context) {
  const std::span all = program.labels();  // empty where the network takes none
  for (std::size_t n = 0; n < all.size(); ++n) {
    all[n] = labels[n % labels.size()];
  }
  program.forward(context);
}

}  // namespace

Gan::Gan(const Recipe& recipe, NetworkPair& networks, const ops::Device& device, dist::Part part)
    : objective_(recipe.objective),
      penalty_(recipe.penalty),
      augmentation_(recipe.augmentation),
      schedule_(recipe.schedule),
      image_(networks.partner().spec().input),
      blank_(0.5F * (recipe.pixel_range.low + recipe.pixel_range.high)),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      discriminator_steps_(static_cast<std::uint64_t>(recipe.training.discriminator_steps)),
      batch_(recipe.training.batch_size),
      networks_(networks),
      part_(part),
      memory_(memory_of(recipe, networks.generator().spec(), networks.partner().spec(), part)),
      discriminator_program_(networks.partner().spec(), discriminator_use(recipe, penalty_, part),
                             networks.partner().weights(), device,
                             behind(networks.generator().spec(), drawing_use(recipe, part), memory_)),
      generator_program_(networks.generator().spec(), generator_use(recipe, part),
                         networks.generator().weights(), device, memory_.as<std::byte>()),
      frozen_program_(networks.partner().spec(), frozen_use(recipe, part), networks.partner().weights(),
                      device, behind(networks.generator().spec(), generator_use(recipe, part), memory_)),
      diff_logits_(discriminator_program_.output().size()),
      shares_(static_cast<std::size_t>(part.share().size(recipe.half_batch()))) {
  if (recipe.training.fakes != FakeMode::shared) {
    fake_program_.emplace(networks.generator().spec(), fake_use(recipe, part), networks.generator().weights(),
                          device, memory_.as<std::byte>());
  }
  if (has_plain_updates(penalty_)) {
    plain_program_.emplace(networks.partner().spec(), plain_use(recipe, part), networks.partner().weights(),
                           device, behind(networks.generator().spec(), drawing_use(recipe, part), memory_));
  }
  if (compares_pairs(objective_.loss)) {
    real_program_.emplace(networks.partner().spec(), real_use(recipe, part), networks.partner().weights(),
                          device);
  }
  if (objective_.label_flip > 0.0) {
    flipped_.resize(shares_.size());
  }
  if (augmentation_.noise > 0.0) {
    noise_.resize(std::max(discriminator_program_.input().size(), frozen_program_.input().size()));
  }
}

GanMetrics Gan::take_step(std::uint64_t step, Feeder& feeder) {
  GanMetrics metrics;
  for (std::uint64_t n = 0; n < discriminator_steps_; ++n) {
    const std::uint64_t update = step * discriminator_steps_ + n;
    const Batch batch = feeder.discriminator_batch(update);
    update_discriminator(update, batch, metrics);
    if (n + 1 == discriminator_steps_) {
      tell(Phase::partner_update, batch, metrics);
    }
  }
  const Batch batch = feeder.generator_batch(step);
  update_generator(step, batch, metrics);
  tell(Phase::generator_update, batch, metrics);
  std::array<float, sizeof(GanMetrics) / sizeof(float)> values{};
  auto value = values.begin();
  for_each_metric(metrics, [&](const char*, float metric) { *value++ = metric; });
  part_.mean(values);
  value = values.begin();
  for_each_metric(metrics, [&](const char*, float& metric) { metric = *value++; });
  return metrics;
}

void Gan::update_discriminator(std::uint64_t update, const Batch& batch, GanMetrics& metrics) {
  const net::PassContext context{.seed = seed_, .step = update};
  const std::int64_t images_so_far = images_before(update / discriminator_steps_);
  net::Program& drawing = drawing_program();
  std::ranges::copy(batch.latents, drawing.input().begin());
  forward(drawing, batch.labels, context);
  if (!fake_program_) {
    drawn_ = update;
  }

  net::Program& program = learning_program(update);
  const std::span images = program.input();
  const std::span real = part_of(images, program, 0);
  const std::span fake = part_of(images, program, 1);
  std::ranges::copy(batch.images, real.begin());
  std::ranges::copy(drawing.output(), fake.begin());
  const base::RandomKey disturbance = key(base::Purpose::augmentation, Stream::discriminator, context);
  const double noise = augmentation_.noise * factor_at(schedule_, schedule_.noise, images_so_far);
  disturb(disturbance, noise, 0, real);
  disturb(disturbance, noise, 1, fake);
  const bool penalised = penalty_.counts_in(update);
  if (penalised && penalty_.gradient_penalty > 0.0) {
    base::fill_uniform(key(base::Purpose::interpolation, Stream::discriminator, context), 0.0F, 1.0F, shares_,
                       static_cast<std::uint64_t>(first_of(shares_.size())));
    interpolate(shares_, real, fake, part_of(images, program, 2));
  }
  forward(program, batch.labels, context);
  measure_discriminator(program, key(base::Purpose::label_flip, Stream::discriminator, context), metrics);
  if (update % discriminator_steps_ == 0) {
    tell(Phase::forward, batch, metrics);
  }

  const std::span diff_logits = std::span(diff_logits_).first(program.output().size());
  if (penalised) {
    const double factor = factor_at(schedule_, schedule_.penalty, images_so_far);
    backward_penalised(penalty_, static_cast<double>(penalty_.every) * factor,
                       static_cast<std::int64_t>(shares_.size()), diff_logits, program);
  } else {
    std::ranges::copy(diff_logits, program.output_gradient().begin());
    program.backward();
  }
  networks_.partner().update(static_cast<std::int64_t>(update) + 1,
                             factor_at(schedule_, schedule_.learning_rate, images_so_far));
}

void Gan::tell(Phase phase, const Batch& batch, const GanMetrics& metrics) const {
  if (watch_) {
    watch_(phase, batch, metrics);
  }
}

net::Program& Gan::learning_program(std::uint64_t update) {
  return plain_program_ && !penalty_.counts_in(update) ? *plain_program_ : discriminator_program_;
}

/// The losses, and their derivatives by the logits.
void Gan::measure_discriminator(const net::Program& program, const base::RandomKey& flips,
                                GanMetrics& metrics) {
  const auto first = static_cast<std::uint64_t>(first_of(flipped_.size()));
  for (std::size_t n = 0; n < flipped_.size(); ++n) {
    flipped_[n] = static_cast<std::uint8_t>(base::unit_uniform(base::random_word(flips, first + n)) <
                                            objective_.label_flip);
  }
  const std::span logits = program.output();  // [parts of the batch, half batch]
  const std::span real = part_of(logits, program, 0);
  const std::span fake = part_of(logits, program, 1);
  const std::span diff_logits = std::span(diff_logits_).first(logits.size());
  const DiscriminatorLosses losses = discriminator_loss(
      objective_, real, fake, flipped_, part_of(diff_logits, program, 0), part_of(diff_logits, program, 1));
  metrics.discriminator_loss_real = losses.real;
  metrics.discriminator_loss_fake = losses.fake;
  const Verdict on_real = judge(real);
  const Verdict on_fake = judge(fake);
  metrics.accuracy_real = on_real.share_positive;
  metrics.accuracy_fake = 1.0F - on_fake.share_positive;
  metrics.probability_real = on_real.probability;
  metrics.probability_fake = on_fake.probability;
}

void Gan::update_generator(std::uint64_t update, const Batch& batch, GanMetrics& metrics) {
  const net::PassContext context{.seed = seed_, .step = update};
  const std::int64_t images_so_far = images_before(update);
  const double noise = augmentation_.noise * factor_at(schedule_, schedule_.noise, images_so_far);
  const base::RandomKey disturbance = key(base::Purpose::augmentation, Stream::frozen, context);
  if (drawn_ != (update + 1) * discriminator_steps_ - 1) {
    std::ranges::copy(batch.latents, generator_program_.input().begin());
    forward(generator_program_, batch.labels, context);
  }
  drawn_.reset();

  const std::span images = frozen_program_.input();
  std::ranges::copy(generator_program_.output(), images.begin());
  disturb(disturbance, noise, 0, images);
  forward(frozen_program_, batch.labels, context);
  std::span<const float> real_logits;
  if (real_program_) {
    const std::span real = real_program_->input();
    std::ranges::copy(batch.images, real.begin());
    disturb(key(base::Purpose::augmentation, Stream::real, context), noise, 0, real);
    forward(*real_program_, batch.labels, context);
    real_logits = real_program_->output();
  }
  metrics.generator_loss =
      generator_loss(objective_, real_logits, frozen_program_.output(), frozen_program_.output_gradient());

  frozen_program_.backward();
  const std::span diff_images = generator_program_.output_gradient();
  std::memmove(diff_images.data(), frozen_program_.input_gradient().data(),
               diff_images.size_bytes());  // overlap
  augment_backward(augmentation_, disturbance, image_, diff_images,
                   first_of(static_cast<std::size_t>(generator_program_.plan().use.batch)));
  generator_program_.backward();
  networks_.update_generator(update, factor_at(schedule_, schedule_.learning_rate, images_so_far));
}

void Gan::disturb(const base::RandomKey& key, double noise, std::int64_t index, std::span<float> images) {
  const auto samples = static_cast<std::int64_t>(images.size()) / image_.elements();
  const std::int64_t first =
      index * samples * part_.share().parts + first_of(static_cast<std::size_t>(samples));
  augment(augmentation_, key, image_, blank_, images, first);
  if (noise > 0.0) {
    base::RandomKey noise_key = key;
    noise_key.purpose = base::Purpose::instance_noise;
    add_noise(noise_key, static_cast<float>(noise), noise_, images,
              static_cast<std::uint64_t>(first * image_.elements()));
  }
}

std::int64_t Gan::first_of(std::size_t samples) const {
  return static_cast<std::int64_t>(samples) * part_.share().part;
}

std::int64_t Gan::images_before(std::uint64_t generator_update) const {
  return static_cast<std::int64_t>(generator_update) * batch_;
}

base::RandomKey Gan::key(base::Purpose purpose, std::uint32_t stream, const net::PassContext& context) const {
  return {.seed = seed_, .purpose = purpose, .stream = stream, .step = context.step};
}

std::vector<NamedProgram> Gan::programs() {
  std::vector<NamedProgram> all = {{"discriminator", discriminator_program_},
                                   {"generator", generator_program_},
                                   {"frozen discriminator", frozen_program_}};
  if (fake_program_) {
    all.push_back({"fake generator", *fake_program_});
  }
  if (plain_program_) {
    all.push_back({"discriminator without penalty", *plain_program_});
  }
  if (real_program_) {
    all.push_back({"frozen discriminator on real images", *real_program_});
  }
  return all;
}

}  // namespace ganymede::train
