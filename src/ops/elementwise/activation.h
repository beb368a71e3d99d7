#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/dtype.h"

namespace ganymede::ops {

enum class Function { leaky_relu, relu, tanh, sigmoid, leaky_hard_tanh };

/// An elementwise function; `slope` is that of LeakyReLU below zero, zero for ReLU, and that of the leaky
/// hard tanh outside of -1 to 1, where it is x inside: it reaches both ends, which tanh does not.
struct Activation {
  Function function = Function::relu;
  float slope = 0.0F;

  /// Whether a recipe gives it a slope.
  bool has_slope() const { return function == Function::leaky_relu || function == Function::leaky_hard_tanh; }
  /// Whether a matrix product can compute it for each element that it stores.
  bool fits_epilogue() const { return function != Function::leaky_hard_tanh; }
  /// Piecewise linear functions have no second derivative, as gradient penalties require.
  bool piecewise_linear() const { return function != Function::tanh && function != Function::sigmoid; }

  friend bool operator==(const Activation&, const Activation&) = default;
};

/// The operations on each element of a matrix product before it is stored.
struct Epilogue {
  bool bias = false;
  std::optional<Activation> activation;
};

/// data = f(data), for T float or bf16.
template <class T>
void activation_forward(const Activation& activation, std::span<T> data);

/// diff = f'(x) diff, the derivative taken from the function's value dst = f(x). The same product serves the
/// backward and the tangent pass. For D and T float or bf16.
template <class D, class T>
void activation_derivative(const Activation& activation, std::span<const D> dst, std::span<T> diff);

/// The same product written over the function's value: dst = f'(x) diff, where dst was f(x). For S and T
/// float or bf16.
template <class S, class T>
void activation_derivative_over(const Activation& activation, std::span<const S> diff, std::span<T> dst);

}  // namespace ganymede::ops
