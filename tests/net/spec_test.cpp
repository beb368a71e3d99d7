#include "net/spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace ganymede::net {
namespace {

using base::Error;
using base::ErrorKind;
using base::Shape;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;

constexpr Padding valid{.same = false, .each_side = 0};

Shape shape_behind(const LayerSpec& layer, const Shape& input) {
  return output_shape(NetSpec{.name = "network", .input = input, .layers = {layer}});
}

TEST(Shapes, FollowTheLayers) {
  const NetSpec spec{
      .name = "generator",
      .input = {100},
      .layers = {JoinLabel{10}, Dense{98}, Activation{ops::Function::relu}, Reshape{{7, 7, 2}}, BatchNorm{},
                 Convolution{.transposed = true, .channels = 3, .kernel = 4, .stride = 2, .padding = {}},
                 Dropout{0.5F}, Convolution{.channels = 5, .kernel = 3, .padding = {}}, Flatten{}}};
  std::vector<std::string> outputs;
  for (const LayerShape& layer : infer_shapes(spec)) {
    outputs.push_back(layer.name + " " + layer.output.to_string());
  }
  EXPECT_THAT(outputs, ElementsAre("join_label_1 [110]", "dense_1 [98]", "relu_1 [98]", "reshape_1 [7, 7, 2]",
                                   "batch_norm_1 [7, 7, 2]", "conv_transpose_1 [14, 14, 3]",
                                   "dropout_1 [14, 14, 3]", "conv_1 [14, 14, 5]", "flatten_1 [980]"));
  EXPECT_EQ(output_shape(spec), Shape{980});
}

TEST(Shapes, CountTheLayersOfAKind) {
  const NetSpec spec{.name = "network",
                     .input = {4},
                     .layers = {Dense{3}, Activation{ops::Function::relu}, Dense{2},
                                Activation{ops::Function::tanh}, Activation{ops::Function::relu}}};
  std::vector<std::string> names;
  for (const LayerShape& layer : infer_shapes(spec)) {
    names.push_back(layer.name);
  }
  EXPECT_THAT(names, ElementsAre("dense_1", "relu_1", "dense_2", "tanh_1", "relu_2"));
}

TEST(Shapes, OfSamePaddingAreThoseOfKeras) {
  // Keras: ceil(in / stride), and upwards in * stride, whatever the kernel.
  for (std::int64_t size = 1; size <= 12; ++size) {
    for (std::int64_t kernel = 1; kernel <= 7; ++kernel) {
      for (std::int64_t stride = 1; stride <= 4; ++stride) {
        Convolution c{.channels = 2, .kernel = kernel, .stride = stride, .padding = {}};
        const auto down =
            static_cast<std::int64_t>(std::ceil(static_cast<double>(size) / static_cast<double>(stride)));
        EXPECT_EQ(shape_behind(c, {size, 5, 3}), (Shape{down, (4 + stride) / stride, 2}));
        c.transposed = true;
        EXPECT_EQ(shape_behind(c, {size, 5, 3}), (Shape{size * stride, 5 * stride, 2}));
      }
    }
  }
}

TEST(Shapes, OfPixelsOfPaddingAreThoseOfPyTorch) {
  const auto size = [](const Convolution& c, std::int64_t in) { return shape_behind(c, {in, in, 1})[0]; };
  EXPECT_EQ(size({.kernel = 3, .padding = valid}, 28), 26);
  EXPECT_EQ(size({.kernel = 4, .stride = 2, .padding = {false, 1}}, 28), 14);
  EXPECT_EQ(size({.kernel = 3, .stride = 2, .padding = valid}, 28), 13);
  EXPECT_EQ(size({.kernel = 3, .padding = {false, 1}}, 1), 1);
  EXPECT_EQ(size({.transposed = true, .kernel = 4, .padding = valid}, 1), 4);
  EXPECT_EQ(size({.transposed = true, .kernel = 4, .stride = 2, .padding = {false, 1}}, 7), 14);
  EXPECT_EQ(size({.transposed = true, .kernel = 3, .stride = 2, .padding = valid}, 7), 15);
}

struct Misfit {
  LayerSpec layer;
  Shape input;
  std::string name;
};

TEST(Shapes, ErrorsNameTheNetworkTheLayerAndWhatDoesNotFit) {
  const std::vector<Misfit> misfits = {
      {Dense{3}, {2, 2, 1}, "dense_1"},
      {Dense{0}, {4}, "dense_1"},
      {Convolution{}, {4}, "conv_1"},
      {Convolution{.transposed = true, .padding = {}}, {4, 4}, "conv_transpose_1"},
      {Convolution{.channels = 0, .padding = {}}, {4, 4, 1}, "conv_1"},
      {Convolution{.kernel = 0, .padding = {}}, {4, 4, 1}, "conv_1"},
      {Convolution{.stride = 0, .padding = {}}, {4, 4, 1}, "conv_1"},
      {Convolution{.kernel = 5000, .padding = {}}, {4, 4, 1}, "conv_1"},
      {Convolution{.kernel = 5, .padding = valid}, {4, 9, 1}, "conv_1"},
      {Convolution{.kernel = 3, .padding = {false, -1}}, {4, 4, 1}, "conv_1"},
      {Convolution{.kernel = 3, .padding = {false, 3}}, {4, 4, 1}, "conv_1"},
      {Convolution{.transposed = true, .kernel = 2, .padding = {false, 1}}, {1, 1, 1}, "conv_transpose_1"},
      {Reshape{{3, 3, 1}}, {10}, "reshape_1"},
      {Dropout{1.0F}, {4}, "dropout_1"},
      {Dropout{-0.1F}, {4}, "dropout_1"},
      {Dropout{std::nanf("")}, {4}, "dropout_1"},
      {Activation{ops::Function::leaky_relu, -0.2F}, {4}, "leaky_relu_1"},
      {Activation{ops::Function::leaky_relu, std::nanf("")}, {4}, "leaky_relu_1"},
      {JoinLabel{1}, {4}, "join_label_1"},
      {JoinLabel{1001}, {4}, "join_label_1"},
      {SelectLabel{3}, {4}, "select_label_1"},
      {SelectLabel{1}, {1}, "select_label_1"},
  };
  for (const Misfit& misfit : misfits) {
    // The second layer, so that its number is seen too.
    const NetSpec spec{.name = "discriminator",
                       .input = misfit.input,
                       .layers = {Activation{ops::Function::tanh}, misfit.layer}};
    EXPECT_THAT([&] { infer_shapes(spec); },
                Throws<Error>(
                    AllOf(Property(&Error::kind, ErrorKind::configuration),
                          Property(&Error::what, HasSubstr("discriminator layer 2, " + misfit.name + ": ")))))
        << misfit.name << " behind " << misfit.input.to_string();
  }
}

TEST(Shapes, ErrorsTellWhatWasFoundAndWhatToDo) {
  const NetSpec spec{.name = "discriminator", .input = {28, 28, 1}, .layers = {Dense{3}}};
  EXPECT_THAT([&] { infer_shapes(spec); },
              Throws<Error>(Property(
                  &Error::what,
                  testing::StartsWith("discriminator layer 1, dense_1: dense: found an input of shape "
                                      "[28, 28, 1], expected [features]. Put a flatten layer before it."))));
}

TEST(Shapes, JoinedLabelsWidenTheLastAxis) {
  EXPECT_EQ(shape_behind(JoinLabel{10}, {100}), Shape{110});
  EXPECT_EQ(shape_behind(JoinLabel{10}, {28, 28, 1}), (Shape{28, 28, 11}));
}

TEST(NetSpec, TellsTheClassesOfTheLabelsItJoins) {
  EXPECT_EQ(label_classes({.name = "network", .input = {4}, .layers = {Dense{3}}}), 0);
  EXPECT_EQ(label_classes({.name = "network", .input = {4}, .layers = {Dense{3}, JoinLabel{7}}}), 7);
  EXPECT_EQ(label_classes({.name = "network", .input = {4}, .layers = {Dense{3}, SelectLabel{3}}}), 3);
}

TEST(NetSpec, NamesEveryKindOnceAndItself) {
  std::vector<std::string_view> names;
  for (const auto& [name, layer] : layer_kinds()) {
    EXPECT_EQ(kind_name(layer), name);
    names.push_back(name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("dense", "conv", "conv_transpose", "batch_norm",
                                                   "leaky_relu", "relu", "tanh", "sigmoid", "leaky_hard_tanh",
                                                   "dropout", "reshape", "flatten", "join_label",
                                                   "select_label", "residual", "upsample", "avg_pool"));
}

}  // namespace
}  // namespace ganymede::net
