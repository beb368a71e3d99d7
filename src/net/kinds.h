#pragma once

#include <concepts>
#include <variant>

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

/// A layer with parameters or states.
template <class Layer>
concept HasWeights = requires(const Layer& layer, const LayerShape& place) {
  { declare(layer, place.input, Initializer{}) } -> std::same_as<std::vector<WeightDeclaration>>;
};

/// A description and the passes that are made of it.
template <class Layer, class Op>
struct Kind {};

template <class... Members>
struct KindList;
template <class... Layers, class... Ops>
struct KindList<Kind<Layers, Ops>...> {
  using AnyLayer = std::variant<Layers...>;
  template <template <class, class> class Template>
  using AnyOf = std::variant<Template<Layers, Ops>...>;
};

/// Every kind of layer, in the order of the documentation. What recipes, programs, summaries and exports know
/// of layers follows from this list.
using Kinds = KindList<Kind<Dense, DenseOp>,              //
                       Kind<Convolution, ConvolutionOp>,  //
                       Kind<Residual, ResidualOp>,        //
                       Kind<Upsample, ResampleOp>,        //
                       Kind<AveragePool, ResampleOp>,     //
                       Kind<BatchNorm, BatchNormOp>,      //
                       Kind<Activation, ActivationOp>,    //
                       Kind<Dropout, DropoutOp>,          //
                       Kind<Reshape, ReshapeOp>,          //
                       Kind<Flatten, ReshapeOp>,          //
                       Kind<JoinLabel, JoinLabelOp>,      //
                       Kind<SelectLabel, SelectLabelOp>>;

}  // namespace ganymede::net
