#include "net/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>

#include "base/error.h"

namespace ganymede::net {

using base::Shape;

namespace {

bool same_kind(const LayerSpec& a, const LayerSpec& b) {
  if (a.index() != b.index()) {
    return false;
  }
  if (const auto* convolution = std::get_if<Convolution>(&a)) {
    return convolution->transposed == std::get<Convolution>(b).transposed;
  }
  if (const auto* activation = std::get_if<Activation>(&a)) {
    return activation->function == std::get<Activation>(b).function;
  }
  return true;
}

}  // namespace

const std::vector<std::pair<std::string_view, LayerSpec>>& layer_kinds() {
  static const std::vector<std::pair<std::string_view, LayerSpec>> kinds = {
      {"dense", Dense{}},
      {"conv", Convolution{}},
      {"conv_transpose", Convolution{.transposed = true, .padding = {}}},
      {"residual", Residual{}},
      {"upsample", Upsample{}},
      {"avg_pool", AveragePool{}},
      {"batch_norm", BatchNorm{}},
      {"leaky_relu", Activation{ops::Function::leaky_relu, 0.2F}},
      {"relu", Activation{ops::Function::relu, 0.0F}},
      {"tanh", Activation{ops::Function::tanh, 0.0F}},
      {"sigmoid", Activation{ops::Function::sigmoid, 0.0F}},
      {"dropout", Dropout{}},
      {"reshape", Reshape{}},
      {"flatten", Flatten{}},
      {"join_label", JoinLabel{}},
      {"select_label", SelectLabel{}},
  };
  return kinds;
}

std::string_view kind_name(const LayerSpec& layer) {
  const auto& kinds = layer_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const auto& kind) { return same_kind(kind.second, layer); });
  assert(found != kinds.end());
  return found->first;
}

std::vector<LayerShape> infer_shapes(const NetSpec& spec) {
  std::vector<LayerShape> shapes;
  std::map<std::string_view, int> counts;
  Shape shape = spec.input;
  for (const LayerSpec& layer : spec.layers) {
    const std::string_view kind = kind_name(layer);
    std::string name = fmt::format("{}_{}", kind, ++counts[kind]);
    try {
      const Shape output =
          std::visit([&](const auto& description) { return output_shape(description, shape); }, layer);
      shapes.push_back({std::move(name), shape, output});
      shape = output;
    } catch (const base::Error& error) {
      throw base::Error(error.kind(),
                        {.where = fmt::format("{} layer {}, {}: {}", spec.name, shapes.size() + 1, name,
                                              std::string_view(error.what()))});
    }
  }
  return shapes;
}

Shape output_shape(const NetSpec& spec) {
  const auto shapes = infer_shapes(spec);
  return shapes.empty() ? spec.input : shapes.back().output;
}

std::int64_t label_classes(const NetSpec& spec) {
  for (const LayerSpec& layer : spec.layers) {
    if (const auto* join = std::get_if<JoinLabel>(&layer)) {
      return join->classes;
    }
    if (const auto* select = std::get_if<SelectLabel>(&layer)) {
      return select->classes;
    }
  }
  return 0;
}

}  // namespace ganymede::net
