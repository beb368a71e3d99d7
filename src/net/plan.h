#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/spec.h"

namespace ganymede::net {

/// What a tensor of a plan is for.
enum class Role { activation, delta, tangent, scratch };

/// One tensor: what a program keeps in its memory.
struct PlanRow {
  std::string name;  ///< "dense_2 delta"
  Role role = Role::activation;
  base::Shape shape;  ///< the batch first
  base::DType dtype = base::DType::f32;
  std::int64_t offset = 0;  ///< in bytes; rows that are never needed at once share memory
};

/// How one layer takes part.
struct LayerPlan {
  LayerShape shape;
  int src = 0;  ///< index of its input among Plan::places
  int dst = 0;  ///< the same index as src where the layer works in place
  std::optional<ops::Activation>
      epilogue;  ///< the activation of the next layer, computed together with this one
  bool epilogue_in_source = false;
  std::optional<ops::Activation> derivative;  ///< of the activation before this one, over whose values
                                              ///< backward_data writes the gradient times this
  bool derivative_in_next = false;
  bool backward_data = false;  ///< whether the backward pass goes on below this layer
  std::optional<int> scratch;  ///< row
};

/// A tensor between layers: row numbers of its value, its gradient and its tangent.
struct Place {
  int value = 0;
  std::optional<int> delta;
  std::optional<int> tangent;
};

/// Everything a program needs to know about memory, decided before any is asked for.
struct Plan {
  std::string network;
  Use use;
  std::vector<LayerPlan> layers;
  std::vector<Place> places;
  std::vector<PlanRow> rows;
  int input = 0, output = 0;                           ///< rows, f32
  std::optional<int> input_gradient, output_gradient;  ///< rows, f32
  std::optional<int> input_tangent, output_tangent;    ///< rows, f32
  std::int64_t bytes = 0;
  std::int64_t forward_bytes = 0;  ///< the first of them, which the forward pass needs and leaves; the other
                                   ///< passes alone use those behind
};

/// Throws Error(configuration), with the layer's name, for shapes that do not fit and for a use that a layer
/// forbids: a gradient penalty (tangent and training) needs piecewise linear layers without batch statistics,
/// and those with them have weight gradients in training only.
Plan make_plan(const NetSpec& spec, const Use& use);

}  // namespace ganymede::net
