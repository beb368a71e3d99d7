#include "net/initializer.h"

#include <cmath>

namespace ganymede::net {

namespace {

float inverse_root(std::int64_t fan) {
  return static_cast<float>(1.0 / std::sqrt(static_cast<double>(fan)));
}

}  // namespace

Fill weight_fill(Initializer initializer, const Fans& fans) {
  switch (initializer) {
    case Initializer::normal_002:
      return {Fill::Kind::normal, 0.02F};
    case Initializer::he_normal:
      return {Fill::Kind::normal, static_cast<float>(std::sqrt(2.0 / static_cast<double>(fans.in)))};
    case Initializer::pytorch_default:
      return {Fill::Kind::uniform, inverse_root(fans.in)};
    case Initializer::glorot_uniform:
      break;
  }
  return {Fill::Kind::uniform, static_cast<float>(std::sqrt(6.0 / static_cast<double>(fans.in + fans.out)))};
}

Fill bias_fill(Initializer initializer, const Fans& fans) {
  if (initializer == Initializer::pytorch_default) {
    return {Fill::Kind::uniform, inverse_root(fans.in)};
  }
  return {};
}

}  // namespace ganymede::net
