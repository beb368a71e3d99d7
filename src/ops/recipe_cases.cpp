#include "ops/recipe_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ganymede::ops {

namespace {

const Activation leaky_relu{Function::leaky_relu, 0.2F};
const Activation tanh{Function::tanh, 0.0F};
const Activation sigmoid{Function::sigmoid, 0.0F};

struct DenseLayer {
  std::int64_t features, units;
  std::optional<Activation> activation;
};

std::vector<DenseLayer> dense_layers(std::string_view recipe) {
  if (recipe == "dense") {
    return {{100, 256, leaky_relu},
            {256, 512, leaky_relu},
            {512, 1024, leaky_relu},
            {1024, 784, tanh},
            {784, 512, leaky_relu},
            {512, 256, leaky_relu},
            {256, 1, {}}};
  }
  if (recipe == "conv") {
    return {{100, 6272, leaky_relu}, {3136, 1, {}}};
  }
  return {};
}

/// Square images and kernels with Keras' "same" padding.
struct ConvolutionLayer {
  std::int64_t src_side, src_channels, dst_side, dst_channels, kernel, stride, pad_before, pad_behind;
  bool transposed;
  bool discriminator;
  Activation activation;
};

std::vector<ConvolutionLayer> convolution_layers(std::string_view recipe) {
  if (recipe != "conv") {
    return {};
  }
  return {{7, 128, 14, 128, 4, 2, 1, 1, true, false, leaky_relu},
          {14, 128, 28, 128, 4, 2, 1, 1, true, false, leaky_relu},
          {28, 128, 28, 1, 7, 1, 3, 3, false, false, sigmoid},
          {28, 1, 14, 64, 3, 2, 0, 1, false, true, leaky_relu},
          {14, 64, 7, 64, 3, 2, 0, 1, false, true, leaky_relu}};
}

ConvolutionCase case_of(const ConvolutionLayer& layer, std::int64_t batch, base::DType type) {
  return {.batch = batch,
          .src_height = layer.src_side,
          .src_width = layer.src_side,
          .src_channels = layer.src_channels,
          .dst_height = layer.dst_side,
          .dst_width = layer.dst_side,
          .dst_channels = layer.dst_channels,
          .kernel = layer.kernel,
          .stride = layer.stride,
          .pad_top = layer.pad_before,
          .pad_left = layer.pad_before,
          .pad_bottom = layer.pad_behind,
          .pad_right = layer.pad_behind,
          .transposed = layer.transposed,
          .type = type,
          .dst = type};
}

ElementsExample output_of(const ConvolutionLayer& layer, std::int64_t batch) {
  return {fmt::format("{0}x{0}x{1}", layer.dst_side, layer.dst_channels),
          batch * layer.dst_side * layer.dst_side, layer.dst_channels};
}

}  // namespace

std::vector<MatmulExample> recipe_matmuls(std::string_view recipe, std::int64_t batch, base::DType type) {
  std::vector<MatmulExample> cases;
  for (const auto& [features, units, activation] : dense_layers(recipe)) {
    const std::string name = fmt::format("matmul {} -> {}", features, units);
    cases.push_back({name + ", forward",
                     {.rows = batch,
                      .inner = features,
                      .columns = units,
                      .transpose_weights = true,
                      .src = type,
                      .weights = type,
                      .dst = type,
                      .epilogue = {.bias = true, .activation = activation}}});
    cases.push_back(
        {name + ", backward data",
         {.rows = batch, .inner = units, .columns = features, .src = type, .weights = type, .dst = type}});
    cases.push_back({name + ", backward weights",
                     {.rows = units,
                      .inner = batch,
                      .columns = features,
                      .transpose_src = true,
                      .src = type,
                      .weights = type}});
  }
  return cases;
}

std::vector<ConvolutionExample> recipe_convolutions(std::string_view recipe, std::int64_t batch,
                                                    base::DType type) {
  std::vector<ConvolutionExample> cases;
  for (const ConvolutionLayer& layer : convolution_layers(recipe)) {
    cases.push_back(
        {fmt::format("{} {}x{}x{} -> {}x{}x{}", layer.transposed ? "conv_transpose" : "conv", layer.src_side,
                     layer.src_side, layer.src_channels, layer.dst_side, layer.dst_side, layer.dst_channels),
         case_of(layer, batch, type),
         {.bias = true, .activation = layer.activation}});
  }
  return cases;
}

std::vector<ElementsExample> recipe_batch_norms(std::string_view recipe, std::int64_t batch) {
  std::vector<ElementsExample> cases;
  if (recipe == "dense") {
    for (const std::int64_t units : {256, 512, 1024}) {
      cases.push_back({fmt::format("batch_norm {}", units), batch, units});
    }
  }
  return cases;
}

std::vector<ElementsExample> recipe_activations(std::string_view recipe, std::int64_t batch) {
  std::vector<ElementsExample> cases;
  const auto add = [&](const ElementsExample& example) {
    if (std::ranges::find(cases, example.name, &ElementsExample::name) == cases.end()) {
      cases.push_back(example);
    }
  };
  for (const ConvolutionLayer& layer : convolution_layers(recipe)) {
    if (layer.activation == leaky_relu) {
      add(output_of(layer, batch));
    }
  }
  for (const DenseLayer& layer : dense_layers(recipe)) {
    if (layer.activation == leaky_relu) {
      add({fmt::format("{}", layer.units), batch, layer.units});
    }
  }
  return cases;
}

std::vector<ElementsExample> recipe_dropouts(std::string_view recipe, std::int64_t batch) {
  std::vector<ElementsExample> cases;
  for (const ConvolutionLayer& layer : convolution_layers(recipe)) {
    if (layer.discriminator) {
      cases.push_back(output_of(layer, batch));
    }
  }
  return cases;
}

std::int64_t recipe_parameters(std::string_view recipe) {
  std::int64_t count = 0;
  for (const DenseLayer& layer : dense_layers(recipe)) {
    count += (layer.features + 1) * layer.units;
  }
  for (const ConvolutionLayer& layer : convolution_layers(recipe)) {
    count += (layer.kernel * layer.kernel * layer.src_channels + 1) * layer.dst_channels;
  }
  for (const ElementsExample& batch_norm : recipe_batch_norms(recipe, 1)) {
    count += 2 * batch_norm.channels;
  }
  return count;
}

}  // namespace ganymede::ops
