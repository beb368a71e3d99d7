#include "artifacts/exports/format.h"

#include <fmt/format.h>

#include <utility>

#include "artifacts/tensor_file.h"
#include "base/error.h"

namespace ganymede::artifacts {

std::string about(const SavedNetwork& network) {
  return fmt::format("The {} of the recipe {} after epoch {} on {}", network.spec.name,
                     network.info.recipe.name, network.info.epoch, network.info.dataset);
}

PortNames port_names(const net::NetSpec& network) {
  return network.name == "generator" ? PortNames{"latent", "image"} : PortNames{"image", "logit"};
}

void describe(const SavedNetwork& network, io::Metadata& metadata) {
  metadata["network"] = network.spec.name;
  describe(network.info, metadata);
}

net::NetSpec exported_spec(const io::Metadata& metadata, const train::Recipe& recipe,
                           const std::filesystem::path& path) {
  net::NetSpec generator = train::generator_spec(recipe);
  return metadata_value(metadata, "network", path) == "discriminator"
             ? train::discriminator_spec(recipe, net::output_shape(generator))
             : generator;
}

void refuse_export(const std::filesystem::path& path, std::string found, std::string expected) {
  throw base::Error(
      base::ErrorKind::file,
      {.where = path.string(),
       .found = std::move(found),
       .expected = std::move(expected),
       .advice = "The file and its model card do not belong together: export the network again"});
}

void require_near(const std::filesystem::path& path, float apart) {
  if (!(apart <= tolerance)) {
    refuse_export(path, fmt::format("an output that is {:g} from the card's", apart),
                  fmt::format("at most {:g}", tolerance));
  }
}

std::string compare_with_card(const std::filesystem::path& path, const net::NetSpec& spec,
                              net::Weights& weights, const CardFacts& facts) {
  if (const std::string sha256 = weights_sha256(weights); sha256 != facts.weights_sha256) {
    refuse_export(path, "weights of SHA-256 " + sha256, facts.weights_sha256);
  }
  const float apart = difference(spec, weights, facts.expected);
  require_near(path, apart);
  return fmt::format(
      "the output of the network with its weights and recipe is as expected for the card's input, with a "
      "difference of at most {:g}",
      apart);
}

}  // namespace ganymede::artifacts
