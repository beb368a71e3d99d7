#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "io/pictures/image.h"
#include "serve/inside/course.h"
#include "serve/live/look.h"
#include "serve/trained_networks.h"

namespace ganymede::serve {

/// Which latent point of train::sample_latents().
struct LatentChoice {
  std::uint64_t seed = 0;
  std::int64_t point = 0;
};

/// One layer that is looked at closely.
struct LayerChoice {
  std::string network;  ///< "generator", "discriminator" or "encoder"
  std::size_t layer = 0;
};

/// Computes what happens in the networks of a run. May be called from several threads; computes on one
/// thread, so that a training run keeps its processors.
class Inspector {
 public:
  explicit Inspector(TrainedNetworks networks);

  const train::Recipe& recipe() const { return networks_.recipe; }
  const base::Shape& image_shape() const { return image_; }
  /// The number of the generator's labels; zero if it takes none.
  std::int64_t classes() const { return net::label_classes(networks_.generator.spec); }

  /// Layers with their shapes, parameters, weights and a sentence about each, of both networks.
  nlohmann::ordered_json describe() const;

  /// [latent size]
  std::vector<float> latent(const LatentChoice& choice) const;

  /// The way of a sample through both networks to the losses, and of the losses' gradients back: see Course.
  /// Of the layer `open` there is everything, with its weights. Throws Error(data) for an image of another
  /// size than the networks' and an unknown label, and Error(usage) for an unknown layer.
  nlohmann::ordered_json flow(const Sample& sample, const std::optional<LayerChoice>& open = std::nullopt);

  /// The same of a training's networks as `look` has them, which this inspector keeps. At a phase of a step
  /// the sample is number `number` of the look's batch, modulo its size, in place of `sample`. "batch" has
  /// all of them with what the networks made of them before and after the phase. Behind an update "changed"
  /// tells how far it has moved each layer's weights, relative to them, and the gradients are those that it
  /// followed.
  nlohmann::ordered_json flow(const Look& look, const Sample& sample, std::int64_t number,
                              const std::optional<LayerChoice>& open = std::nullopt);

  /// `count` images of consecutive latent points from the seed's first, `columns` per row; conditional
  /// generators draw one class per row.
  io::Image sheet(std::uint64_t seed, std::int64_t count, std::int64_t columns);

 private:
  bool is_vae() const { return networks_.recipe.model == train::ModelKind::vae; }
  Probe& generator();
  Probe& partner();
  void show(const Look& look);
  void require_fit(const Sample& sample) const;
  void require_layer(const std::optional<LayerChoice>& open) const;
  Course course_of(const Sample& sample);
  /// `learnt_from` has the gradients.
  nlohmann::ordered_json draw(const Course& course, const Course& learnt_from, const Sample& sample,
                              const std::optional<LayerChoice>& open) const;
  nlohmann::ordered_json draw(const std::string& network, const Passage& passage, const Passage& learnt_from,
                              std::optional<std::size_t> only = std::nullopt) const;
  nlohmann::ordered_json draw_open(const LayerChoice& open, const Course& course,
                                   const Course& learnt_from) const;
  nlohmann::ordered_json draw_batch(const std::vector<Course>& before, const std::vector<Course>& now,
                                    const BatchCopy& batch) const;
  std::string pixels(std::span<const float> image) const;
  const TrainedNetwork& network(const std::string& name) const;

  TrainedNetworks networks_;
  base::Shape image_;
  ops::Device device_;
  std::mutex mutex_;
  std::optional<Probe> generator_probe_, partner_probe_;
};

}  // namespace ganymede::serve
