#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/shape.h"
#include "net/initializer.h"
#include "net/layers/activation.h"
#include "net/layers/batch_norm.h"
#include "net/layers/convolution.h"
#include "net/layers/dense.h"
#include "net/layers/dropout.h"
#include "net/layers/join_label.h"
#include "net/layers/resample.h"
#include "net/layers/reshape.h"
#include "net/layers/residual.h"
#include "net/layers/select_label.h"

namespace ganymede::net {

using LayerSpec = std::variant<Dense, Convolution, Residual, Upsample, AveragePool, Activation, BatchNorm,
                               Dropout, Reshape, Flatten, JoinLabel, SelectLabel>;

/// A network as data: everything else (memory, kernels, parameters, summaries, files) follows from it.
struct NetSpec {
  std::string name;   ///< "generator", "discriminator", "encoder" or "classifier"
  base::Shape input;  ///< of a sample
  Initializer initializer = Initializer::glorot_uniform;
  std::vector<LayerSpec> layers;

  friend bool operator==(const NetSpec&, const NetSpec&) = default;
};

/// The word for a kind of layer in recipes: "dense", "conv_transpose", "leaky_relu".
std::string_view kind_name(const LayerSpec& layer);
/// Every kind with its default values, in the order of the documentation.
const std::vector<std::pair<std::string_view, LayerSpec>>& layer_kinds();

/// One layer's place in a network: its name (the kind and a count, "dense_2") and the shapes of a sample.
struct LayerShape {
  std::string name;
  base::Shape input;
  base::Shape output;
};

/// The shapes through the network. Throws Error(configuration) that names the layer whose input does not fit.
std::vector<LayerShape> infer_shapes(const NetSpec& spec);

/// The shape of a sample of the network's output.
base::Shape output_shape(const NetSpec& spec);

/// How many classes the labels that the network joins or selects by have; zero where it takes no label.
std::int64_t label_classes(const NetSpec& spec);

/// Most layers have no weights and need no scratch memory.
template <class Layer>
std::vector<WeightDeclaration> declare(const Layer&, const base::Shape&, Initializer) {
  return {};
}
template <class Layer>
std::size_t scratch_bytes(const Layer&, const base::Shape&, const Use&) {
  return 0;
}

}  // namespace ganymede::net
