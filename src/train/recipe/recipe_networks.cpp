#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "train/recipe/recipe.h"
#include "train/recipe/recipe_checks.h"

namespace ganymede::train {

net::NetSpec generator_spec(const Recipe& recipe) {
  return {"generator", {recipe.latent.size}, recipe.generator.initializer, recipe.generator.layers};
}

net::NetSpec discriminator_spec(const Recipe& recipe, const base::Shape& image) {
  return {"discriminator", image, recipe.discriminator.initializer, recipe.discriminator.layers};
}

net::NetSpec encoder_spec(const Recipe& recipe, const base::Shape& image) {
  return {"encoder", image, recipe.encoder.initializer, recipe.encoder.layers};
}

net::NetSpec partner_spec(const Recipe& recipe, const base::Shape& image) {
  return recipe.model == ModelKind::vae ? encoder_spec(recipe, image) : discriminator_spec(recipe, image);
}

namespace {

/// `expected` says in words what the output of `network` must be.
void require_output(const net::NetSpec& network, const base::Shape& shape, const std::string& expected,
                    const std::string& advice) {
  if (const base::Shape made = net::output_shape(network); made != shape) {
    refuse_recipe(network.name, "an output of shape " + made.to_string(), expected, advice);
  }
}

bool takes_labels(const net::NetSpec& network) {
  return std::ranges::any_of(network.layers, [](const net::LayerSpec& layer) {
    return std::visit(
        [](const auto& kind) {
          return requires {
            kind.classes;
          };
        },
        layer);
  });
}

void check_gan(const net::NetSpec& generator, const net::NetSpec& discriminator, std::int64_t classes) {
  require_output(discriminator, {1}, "one logit, [1]", "End it with { kind = \"dense\", units = 1 }");
  for (const net::NetSpec* network : {&generator, &discriminator}) {
    const std::int64_t joined = net::label_classes(*network);
    if (joined != 0 && joined != classes) {
      refuse_recipe(network->name, fmt::format("a label of {} classes", joined),
                    fmt::format("{}, as the data has", classes),
                    "Write classes = \"classes\" where the network takes the label");
    }
  }
}

/// What the lower bound takes for granted.
void check_vae(const Recipe& recipe, const net::NetSpec& generator, const net::NetSpec& encoder) {
  const std::int64_t numbers = 2 * recipe.latent.size;
  require_output(encoder, {numbers},
                 fmt::format("a mean and a log variance for each latent number, [{}]", numbers),
                 fmt::format("End it with {{ kind = \"dense\", units = {} }}", numbers));
  const std::string last =
      generator.layers.empty() ? "none" : std::string(net::kind_name(generator.layers.back()));
  if (last != "sigmoid") {
    refuse_recipe("generator", "the last layer " + last, "sigmoid, which makes a pixel of its logit",
                  "End it with { kind = \"sigmoid\" }");
  }
  if (recipe.pixel_range.low != 0.0F || recipe.pixel_range.high != 1.0F) {
    refuse_recipe("pixel_range", fmt::format("{} to {}", recipe.pixel_range.low, recipe.pixel_range.high),
                  "0 to 1, as probabilities are", "Write pixel_range = { low = 0.0, high = 1.0 }");
  }
  if (recipe.latent.distribution != Distribution::normal) {
    refuse_recipe("latent.distribution", "uniform", "normal, from which a VAE's divergence is taken",
                  "Write distribution = \"normal\"");
  }
  for (const net::NetSpec* network : {&generator, &encoder}) {
    if (net::label_classes(*network) != 0) {
      refuse_recipe(network->name, "a layer that takes a label", "none in a VAE",
                    "Leave it out, or train a GAN");
    }
  }
}

}  // namespace

void check_networks(const Recipe& recipe, const base::Shape& image, std::int64_t classes) {
  const net::NetSpec generator = generator_spec(recipe);
  if (classes < 2 && takes_labels(generator)) {
    refuse_recipe(recipe.name, "images without labels of several classes",
                  "those of at least two, which its generator is told",
                  "Train a recipe that does without, such as best, or put the pictures of each "
                  "class into a folder of their own");
  }
  require_output(generator, image, "the shape of the data's images, " + image.to_string(),
                 "Correct its last layers");
  const net::NetSpec partner = partner_spec(recipe, image);
  if (recipe.model == ModelKind::vae) {
    check_vae(recipe, generator, partner);
  } else {
    check_gan(generator, partner, classes);
  }
}

}  // namespace ganymede::train
