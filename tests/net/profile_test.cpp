#include "net/profile.h"

#include <gtest/gtest.h>

#include "net/program.h"

namespace ganymede::net {
namespace {

std::int64_t products_of(const LayerSpec& layer, const base::Shape& input) {
  const NetSpec spec{"net", input, Initializer::glorot_uniform, {layer}};
  return multiply_adds_of(layer, infer_shapes(spec).front());
}

TEST(MultiplyAdds, AreThoseOfTheMatrixProducts) {
  EXPECT_EQ(products_of(Dense{.units = 5}, {7}), 35);
  // 14 x 14 pixels, each with 64 sums over 3 x 3 x 2.
  EXPECT_EQ(products_of(Convolution{.channels = 64, .kernel = 3, .stride = 2, .padding = {}}, {28, 28, 2}),
            14 * 14 * 64 * 18);
  // Each of 7 x 7 x 3 inputs goes to 4 x 4 x 5 places.
  EXPECT_EQ(
      products_of(Convolution{.transposed = true, .channels = 5, .kernel = 4, .stride = 2, .padding = {}},
                  {7, 7, 3}),
      7 * 7 * 3 * 16 * 5);
  EXPECT_EQ(products_of(Flatten{}, {7, 7, 3}), 0);
}

TEST(PassTimes, HaveARowForEachPassThatALayerRan) {
  const NetSpec spec{"net", {3}, Initializer::glorot_uniform, {Dense{.units = 2}, Dense{.units = 1}}};
  Weights weights(spec);
  const ops::Device device;
  Program program(spec, {.batch = 4, .training = true, .weight_gradients = true}, weights, device);
  const auto step = [&] {
    program.forward({});
    program.backward();
  };
  step();
  EXPECT_TRUE(program.pass_times().empty());
  program.time_passes(true);
  step();
  step();
  const auto times = program.pass_times();
  ASSERT_EQ(times.size(), 5U);  // the lowest layer has no backward data
  EXPECT_EQ(times[0].layer, "dense_1");
  EXPECT_EQ(times[0].pass, Pass::forward);
  EXPECT_EQ(times[0].calls, 2);
  EXPECT_EQ(times[0].operations, 2.0 * 4 * 3 * 2);
  EXPECT_GT(times[0].seconds, 0.0);
}

}  // namespace
}  // namespace ganymede::net
