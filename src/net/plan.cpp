#include "net/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/buffer.h"
#include "base/error.h"

namespace ganymede::net {

using base::DType;
using base::Shape;

namespace {

/// Builds a plan row by row.
class Planner {
 public:
  Planner(const NetSpec& spec, const Use& use) : spec_(spec), use_(use) {
    std::ranges::transform(spec.layers, std::back_inserter(facts_), facts_of);
    plan_.network = spec.name;
    plan_.use = use;
  }

  Plan build() {
    lay_out_places();
    fuse_activations();
    decide_backward();
    fuse_derivatives();
    declare_values();
    declare_scratch();
    plan_.forward_bytes = end_;
    if (use_.backward()) {
      declare_deltas();
    }
    if (use_.tangent) {
      declare_tangents();
    }
    plan_.bytes = end_;
    return std::move(plan_);
  }

 private:
  /// A layer works in place when nothing needs what it overwrites: a view always; an activation or dropout
  /// unless it stands on the network's input or on a smooth activation, whose derivative is taken from its
  /// output.
  void lay_out_places() {
    shapes_.push_back(spec_.input);
    bool smooth = false;
    for (LayerShape& shape : infer_shapes(spec_)) {
      const LayerFacts& layer = facts_[plan_.layers.size()];
      refuse_impossible_passes(layer, shape.name);
      const auto src = static_cast<int>(shapes_.size()) - 1;
      const bool in_place =
          layer.memory == Memory::view || (layer.memory == Memory::over_input && src > 0 && !smooth);
      if (!in_place) {
        shapes_.push_back(shape.output);
        names_.push_back(shape.name);
      }
      smooth = layer.response == Response::smooth || (smooth && in_place);
      plan_.layers.push_back({.shape = std::move(shape),
                              .src = src,
                              .dst = static_cast<int>(shapes_.size()) - 1,
                              .epilogue = {},
                              .derivative = {},
                              .scratch = {}});
    }
    plan_.places.resize(shapes_.size());
  }

  void refuse_impossible_passes(const LayerFacts& layer, const std::string& name) const {
    const bool batch = layer.response == Response::batch;
    if ((use_.penalty || (use_.tangent && use_.training)) && !layer.takes_penalty()) {
      refuse(name,
             batch ? "a layer that mixes samples in a network with a gradient penalty"
                   : "a smooth layer in a network with a gradient penalty",
             batch ? "layers that treat each sample by itself" : "piecewise linear activations",
             batch ? "Remove it, or use a loss without a penalty"
                   : "Use leaky_relu or relu, or a loss without a penalty");
    }
    if (use_.weight_gradients && !use_.training && batch) {
      refuse(name, "statistics of the batch that are trained in inference",
             "weight gradients in training only", "Train with the statistics of the batch");
    }
  }

  [[noreturn]] void refuse(const std::string& layer, const std::string& found, const std::string& expected,
                           const std::string& advice) const {
    throw base::Error(base::ErrorKind::configuration, {.where = fmt::format("{} layer {}", spec_.name, layer),
                                                       .found = found,
                                                       .expected = expected,
                                                       .advice = advice});
  }

  void fuse_activations() {
    for (std::size_t i = 0; i + 1 < spec_.layers.size(); ++i) {
      const auto* activation = std::get_if<Activation>(&spec_.layers[i + 1]);
      if (activation != nullptr && activation->fits_epilogue() && facts_[i].memory == Memory::product) {
        plan_.layers[i].epilogue = *activation;
        plan_.layers[i + 1].epilogue_in_source = true;
      }
    }
  }

  void decide_backward() {
    bool wanted = use_.input_gradient;
    for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
      const bool weights = use_.weight_gradients && has_parameters(i);
      plan_.layers[i].backward_data = wanted || (weights && facts_[i].weighs_in_data_pass);
      wanted = wanted || weights;
    }
  }

  /// In training the gradient of an activation's values takes their place, where the layer behind can write
  /// it so and nothing else that works in the same place looks at them afterwards.
  void fuse_derivatives() {
    if (!use_.training || !use_.weight_gradients || use_.tangent) {
      return;
    }
    for (std::size_t i = 2; i < spec_.layers.size(); ++i) {
      const auto* activation = std::get_if<Activation>(&spec_.layers[i - 1]);
      LayerPlan& below = plan_.layers[i - 1];
      const LayerPlan& source = plan_.layers[i - 2];
      if (activation != nullptr && activation->fits_epilogue() && below.src == below.dst &&
          source.src != source.dst && below.backward_data && writes_over_source(i)) {
        plan_.layers[i].derivative = *activation;
        below.derivative_in_next = true;
      }
    }
  }

  bool writes_over_source(std::size_t i) const {
    return std::visit(
        [&](const auto& layer) {
          if constexpr (requires { writes_over_src(layer, spec_.input, use_); }) {
            return writes_over_src(layer, plan_.layers[i].shape.input, use_);
          } else {
            return false;
          }
        },
        spec_.layers[i]);
  }

  bool has_parameters(std::size_t i) const {
    return !weights_of(spec_.layers[i], plan_.layers[i].shape.input, spec_.initializer).empty();
  }

  int add_row(const std::string& name, Role role, const Shape& shape, DType dtype) {
    plan_.rows.push_back({.name = name, .role = role, .shape = shape, .dtype = dtype, .offset = end_});
    end_ += static_cast<std::int64_t>(
        base::aligned_size(static_cast<std::size_t>(shape.elements()) * size_of(dtype)));
    return static_cast<int>(plan_.rows.size()) - 1;
  }

  Shape batched(std::size_t place) const { return shapes_[place].with_leading(use_.batch); }

  std::string place_name(std::size_t place) const { return place == 0 ? "input" : names_[place - 1]; }

  /// The network's edges are f32. A matrix product can end in f32 itself; elsewhere another row holds the f32
  /// copy.
  void declare_values() {
    const std::size_t last = shapes_.size() - 1;
    const bool product_end = last > 0 && facts_[producer_of(last)].memory == Memory::product;
    for (std::size_t place = 0; place <= last; ++place) {
      const DType dtype = place == last && product_end ? DType::f32 : use_.precision;
      plan_.places[place].value = add_row(place_name(place), Role::activation, batched(place), dtype);
    }
    plan_.input = edge(plan_.places.front().value, "f32 input", Role::activation);
    plan_.output = edge(plan_.places.back().value, "f32 output", Role::activation);
  }

  int edge(int row, const std::string& name, Role role) {
    const PlanRow& inside = plan_.rows[row];
    return inside.dtype == DType::f32 ? row : add_row(name, role, Shape(inside.shape), DType::f32);
  }

  std::size_t producer_of(std::size_t place) const {
    const auto found = std::find_if(plan_.layers.begin(), plan_.layers.end(), [&](const LayerPlan& layer) {
      return layer.dst == static_cast<int>(place) && layer.src != layer.dst;
    });
    return static_cast<std::size_t>(found - plan_.layers.begin());
  }

  /// A delta is needed only until the one below it is computed, so that two pieces of memory take turns; a
  /// penalty needs all of them in the end.
  void declare_deltas() {
    if (use_.penalty) {
      for (std::size_t place = 0; place < shapes_.size(); ++place) {
        plan_.places[place].delta = add_delta(place);
      }
    } else {
      declare_deltas_in_turns();
    }
    plan_.output_gradient = edge(*plan_.places.back().delta, "f32 output delta", Role::delta);
    if (use_.input_gradient) {
      plan_.input_gradient = edge(*plan_.places.front().delta, "f32 input delta", Role::delta);
    }
  }

  int add_delta(std::size_t place) {
    return add_row(place_name(place) + " delta", Role::delta, batched(place), use_.precision);
  }

  /// Whether a place's delta takes the place of its value.
  bool over_value(std::size_t place) const {
    return std::ranges::any_of(plan_.layers, [&](const LayerPlan& layer) {
      return layer.derivative && layer.src == static_cast<int>(place);
    });
  }

  void declare_deltas_in_turns() {
    const std::int64_t begin = end_;
    std::int64_t sizes[2] = {0, 0};
    for (std::size_t place = 0; place < shapes_.size(); ++place) {
      end_ = 0;
      plan_.places[place].delta = add_delta(place);
      if (!over_value(place)) {
        sizes[place % 2] = std::max(sizes[place % 2], end_);
      }
    }
    for (std::size_t place = 0; place < shapes_.size(); ++place) {
      plan_.rows[*plan_.places[place].delta].offset = over_value(place)
                                                          ? plan_.rows[plan_.places[place].value].offset
                                                          : begin + (place % 2 == 0 ? 0 : sizes[0]);
    }
    end_ = begin + sizes[0] + sizes[1];
  }

  void declare_tangents() {
    for (std::size_t place = 0; place < shapes_.size(); ++place) {
      plan_.places[place].tangent =
          add_row(place_name(place) + " tangent", Role::tangent, batched(place), use_.precision);
    }
    plan_.input_tangent = edge(*plan_.places.front().tangent, "f32 input tangent", Role::tangent);
    plan_.output_tangent = edge(*plan_.places.back().tangent, "f32 output tangent", Role::tangent);
  }

  void declare_scratch() {
    for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
      const LayerShape& shape = plan_.layers[i].shape;
      const std::size_t bytes = std::visit(
          [&](const auto& layer) {
            if constexpr (requires { scratch_bytes(layer, shape.input, use_); }) {
              return scratch_bytes(layer, shape.input, use_);
            } else {
              return std::size_t{0};
            }
          },
          spec_.layers[i]);
      if (bytes > 0) {
        const auto words = static_cast<std::int64_t>((bytes + sizeof(float) - 1) / sizeof(float));
        plan_.layers[i].scratch = add_row(shape.name + " scratch", Role::scratch, {words}, DType::f32);
      }
    }
  }

  const NetSpec& spec_;
  const Use& use_;
  std::vector<LayerFacts> facts_;
  Plan plan_;
  std::vector<Shape> shapes_;       // a place's, for a sample
  std::vector<std::string> names_;  // the layer that makes place i + 1
  std::int64_t end_ = 0;
};

}  // namespace

Plan make_plan(const NetSpec& spec, const Use& use) {
  return Planner(spec, use).build();
}

}  // namespace ganymede::net
