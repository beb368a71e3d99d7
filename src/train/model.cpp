#include "train/model.h"

#include <string>

namespace ganymede::train {

namespace {

std::variant<Gan, Vae> make_method(const Recipe& recipe, NetworkPair& networks, const ops::Device& device,
                                   dist::Part part) {
  using Method = std::variant<Gan, Vae>;
  return recipe.model == ModelKind::vae ? Method(std::in_place_type<Vae>, recipe, networks, device, part)
                                        : Method(std::in_place_type<Gan>, recipe, networks, device, part);
}

net::PassTime owned_by(const std::string& owner, net::PassTime time) {
  time.layer = owner + " " + time.layer;
  return time;
}

}  // namespace

StepMetrics no_metrics(const Recipe& recipe) {
  return recipe.model == ModelKind::vae ? StepMetrics(VaeMetrics{}) : StepMetrics(GanMetrics{});
}

Model::Model(const Recipe& recipe, const base::Shape& image, std::int64_t classes, const ops::Device& device,
             dist::Part part)
    : networks_(recipe, image, classes, part), method_(make_method(recipe, networks_, device, part)) {}

StepMetrics Model::take_step(std::uint64_t step, Feeder& feeder) {
  return std::visit([&](auto& method) -> StepMetrics { return method.take_step(step, feeder); }, method_);
}

void Model::watch_phases(const WatchPhases<StepMetrics>& watch) {
  std::visit(
      [&](auto& method) {
        if (watch) {
          method.watch_phases([watch](Phase phase, const Batch& batch, const auto& metrics) {
            watch(phase, batch, metrics);
          });
        } else {
          method.watch_phases(nullptr);
        }
      },
      method_);
}

GradientNorms Model::gradient_norms() {
  GradientNorms norms;
  norms.generator = static_cast<float>(networks_.generator().gradient_norm());
  (std::holds_alternative<Vae>(method_) ? norms.encoder : norms.discriminator) =
      static_cast<float>(networks_.partner().gradient_norm());
  return norms;
}

std::vector<NamedProgram> Model::programs() {
  return std::visit([](auto& method) { return method.programs(); }, method_);
}

void Model::time_passes(bool on) {
  for (const NamedProgram& named : programs()) {
    named.program.time_passes(on);
  }
  for (Network* network : networks_.all()) {
    network->time_updates();
  }
}

std::vector<net::PassTime> Model::pass_times() {
  std::vector<net::PassTime> all;
  for (const NamedProgram& named : programs()) {
    for (const net::PassTime& time : named.program.pass_times()) {
      all.push_back(owned_by(named.name, time));
    }
  }
  for (Network* network : {&networks_.partner(), &networks_.generator()}) {
    if (network->update_time().calls > 0) {
      all.push_back(owned_by(network->spec().name, network->update_time()));
    }
  }
  return all;
}

}  // namespace ganymede::train
