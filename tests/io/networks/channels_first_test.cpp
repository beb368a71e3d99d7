#include "io/networks/channels_first.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "io/answered.h"

namespace ganymede::io {
namespace {

using testing::ElementsAre;

const net::NetSpec generator{
    .name = "generator",
    .input = {2},
    .layers = {net::Dense{8}, net::BatchNorm{}, net::Reshape{{2, 2, 2}},
               net::Convolution{.transposed = true, .channels = 3, .kernel = 2, .stride = 2, .padding = {}}}};

TEST(ChannelsFirst, HasTheNamesAndShapesOfPyTorch) {
  std::vector<std::string> tensors;
  for (const ChannelsFirstTensor& tensor : channels_first_layout(generator)) {
    tensors.push_back(tensor.name + " " + tensor.shape.to_string());
  }
  EXPECT_THAT(tensors, ElementsAre("dense_1.weight [8, 2]", "dense_1.bias [8]", "batch_norm_1.weight [8]",
                                   "batch_norm_1.bias [8]", "batch_norm_1.running_mean [8]",
                                   "batch_norm_1.running_var [8]", "conv_transpose_1.weight [2, 3, 2, 2]",
                                   "conv_transpose_1.bias [3]"));
}

TEST(ChannelsFirst, ResidualBlocksAreModulesWithTwoConvolutions) {
  const net::NetSpec spec{
      .name = "discriminator", .input = {4, 4, 2}, .layers = {net::Residual{.hidden = 3}}};
  std::vector<std::string> tensors;
  for (const ChannelsFirstTensor& tensor : channels_first_layout(spec)) {
    tensors.push_back(tensor.name + " " + tensor.shape.to_string());
  }
  EXPECT_THAT(tensors, ElementsAre("residual_1.first.weight [3, 2, 3, 3]", "residual_1.first.bias [3]",
                                   "residual_1.second.weight [2, 3, 3, 3]", "residual_1.second.bias [2]"));
}

TEST(ChannelsFirst, ReordersTheUnitsBeforeAnImage) {
  const auto layout = channels_first_layout(generator);
  // Pixel p of channel c is unit 2 p + c here and unit 4 c + p there.
  EXPECT_THAT(layout[1].source, ElementsAre(0, 2, 4, 6, 1, 3, 5, 7));
  EXPECT_EQ(layout[2].source, layout[1].source);
  EXPECT_THAT(std::vector(layout[0].source.begin(), layout[0].source.begin() + 6),
              ElementsAre(0, 1, 4, 5, 8, 9));
}

TEST(ChannelsFirst, ReordersTheFeaturesBehindAnImageButNotTheLabel) {
  const net::NetSpec discriminator{.name = "discriminator",
                                   .input = {1, 2, 2},
                                   .layers = {net::Flatten{}, net::JoinLabel{3}, net::Dense{1}}};
  EXPECT_THAT(channels_first_layout(discriminator)[0].source, ElementsAre(0, 2, 1, 3, 4, 5, 6));
}

TEST(ChannelsFirst, GoesBothWays) {
  for (const ChannelsFirstTensor& tensor : channels_first_layout(generator)) {
    std::vector<float> row(static_cast<std::size_t>(tensor.shape.elements()));
    std::iota(row.begin(), row.end(), 0.0F);
    std::vector<float> again(row.size(), -1.0F);
    from_channels_first(tensor, to_channels_first(tensor, row), again);
    EXPECT_EQ(again, row) << tensor.name;
  }
}

}  // namespace
}  // namespace ganymede::io
