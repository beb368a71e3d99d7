#include "train/gan.h"

#include <algorithm>

#include "train/pass_times.h"

namespace ganymede::train {

namespace {

/// Keeps the random numbers of the programs, and of the two networks' weights, apart.
enum Stream : std::uint32_t { fakes = 1, discriminator = 2, generator = 3, frozen = 4, real = 5 };
constexpr std::uint32_t discriminator_weights = 1U << 16;

net::NetSpec checked(const Recipe& recipe, const base::Shape& image, std::int64_t classes) {
  check_networks(recipe, image, classes);
  return generator_spec(recipe);
}

/// The generator as it makes the images that the discriminator learns from.
net::Use fake_use(const Recipe& recipe) {
  const bool training = recipe.training.fakes == FakeMode::training;
  return {.batch = recipe.half_batch(),
          .precision = resolve(recipe.training.precision),
          .training = training,
          .updates_states = training,
          .random_stream = Stream::fakes};
}

net::Use discriminator_use(const Recipe& recipe) {
  const bool penalty = recipe.penalty.any();
  return {.batch = parts_of_batch(recipe.penalty) * recipe.half_batch(),
          .precision = resolve(recipe.training.precision),
          .training = true,
          .updates_states = true,
          .weight_gradients = true,
          .input_gradient = penalty,
          .tangent = penalty,
          .penalty = penalty,
          .random_stream = Stream::discriminator};
}

net::Use generator_use(const Recipe& recipe) {
  return {.batch = recipe.training.batch_size,
          .precision = resolve(recipe.training.precision),
          .training = true,
          .updates_states = true,
          .weight_gradients = true,
          .random_stream = Stream::generator};
}

/// The discriminator as the generator's update sees it.
net::Use frozen_use(const Recipe& recipe) {
  return {.batch = recipe.training.batch_size,
          .precision = resolve(recipe.training.precision),
          .training = true,
          .input_gradient = true,
          .random_stream = Stream::frozen};
}

net::Use real_use(const Recipe& recipe) {
  net::Use use = frozen_use(recipe);
  use.input_gradient = false;
  use.random_stream = Stream::real;
  return use;
}

std::size_t memory_of(const net::NetSpec& spec, const net::Use& use) {
  return base::aligned_size(static_cast<std::size_t>(net::make_plan(spec, use).bytes));
}

/// Nothing of the discriminator's update outlives it, so that the generator's takes the same memory.
std::size_t memory_of(const Recipe& recipe, const net::NetSpec& generator,
                      const net::NetSpec& discriminator) {
  return std::max(
      memory_of(generator, fake_use(recipe)) + memory_of(discriminator, discriminator_use(recipe)),
      memory_of(generator, generator_use(recipe)) + memory_of(discriminator, frozen_use(recipe)));
}

void copy_labels(std::span<const std::int32_t> from, std::span<std::int32_t> to) {
  std::copy_n(from.begin(), std::min(from.size(), to.size()), to.begin());
}

/// One of the equal parts of a batch.
template <class T>
std::span<T> part(std::span<T> batch, std::int64_t index, std::int64_t parts) {
  const std::size_t size = batch.size() / static_cast<std::size_t>(parts);
  return batch.subspan(static_cast<std::size_t>(index) * size, size);
}

}  // namespace

Gan::Gan(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device)
    : objective_(recipe.objective),
      penalty_(recipe.penalty),
      augmentation_(recipe.augmentation),
      schedule_(recipe.schedule),
      image_(image),
      blank_(0.5F * (recipe.pixel_range.low + recipe.pixel_range.high)),
      seed_(static_cast<std::uint64_t>(recipe.training.seed)),
      discriminator_steps_(static_cast<std::uint64_t>(recipe.training.discriminator_steps)),
      half_batch_(recipe.half_batch()),
      batch_(recipe.training.batch_size),
      generator_(checked(recipe, image, classes), recipe.generator_optimizer, constraints(recipe.generator)),
      discriminator_(discriminator_spec(recipe, image), recipe.discriminator_optimizer,
                     constraints(recipe.discriminator)),
      memory_(memory_of(recipe, generator_.spec(), discriminator_.spec())),
      fake_program_(generator_.spec(), fake_use(recipe), generator_.weights(), device,
                    memory_.as<std::byte>()),
      discriminator_program_(discriminator_.spec(), discriminator_use(recipe), discriminator_.weights(),
                             device,
                             memory_.as<std::byte>().subspan(memory_of(generator_.spec(), fake_use(recipe)))),
      generator_program_(generator_.spec(), generator_use(recipe), generator_.weights(), device,
                         memory_.as<std::byte>()),
      frozen_program_(discriminator_.spec(), frozen_use(recipe), discriminator_.weights(), device,
                      memory_.as<std::byte>().subspan(memory_of(generator_.spec(), generator_use(recipe)))) {
  generator_.initialise(seed_, 0);
  discriminator_.initialise(seed_, discriminator_weights);
  if (recipe.average.half_life_images > 0) {
    average_.emplace(recipe.average, generator_.spec(), generator_.weights());
  }
  if (compares_pairs(objective_.loss)) {
    real_program_.emplace(discriminator_.spec(), real_use(recipe), discriminator_.weights(), device);
  }
  diff_logits_.resize(discriminator_program_.output().size());
  shares_.resize(static_cast<std::size_t>(half_batch_));
  if (objective_.label_flip > 0.0) {
    flipped_.resize(static_cast<std::size_t>(half_batch_));
  }
  if (augmentation_.noise > 0.0) {
    noise_.resize(std::max(discriminator_program_.input().size(), frozen_program_.input().size()));
  }
}

std::span<float> Gan::real_images() {
  return part(discriminator_program_.input(), 0, parts_of_batch(penalty_));
}

std::span<std::int32_t> Gan::real_labels() {
  return part(discriminator_program_.labels(), 0, parts_of_batch(penalty_));
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

std::int64_t Gan::images_before(std::uint64_t generator_update) const {
  return static_cast<std::int64_t>(generator_update) * batch_;
}

base::RandomKey Gan::key(base::Purpose purpose, std::uint32_t stream, const net::PassContext& context) const {
  return {.seed = seed_, .purpose = purpose, .stream = stream, .step = context.step};
}

void Gan::update_discriminator(std::uint64_t update, GanMetrics& metrics) {
  const net::PassContext context{.seed = seed_, .step = update};
  const std::int64_t images = images_before(update / discriminator_steps_);
  make_fakes(context);
  prepare_images(context, augmentation_.noise * factor_at(schedule_, schedule_.noise, images));
  judge_images(context, metrics);
  if (penalty_.any()) {
    backward_penalised(penalty_, factor_at(schedule_, schedule_.penalty, images), half_batch_, diff_logits_,
                       discriminator_program_);
  } else {
    std::ranges::copy(diff_logits_, discriminator_program_.output_gradient().begin());
    discriminator_program_.backward();
  }
  discriminator_.update(static_cast<std::int64_t>(update) + 1,
                        factor_at(schedule_, schedule_.learning_rate, images));
}

void Gan::make_fakes(const net::PassContext& context) {
  const std::int64_t parts = parts_of_batch(penalty_);
  fake_program_.forward(context);
  std::ranges::copy(fake_program_.output(), part(discriminator_program_.input(), 1, parts).begin());
  copy_labels(fake_program_.labels(), part(discriminator_program_.labels(), 1, parts));
}

/// Makes of the real and the generated images what the discriminator sees.
void Gan::prepare_images(const net::PassContext& context, double noise) {
  const std::int64_t parts = parts_of_batch(penalty_);
  const std::span images = discriminator_program_.input();
  const std::span labels = discriminator_program_.labels();
  if (real_program_) {
    std::ranges::copy(part(images, 0, parts), real_program_->input().begin());
    copy_labels(part(labels, 0, parts), real_program_->labels());
  }
  const std::size_t both = 2 * images.size() / static_cast<std::size_t>(parts);
  disturb(key(base::Purpose::augmentation, Stream::discriminator, context), noise, images.first(both));
  if (penalty_.gradient_penalty > 0.0) {
    base::fill_uniform(key(base::Purpose::interpolation, Stream::discriminator, context), 0.0F, 1.0F,
                       shares_);
    interpolate(shares_, part(images, 0, parts), part(images, 1, parts), part(images, 2, parts));
    copy_labels(part(labels, 0, parts), part(labels, 2, parts));
  }
}

void Gan::disturb(const base::RandomKey& key, double noise, std::span<float> images) {
  augment(augmentation_, key, image_, blank_, images);
  if (noise > 0.0) {
    base::RandomKey noise_key = key;
    noise_key.purpose = base::Purpose::instance_noise;
    add_noise(noise_key, static_cast<float>(noise), noise_, images);
  }
}

void Gan::judge_images(const net::PassContext& context, GanMetrics& metrics) {
  const std::int64_t parts = parts_of_batch(penalty_);
  discriminator_program_.forward(context);
  const std::span logits = discriminator_program_.output();  // [parts * half batch]
  const std::span real = part(logits, 0, parts);
  const std::span fake = part(logits, 1, parts);
  const base::RandomKey flips = key(base::Purpose::label_flip, Stream::discriminator, context);
  for (std::size_t n = 0; n < flipped_.size(); ++n) {
    flipped_[n] =
        static_cast<std::uint8_t>(base::unit_uniform(base::random_word(flips, n)) < objective_.label_flip);
  }
  const std::span diff_logits(diff_logits_);
  const DiscriminatorLosses losses = discriminator_loss(
      objective_, real, fake, flipped_, part(diff_logits, 0, parts), part(diff_logits, 1, parts));
  metrics.discriminator_loss_real = losses.real;
  metrics.discriminator_loss_fake = losses.fake;
  const Verdict on_real = judge(real);
  const Verdict on_fake = judge(fake);
  metrics.accuracy_real = on_real.share_positive;
  metrics.accuracy_fake = 1.0F - on_fake.share_positive;
  metrics.probability_real = on_real.probability;
  metrics.probability_fake = on_fake.probability;
}

void Gan::update_generator(std::uint64_t update, GanMetrics& metrics) {
  const net::PassContext context{.seed = seed_, .step = update};
  const std::int64_t images = images_before(update);
  const double noise = augmentation_.noise * factor_at(schedule_, schedule_.noise, images);
  const base::RandomKey disturbance = key(base::Purpose::augmentation, Stream::frozen, context);
  generator_program_.forward(context);
  std::ranges::copy(generator_program_.output(), frozen_program_.input().begin());
  copy_labels(generator_program_.labels(), frozen_program_.labels());
  disturb(disturbance, noise, frozen_program_.input());
  frozen_program_.forward(context);
  if (real_program_) {
    judge_real_pairs(context, noise);
  }
  metrics.generator_loss =
      generator_loss(objective_, real_program_ ? real_program_->output() : std::span<const float>(),
                     frozen_program_.output(), frozen_program_.output_gradient());
  frozen_program_.backward();
  const std::span diff_images = generator_program_.output_gradient();
  std::ranges::copy(frozen_program_.input_gradient(), diff_images.begin());
  augment_backward(augmentation_, disturbance, image_, diff_images);
  generator_program_.backward();
  generator_.update(static_cast<std::int64_t>(update) + 1,
                    factor_at(schedule_, schedule_.learning_rate, images));
  if (average_) {
    average_->follow(generator_.weights(), images + batch_, batch_);
  }
}

void Gan::judge_real_pairs(const net::PassContext& context, double noise) {
  disturb(key(base::Purpose::augmentation, Stream::real, context), noise, real_program_->input());
  real_program_->forward(context);
}

std::vector<NamedTensor> Gan::tensors() {
  std::vector<NamedTensor> all = generator_.tensors();
  std::ranges::move(discriminator_.tensors(), std::back_inserter(all));
  if (average_) {
    std::ranges::move(average_->tensors(generator_.spec().name), std::back_inserter(all));
  }
  return all;
}

void Gan::resume() {
  generator_.resume();
  discriminator_.resume();
  if (average_) {
    average_->weights().refresh_shadow();
  }
}

template <class Self, class Visitor>
void Gan::for_each_program(Self& self, const Visitor& visit) {
  visit("fake generator", self.fake_program_);
  visit("discriminator", self.discriminator_program_);
  visit("generator", self.generator_program_);
  visit("frozen discriminator", self.frozen_program_);
  if (self.real_program_) {
    visit("frozen discriminator on real images", *self.real_program_);
  }
}

void Gan::time_passes(bool on) {
  for_each_program(*this, [&](const char*, net::Program& program) { program.time_passes(on); });
  generator_.time_updates();
  discriminator_.time_updates();
}

std::vector<net::PassTime> Gan::pass_times() const {
  std::vector<net::PassTime> all;
  for_each_program(*this,
                   [&](const char* name, const net::Program& program) { append_times(name, program, all); });
  append_update_time(discriminator_, all);
  append_update_time(generator_, all);
  return all;
}

}  // namespace ganymede::train
