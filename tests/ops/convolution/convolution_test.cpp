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

std::int64_t src_size(const ConvolutionCase& c) {
  return c.batch * c.src_height * c.src_width * c.src_channels;
}
std::int64_t dst_size(const ConvolutionCase& c) {
  return c.batch * c.dst_height * c.dst_width * c.dst_channels;
}
std::int64_t weights_size(const ConvolutionCase& c) {
  return c.dst_channels * c.kernel * c.kernel * c.src_channels;
}

/// Calls `check` with every case in every type that there are kernels for.
template <class Check>
void for_each_case(const Check& check) {
  std::vector<DType> types = {DType::f32};
  if (capabilities().bf16) {
    types.push_back(DType::bf16);
  }
  for (const auto& [name, convolution, epilogue] : reference::convolution_cases()) {
    for (const DType type : types) {
      SCOPED_TRACE(name + (type == DType::f32 ? " in f32" : " in bf16"));
      ConvolutionCase c = convolution;
      c.type = type;
      c.dst = type;
      check(c, epilogue);
    }
  }
}

void check_forward(const Device& device, const ConvolutionCase& c, const Epilogue& epilogue) {
  const Guarded src(c.type, random_values(1, src_size(c)));
  const Guarded weights(c.type, random_values(2, weights_size(c)));
  const std::vector<float> bias = random_values(3, epilogue.bias ? c.dst_channels : 0);
  Guarded dst(c.dst, static_cast<std::size_t>(dst_size(c)));
  ConvolutionForward(device, c, epilogue)
      .run(src.data(), weights.data(), epilogue.bias ? bias.data() : nullptr, dst.data());
  const auto expected =
      reference::convolution(c, epilogue, exact(src.values()), exact(weights.values()), exact(bias));
  expect_within(dst, reference::stored(expected, c.dst));
}

TEST(Convolution, MatchesTheNaiveSumForEveryCase) {
  const Device device;
  for_each_case(
      [&](const ConvolutionCase& c, const Epilogue& epilogue) { check_forward(device, c, epilogue); });
}

TEST(Convolution, StoresAnF32ResultOfBf16Operands) {
  const Device device;
  for_each_case([&](ConvolutionCase c, const Epilogue& epilogue) {
    if (c.type == DType::bf16 && c.src_channels < 64) {
      c.dst = DType::f32;
      check_forward(device, c, epilogue);
    }
  });
}

TEST(Convolution, GradientOfItsInputMatchesTheNaiveSumForEveryCase) {
  const Device device;
  for_each_case([&](const ConvolutionCase& c, const Epilogue&) {
    const Guarded diff_dst(c.type, random_values(4, dst_size(c)));
    const Guarded weights(c.type, random_values(5, weights_size(c)));
    Guarded diff_src(c.type, static_cast<std::size_t>(src_size(c)));
    ConvolutionBackwardData(device, c).run(diff_dst.data(), weights.data(), diff_src.data());
    const auto expected =
        reference::convolution_backward_data(c, exact(diff_dst.values()), exact(weights.values()));
    expect_within(diff_src, reference::stored(expected, c.type));
  });
}

TEST(Convolution, GradientOfItsWeightsMatchesTheNaiveSumInF32ForEveryCase) {
  const Device device;
  for_each_case([&](const ConvolutionCase& c, const Epilogue&) {
    const Guarded src(c.type, random_values(6, src_size(c)));
    const Guarded diff_dst(c.type, random_values(7, dst_size(c)));
    Guarded diff_weights(DType::f32, static_cast<std::size_t>(weights_size(c)));
    ConvolutionBackwardWeights(device, c).run(src.data(), diff_dst.data(), diff_weights.as<float>().data());
    expect_within(diff_weights,
                  reference::convolution_backward_weights(c, exact(src.values()), exact(diff_dst.values())));
  });
}

}  // namespace
}  // namespace ganymede::ops
