#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "io/pictures/image.h"
#include "net/program.h"
#include "serve/trained_networks.h"

namespace ganymede::serve {

/// Which latent point of train::sample_latents(), and the label where the generator takes one.
struct LatentChoice {
  std::uint64_t seed = 0;
  std::int64_t point = 0;
  std::int32_t label = 0;
};

/// Computes the activations of a run's saved networks. May be called from several threads; computes on one
/// thread, so that a training run keeps its processors.
class Inspector {
 public:
  explicit Inspector(TrainedNetworks networks);

  const train::Recipe& recipe() const { return networks_.recipe; }
  const base::Shape& image_shape() const { return image_; }
  /// The number of the generator's labels; zero if it takes none.
  std::int64_t classes() const { return net::label_classes(networks_.generator.spec); }

  /// Layers with their shapes, parameters and weights, of both networks.
  nlohmann::ordered_json describe() const;

  /// The activations of the generator's layers for a latent point.
  nlohmann::ordered_json generate(const LatentChoice& choice);

  /// The other network's activations for `image` [height, width, channels] in the recipe's pixel range; for a
  /// discriminator also the logit and its derivative by each pixel, for an encoder the generator's image of
  /// the mean latent point. Throws Error(data) for an image of another size and for an unknown label.
  nlohmann::ordered_json judge(std::span<const float> image, std::int32_t label);

  /// The generator's image of a latent point. [height, width, channels]
  std::vector<float> image(const LatentChoice& choice);

  /// `count` images of consecutive latent points from the seed's first, `columns` per row; conditional
  /// generators draw one class per row.
  io::Image sheet(std::uint64_t seed, std::int64_t count, std::int64_t columns);

 private:
  /// A program for each layer that ends there, since layers work in place.
  struct Probe {
    std::vector<net::Program> programs;  // one a layer
  };
  Probe& probe(TrainedNetwork& network, std::optional<Probe>& probe);
  nlohmann::ordered_json activations(TrainedNetwork& network, std::optional<Probe>& kept,
                                     std::span<const float> input, std::int32_t label);
  /// For the last image of activations().
  nlohmann::ordered_json verdict();
  nlohmann::ordered_json reconstruction();
  std::vector<float> latent(const LatentChoice& choice) const;

  TrainedNetworks networks_;
  base::Shape image_;
  ops::Device device_;
  std::mutex mutex_;
  std::optional<Probe> generator_probe_, partner_probe_;
};

}  // namespace ganymede::serve
