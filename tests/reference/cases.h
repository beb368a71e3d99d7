#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/spec.h"
#include "ops/recipe_cases.h"

/// What is tested: small cases that reach every corner, and those of the recipes, which are timed too.
namespace ganymede::reference {

using ops::ConvolutionExample;
using ops::MatmulExample;

/// In f32; every combination of types follows from it.
std::vector<MatmulExample> matmul_cases();

std::vector<ConvolutionExample> convolution_cases();

/// A network of one layer, or of a few that meet in an interesting way.
struct NetworkExample {
  std::string name;
  net::NetSpec net;
  std::int64_t batch = 8;
  bool training = true;
};
/// Every kind of layer alone.
std::vector<NetworkExample> layer_cases();
/// The five recipes' networks, made small, and pairs of layers that share memory or are computed together.
std::vector<NetworkExample> network_cases();
/// The networks of the five recipes at their own sizes and batches.
std::vector<NetworkExample> recipe_cases();

}  // namespace ganymede::reference
