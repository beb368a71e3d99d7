#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/spec.h"

namespace ganymede::draw {

/// A row of a network's summary.
struct LayerRow {
  std::string name;                   ///< "dense_1"
  std::string_view type;              ///< what Keras calls the kind: "Dense"
  std::optional<net::Family> family;  ///< none: a network that is frozen
  bool takes_label = false;
  base::Shape output;
  std::int64_t parameters = 0;  ///< with the running statistics
};

/// A network's summary as by Keras' summary().
struct NetworkTable {
  std::string name;
  base::Shape input;
  std::int64_t classes = 0;  ///< of the labels it takes; 0: none
  std::vector<LayerRow> rows = {};
  std::int64_t trainable = 0;
  std::int64_t non_trainable = 0;
};

NetworkTable make_table(const net::NetSpec& network);

/// The composite for the generator's update: each network as a layer, the discriminator frozen.
NetworkTable make_composite_table(const NetworkTable& generator, const NetworkTable& discriminator);

/// A VAE in training: each network as a layer, with the drawing of a latent point between them.
NetworkTable make_autoencoder_table(const NetworkTable& encoder, const NetworkTable& generator);

/// "(None, 28, 28, 1)"
std::string keras_shape(const base::Shape& shape);

std::string to_text(const NetworkTable& table);

}  // namespace ganymede::draw
