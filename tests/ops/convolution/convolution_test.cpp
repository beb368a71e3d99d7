#include "ops/convolution/convolution.h"

#include <gtest/gtest.h>

#include "reference/cases.h"
#include "reference/expect.h"
#include "reference/operations.h"
#include "reference/values.h"

namespace ganymede::ops {
namespace {

using base::DType;
using reference::exact;
using reference::Guarded;
using reference::random_values;

constexpr double mean_error = 40;  // in roundings of long sums; 11.6 is reached

std::int64_t src_size(const ConvolutionCase& c) {
  return c.batch * c.src_height * c.src_width * c.src_channels;
}
std::int64_t dst_size(const ConvolutionCase& c) {
  return c.batch * c.dst_height * c.dst_width * c.dst_channels;
}
std::int64_t weights_size(const ConvolutionCase& c) {
  return c.dst_channels * c.kernel * c.kernel * c.src_channels;
}

class Convolution : public testing::TestWithParam<DType> {
 protected:
  void SetUp() override {
    if (GetParam() == DType::bf16 && !capabilities().bf16) {
      GTEST_SKIP() << "no kernels for bf16 here";
    }
  }

  /// Calls `check` with every case in the type.
  template <class Check>
  void for_each_case(const Check& check) {
    for (const auto& [name, convolution, epilogue] : reference::convolution_cases()) {
      SCOPED_TRACE(name);
      ConvolutionCase c = convolution;
      c.type = GetParam();
      c.dst = GetParam();
      check(c, epilogue);
    }
  }

  Device device_;
};

INSTANTIATE_TEST_SUITE_P(F32, Convolution, testing::Values(DType::f32));
INSTANTIATE_TEST_SUITE_P(Bf16, Convolution, testing::Values(DType::bf16));

class ConvolutionOfBf16 : public Convolution {};

INSTANTIATE_TEST_SUITE_P(Bf16, ConvolutionOfBf16, testing::Values(DType::bf16));

void check_forward(const Device& device, const ConvolutionCase& c, const Epilogue& epilogue) {
  const Guarded src(c.type, random_values(1, src_size(c)));
  const Guarded weights(c.type, random_values(2, weights_size(c)));
  const std::vector<float> bias = random_values(3, epilogue.bias ? c.dst_channels : 0);
  Guarded dst(c.dst, static_cast<std::size_t>(dst_size(c)));
  ConvolutionForward(device, c, epilogue)
      .run(src.data(), weights.data(), epilogue.bias ? bias.data() : nullptr, dst.data());
  const auto expected =
      reference::convolution(c, epilogue, exact(src.values()), exact(weights.values()), exact(bias));
  expect_within(dst, reference::stored(expected, c.dst), mean_error);
}

TEST_P(Convolution, MatchesTheNaiveSumForEveryCase) {
  for_each_case(
      [&](const ConvolutionCase& c, const Epilogue& epilogue) { check_forward(device_, c, epilogue); });
}

TEST_P(ConvolutionOfBf16, StoresAnF32Result) {
  for_each_case([&](ConvolutionCase c, const Epilogue& epilogue) {
    if (c.src_channels < 64) {
      c.dst = DType::f32;
      check_forward(device_, c, epilogue);
    }
  });
}

TEST_P(Convolution, GradientOfItsInputMatchesTheNaiveSumForEveryCase) {
  for_each_case([&](const ConvolutionCase& c, const Epilogue&) {
    const Guarded diff_dst(c.type, random_values(4, dst_size(c)));
    const Guarded weights(c.type, random_values(5, weights_size(c)));
    Guarded diff_src(c.type, static_cast<std::size_t>(src_size(c)));
    ConvolutionBackwardData(device_, c).run(diff_dst.data(), weights.data(), diff_src.data());
    const auto expected =
        reference::convolution_backward_data(c, exact(diff_dst.values()), exact(weights.values()));
    expect_within(diff_src, reference::stored(expected, c.type), mean_error);
  });
}

TEST_P(Convolution, WritesTheGradientThroughAnActivationOverItsValues) {
  int written = 0;
  for_each_case([&](const ConvolutionCase& c, const Epilogue&) {
    if (!writes_over_src(c)) {
      return;
    }
    for (const Activation& activation :
         {Activation{Function::leaky_relu, 0.2F}, Activation{Function::tanh, 0.0F}}) {
      const Guarded diff_dst(c.type, random_values(8, dst_size(c)));
      const Guarded weights(c.type, random_values(9, weights_size(c)));
      Guarded src(c.type, random_values(10, src_size(c)));
      const reference::Values y = exact(src.values());
      ConvolutionBackwardData(device_, c, activation).run(diff_dst.data(), weights.data(), src.data());
      auto expected = reference::stored(
          reference::convolution_backward_data(c, exact(diff_dst.values()), exact(weights.values())), c.type);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] = expected[i] * reference::activation_derivative(activation, y[i], y[i]);
      }
      expect_within(src, reference::stored(expected, c.type), mean_error);
      ++written;
    }
  });
  EXPECT_GT(written, 0);
}

TEST_P(Convolution, GradientOfItsWeightsMatchesTheNaiveSumInF32ForEveryCase) {
  for_each_case([&](const ConvolutionCase& c, const Epilogue&) {
    const Guarded src(c.type, random_values(6, src_size(c)));
    const Guarded diff_dst(c.type, random_values(7, dst_size(c)));
    Guarded diff_weights(DType::f32, static_cast<std::size_t>(weights_size(c)));
    ConvolutionBackwardWeights(device_, c).run(src.data(), diff_dst.data(), diff_weights.as<float>().data());
    expect_within(diff_weights,
                  reference::convolution_backward_weights(c, exact(src.values()), exact(diff_dst.values())),
                  mean_error);
  });
}

}  // namespace
}  // namespace ganymede::ops
