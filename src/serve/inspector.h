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

/// Looks into the networks of a run as they were saved. May be called from several threads; every computation
/// runs on one thread, so that a run that trains meanwhile keeps its processors.
class Inspector {
 public:
  explicit Inspector(TrainedNetworks networks);

  const train::Recipe& recipe() const { return networks_.recipe; }
  const base::Shape& image_shape() const { return image_; }
  /// How many classes the generator's labels have; zero where it takes none.
  std::int64_t classes() const { return net::label_classes(networks_.generator.spec); }

  /// Layers with their shapes, parameters and weights, of both networks.
  nlohmann::ordered_json describe() const;

  /// What each layer of the generator makes of a latent point.
  nlohmann::ordered_json generate(const LatentChoice& choice);

  /// What the other network thinks of `image` [height, width, channels], in the recipe's pixel range: each
  /// layer's activations; of a discriminator, the logit, and the logit's derivative by each pixel; of an
  /// encoder, the image that the generator makes of the mean of its latent points. Throws Error(data) for an
  /// image of another size and for a label of no class of that network.
  nlohmann::ordered_json judge(std::span<const float> image, std::int32_t label);

  /// The generator's image of a latent point. [height, width, channels]
  std::vector<float> image(const LatentChoice& choice);

  /// `count` images of consecutive latent points beginning with the seed's first, `columns` a row;
  /// conditional generators draw a class a row.
  io::Image sheet(std::uint64_t seed, std::int64_t count, std::int64_t columns);

 private:
  /// A network cut off behind each of its layers, so that what works in place shows too.
  struct Probe {
    std::vector<net::Program> programs;  // one a layer
  };
  Probe& probe(TrainedNetwork& network, std::optional<Probe>& probe);
  nlohmann::ordered_json activations(TrainedNetwork& network, std::optional<Probe>& kept,
                                     std::span<const float> input, std::int32_t label);
  /// Of the image that activations() has just taken the partner through.
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
