#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/shape.h"
#include "net/initializer.h"
#include "net/kinds.h"

namespace ganymede::net {

using LayerSpec = Kinds::AnyLayer;

/// A network as data: everything else (memory, kernels, parameters, summaries, files) follows from it.
struct NetSpec {
  std::string name;   ///< "generator", "discriminator", "encoder" or "classifier"
  base::Shape input;  ///< of a sample
  Initializer initializer = Initializer::glorot_uniform;
  std::vector<LayerSpec> layers;

  friend bool operator==(const NetSpec&, const NetSpec&) = default;
};

LayerFacts facts_of(const LayerSpec& layer);
/// Its parameters and states, for a sample of its input; none for most.
std::vector<WeightDeclaration> weights_of(const LayerSpec& layer, const base::Shape& input,
                                          Initializer initializer);

/// The word for a kind of layer in recipes: "dense", "conv_transpose", "leaky_relu".
std::string_view kind_name(const LayerSpec& layer);
/// Every kind with its default values, in the order of the documentation.
const std::vector<std::pair<std::string_view, LayerSpec>>& layer_kinds();

/// The shapes through the network. Throws Error(configuration) that names the layer whose input does not fit.
std::vector<LayerShape> infer_shapes(const NetSpec& spec);

/// The shape of a sample of the network's output.
base::Shape output_shape(const NetSpec& spec);

/// How many classes the labels that the network joins or selects by have; zero where it takes no label.
std::int64_t label_classes(const NetSpec& spec);

}  // namespace ganymede::net
