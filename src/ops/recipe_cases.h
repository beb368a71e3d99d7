#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"
#include "ops/convolution/convolution.h"
#include "ops/matmul.h"

/// The operations of the recipes `dense` and `conv` at their own sizes, for tests and `ganymede bench`. Other
/// recipes have no cases.
namespace ganymede::ops {

struct MatmulExample {
  std::string name;
  MatmulCase matmul;
};

struct ConvolutionExample {
  std::string name;
  ConvolutionCase convolution;
  Epilogue epilogue;
};

/// Elements that an operation goes over one by one, [rows, channels] of them.
struct ElementsExample {
  std::string name;
  std::int64_t rows;
  std::int64_t channels;
};

/// The three products of each dense layer: forward, backward data, backward weights.
std::vector<MatmulExample> recipe_matmuls(std::string_view recipe, std::int64_t batch, base::DType type);

/// Each convolution with its epilogue; the backward passes have the same case.
std::vector<ConvolutionExample> recipe_convolutions(std::string_view recipe, std::int64_t batch,
                                                    base::DType type);

/// The outputs that batch normalisation works on.
std::vector<ElementsExample> recipe_batch_norms(std::string_view recipe, std::int64_t batch);

/// The outputs that LeakyReLU works on, each size once.
std::vector<ElementsExample> recipe_activations(std::string_view recipe, std::int64_t batch);

/// Those of them that dropout works on.
std::vector<ElementsExample> recipe_dropouts(std::string_view recipe, std::int64_t batch);

/// How many parameters the generator and the discriminator have together.
std::int64_t recipe_parameters(std::string_view recipe);

}  // namespace ganymede::ops
