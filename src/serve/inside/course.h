#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "serve/inside/probe.h"
#include "train/recipe/recipe.h"

namespace ganymede::serve {

/// What the networks are given.
struct Sample {
  std::vector<float> latent;  ///< [latent size]
  std::int32_t label = 0;     ///< of the image that is generated, where the generator takes one
  /// A real one, [height, width, channels], in the recipe's pixel range; empty: there is none.
  std::vector<float> image;
  std::int32_t image_label = 0;
};

/// A sample's way through one network.
struct Passage {
  std::vector<float> input;
  Tensors outputs;                                       ///< of each layer
  std::map<std::string, LayerGradients> gradients = {};  ///< by the name of the loss
};

/// The way of a sample through both networks to the losses, and of the losses' gradients back.
struct Course {
  /// Of a GAN "generator" and the discriminator's on the generated image, "fake", and on the real one,
  /// "real". Of a VAE "encoder" and "generator".
  std::map<std::string, Passage> passages;
  /// Of a GAN, where there is a real image, "real" and "fake", which the discriminator minimises, and
  /// "generator". Of a VAE "reconstruction", "divergence" and "both".
  std::map<std::string, float> losses;
  std::vector<float> generated;   ///< the image of the latent point
  std::vector<float> made_again;  ///< of a VAE: the image of the encoder's mean latent point
};

/// The discriminator judges the generated image and the real one. The gradients are those of the losses
/// "discriminator" and "generator" and, of "fake" and "real", of the logit: "logit".
Course gan_course(const train::Recipe& recipe, Probe& generator, Probe& discriminator, const Sample& sample);

/// The encoder sees the real image, and the generator makes it again from the mean of the latent points; the
/// gradients are those of the loss "both". Without a real image the encoder sees the one that the generator
/// makes of the sample's latent point, and there is no loss.
Course vae_course(const train::Recipe& recipe, Probe& generator, Probe& encoder, const Sample& sample);

}  // namespace ganymede::serve
