#include "train/model.h"

namespace ganymede::train {

namespace {

std::variant<Gan, Vae> make_model(const Recipe& recipe, const base::Shape& image, std::int64_t classes,
                                  const ops::Device& device) {
  using Model = std::variant<Gan, Vae>;
  return recipe.model == ModelKind::vae ? Model(std::in_place_type<Vae>, recipe, image, classes, device)
                                        : Model(std::in_place_type<Gan>, recipe, image, classes, device);
}

GradientNorms norms_of(Gan& gan) {
  GradientNorms norms;
  norms.discriminator = static_cast<float>(gan.discriminator().gradient_norm());
  norms.generator = static_cast<float>(gan.generator().gradient_norm());
  return norms;
}

GradientNorms norms_of(Vae& vae) {
  GradientNorms norms;
  norms.encoder = static_cast<float>(vae.encoder().gradient_norm());
  norms.generator = static_cast<float>(vae.generator().gradient_norm());
  return norms;
}

}  // namespace

StepMetrics no_metrics(const Recipe& recipe) {
  return recipe.model == ModelKind::vae ? StepMetrics(VaeMetrics{}) : StepMetrics(GanMetrics{});
}

GanMetrics take_step(std::uint64_t step, Feeder& feeder, Gan& gan) {
  GanMetrics metrics;
  const std::uint64_t updates = gan.discriminator_steps();
  for (std::uint64_t update = step * updates; update < (step + 1) * updates; ++update) {
    feeder.feed_discriminator(update, gan);
    gan.update_discriminator(update, metrics);
  }
  feeder.feed_generator(step, gan);
  gan.update_generator(step, metrics);
  return metrics;
}

VaeMetrics take_step(std::uint64_t step, Feeder& feeder, Vae& vae) {
  VaeMetrics metrics;
  feeder.feed(step, vae);
  vae.update(step, metrics);
  return metrics;
}

Model::Model(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device)
    : model_(make_model(recipe, image, classes, device)) {}

Network& Model::generator() {
  return std::visit([](auto& model) -> Network& { return model.generator(); }, model_);
}

net::Weights& Model::sampling_weights() {
  return std::visit([](auto& model) -> net::Weights& { return model.sampling_weights(); }, model_);
}

std::vector<Network*> Model::networks() {
  return std::visit(
      [](auto& model) {
        const auto networks = model.networks();
        return std::vector<Network*>(networks.begin(), networks.end());
      },
      model_);
}

StepMetrics Model::take_step(std::uint64_t step, Feeder& feeder) {
  return std::visit([&](auto& model) -> StepMetrics { return train::take_step(step, feeder, model); },
                    model_);
}

GradientNorms Model::gradient_norms() {
  return std::visit([](auto& model) { return norms_of(model); }, model_);
}

std::vector<NamedTensor> Model::tensors() {
  return std::visit([](auto& model) { return model.tensors(); }, model_);
}

void Model::resume() {
  std::visit([](auto& model) { model.resume(); }, model_);
}

void Model::time_passes(bool on) {
  std::visit([on](auto& model) { model.time_passes(on); }, model_);
}

std::vector<net::PassTime> Model::pass_times() const {
  return std::visit([](const auto& model) { return model.pass_times(); }, model_);
}

}  // namespace ganymede::train
