#include "ops/elementwise/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::bf16;
using base::DType;
using reference::exact;
using reference::Guarded;
using reference::Values;

constexpr double mean_error = 2;  // in roundings; 0.5 is reached
constexpr DType both_types[] = {DType::f32, DType::bf16};
const Activation leaky_relu{Function::leaky_relu, 0.2F};
const Activation relu{Function::relu, 0.0F};
const Activation tanh{Function::tanh, 0.0F};
const Activation sigmoid{Function::sigmoid, 0.0F};
const Activation leaky_hard_tanh{Function::leaky_hard_tanh, 0.01F};
const std::vector<Activation> activations = {leaky_relu, relu, tanh, sigmoid, leaky_hard_tanh};

/// Numbers of both signs and of every size from 2^-20 to 2^7, zero, and enough of them for several threads.
std::vector<float> arguments() {
  std::vector<float> values = reference::random_values(1, 40'000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::ldexp(values[i], static_cast<int>(i % 28) - 20);
  }
  values[7] = 0.0F;
  return values;
}

std::string name_of(const Activation& activation, DType type) {
  return "function " + std::to_string(static_cast<int>(activation.function)) +
         (type == DType::f32 ? " in f32" : " in bf16");
}

TEST(Activation, MatchesTheTrueFunction) {
  for (const Activation& activation : activations) {
    for (const DType type : both_types) {
      SCOPED_TRACE(name_of(activation, type));
      Guarded data(type, arguments());
      const Values expected = reference::activation(activation, exact(data.values()));
      dispatch(type, [&]<class T>(T) { activation_forward<T>(activation, data.as<T>()); });
      expect_within(data, reference::stored(expected, type), mean_error);
    }
  }
}

/// Numbers that the function takes.
std::vector<float> values_of(const Activation& activation) {
  std::vector<float> values = arguments();
  if (!activation.piecewise_linear()) {
    for (float& value : values) {
      value = std::tanh(value);
    }
  }
  return values;
}

/// diff times the derivative that belongs to the function's values dst.
Values times_derivative(const Activation& activation, const Guarded& diff, const Guarded& dst) {
  Values product = exact(diff.values());
  const Values y = exact(dst.values());
  for (std::size_t i = 0; i < product.size(); ++i) {
    product[i] = product[i] * reference::activation_derivative(activation, y[i], y[i]);
  }
  return product;
}

/// Calls `check(activation, type of dst, type of diff)` for all.
template <class Check>
void for_each_derivative(const Check& check) {
  for (const Activation& activation : activations) {
    for (const DType dst_type : both_types) {
      for (const DType diff_type : both_types) {
        SCOPED_TRACE(name_of(activation, dst_type) + " and " + name_of(activation, diff_type));
        check(activation, dst_type, diff_type);
      }
    }
  }
}

TEST(Activation, MultipliesByTheDerivativeTakenFromItsValue) {
  for_each_derivative([](const Activation& activation, DType dst_type, DType diff_type) {
    const Guarded dst(dst_type, values_of(activation));
    Guarded diff(diff_type, reference::random_values(2, std::ssize(dst.values())));
    const Values expected = times_derivative(activation, diff, dst);
    dispatch(dst_type, [&]<class D>(D) {
      dispatch(diff_type, [&]<class T>(T) {
        activation_derivative<D, T>(activation, {static_cast<const D*>(dst.data()), expected.size()},
                                    diff.as<T>());
      });
    });
    expect_within(diff, reference::stored(expected, diff_type), mean_error);
  });
}

TEST(Activation, WritesTheProductWithTheDerivativeOverItsValue) {
  for_each_derivative([](const Activation& activation, DType dst_type, DType diff_type) {
    Guarded dst(dst_type, values_of(activation));
    const Guarded diff(diff_type, reference::random_values(2, std::ssize(dst.values())));
    const Values expected = times_derivative(activation, diff, dst);
    dispatch(dst_type, [&]<class T>(T) {
      dispatch(diff_type, [&]<class S>(S) {
        activation_derivative_over<S, T>(activation, {static_cast<const S*>(diff.data()), expected.size()},
                                         dst.as<T>());
      });
    });
    expect_within(dst, reference::stored(expected, dst_type), mean_error);
  });
}

TEST(Activation, TakesTheSlopeAtZero) {
  for (const float zero : {0.0F, -0.0F}) {
    std::vector<float> diff = {3.0F};
    activation_derivative<float, float>(leaky_relu, std::vector<float>{zero}, diff);
    EXPECT_EQ(diff[0], 3.0F * 0.2F);
    diff = {3.0F};
    activation_derivative<float, float>(relu, std::vector<float>{zero}, diff);
    EXPECT_EQ(diff[0], 0.0F);
  }
}

TEST(Activation, SaturatesAtInfinity) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const float large : {1e4F, 1e30F, infinity}) {
    std::vector<float> data = {large, -large};
    activation_forward<float>(tanh, data);
    EXPECT_EQ(data, (std::vector<float>{1.0F, -1.0F}));
    data = {large, -large};
    activation_forward<float>(sigmoid, data);
    EXPECT_EQ(data, (std::vector<float>{1.0F, 0.0F}));
  }
}

TEST(Activation, LetsNaNThrough) {
  for (const Activation& activation : activations) {
    std::vector<float> data = {std::numeric_limits<float>::quiet_NaN()};
    activation_forward<float>(activation, data);
    EXPECT_TRUE(std::isnan(data[0])) << static_cast<int>(activation.function);
  }
}

TEST(Activation, KnowsWhichOnesArePiecewiseLinear) {
  EXPECT_TRUE(leaky_relu.piecewise_linear());
  EXPECT_TRUE(relu.piecewise_linear());
  EXPECT_FALSE(tanh.piecewise_linear());
  EXPECT_FALSE(sigmoid.piecewise_linear());
}

}  // namespace
}  // namespace ganymede::ops
