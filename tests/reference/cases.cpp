#include "cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "operations.h"

namespace ganymede::reference {

using base::Shape;
using net::Activation;
using net::AveragePool;
using net::BatchNorm;
using net::Convolution;
using net::Dense;
using net::Dropout;
using net::Flatten;
using net::JoinLabel;
using net::LayerSpec;
using net::Reshape;
using net::Residual;
using net::SelectLabel;
using net::Upsample;
using ops::Function;

namespace {

const Activation leaky_relu{Function::leaky_relu, 0.2F};
const Activation relu{Function::relu, 0.0F};
const Activation tanh{Function::tanh, 0.0F};
const Activation sigmoid{Function::sigmoid, 0.0F};
const Activation leaky_hard_tanh{Function::leaky_hard_tanh, 0.01F};

struct Image {
  std::int64_t height, width, channels;
};

struct Window {
  std::int64_t kernel, stride;
};

ops::ConvolutionCase same_convolution(const Image& src, std::int64_t channels, const Window& window) {
  const std::int64_t height = (src.height + window.stride - 1) / window.stride;
  const std::int64_t width = (src.width + window.stride - 1) / window.stride;
  const auto [top, bottom] = same_padding(src.height, height, window.kernel, window.stride);
  const auto [left, right] = same_padding(src.width, width, window.kernel, window.stride);
  return {.batch = 2,
          .src_height = src.height,
          .src_width = src.width,
          .src_channels = src.channels,
          .dst_height = height,
          .dst_width = width,
          .dst_channels = channels,
          .kernel = window.kernel,
          .stride = window.stride,
          .pad_top = top,
          .pad_left = left,
          .pad_bottom = bottom,
          .pad_right = right};
}

ops::ConvolutionCase padded_convolution(const Image& src, std::int64_t channels, const Window& window,
                                        std::int64_t pad) {
  return {.batch = 2,
          .src_height = src.height,
          .src_width = src.width,
          .src_channels = src.channels,
          .dst_height = (src.height + 2 * pad - window.kernel) / window.stride + 1,
          .dst_width = (src.width + 2 * pad - window.kernel) / window.stride + 1,
          .dst_channels = channels,
          .kernel = window.kernel,
          .stride = window.stride,
          .pad_top = pad,
          .pad_left = pad,
          .pad_bottom = pad,
          .pad_right = pad};
}

/// The transposed convolution that leads back through `c`, from and to other numbers of channels.
ops::ConvolutionCase transposed(ops::ConvolutionCase c, std::int64_t src_channels,
                                std::int64_t dst_channels) {
  std::swap(c.src_height, c.dst_height);
  std::swap(c.src_width, c.dst_width);
  c.src_channels = src_channels;
  c.dst_channels = dst_channels;
  c.transposed = true;
  return c;
}

std::string name_of(const ops::ConvolutionCase& c) {
  return fmt::format("{} {}x{}x{} -> {}x{}x{}, kernel {} stride {} padding {} {} {} {}",
                     c.transposed ? "conv_transpose" : "conv", c.src_height, c.src_width, c.src_channels,
                     c.dst_height, c.dst_width, c.dst_channels, c.kernel, c.stride, c.pad_top, c.pad_left,
                     c.pad_bottom, c.pad_right);
}

}  // namespace

std::vector<MatmulExample> matmul_cases() {
  struct Sizes {
    std::int64_t rows, inner, columns;
  };
  std::vector<MatmulExample> cases;
  const auto add = [&](const std::string& what, const ops::MatmulCase& c) {
    cases.push_back({fmt::format("{}x{}x{}{}", c.rows, c.inner, c.columns, what), c});
  };
  for (const auto& [rows, inner, columns] :
       {Sizes{1, 1, 1}, Sizes{3, 1, 17}, Sizes{1, 17, 3}, Sizes{17, 3, 1}, Sizes{17, 17, 17},
        Sizes{64, 100, 784}, Sizes{33, 784, 1}, Sizes{64, 256, 64}}) {
    const ops::MatmulCase plain{.rows = rows, .inner = inner, .columns = columns};
    add("", plain);
    ops::MatmulCase c = plain;
    c.transpose_weights = true;
    add(", weights transposed", c);
    c.epilogue = {.bias = true, .activation = leaky_relu};
    add(", weights transposed, bias and LeakyReLU", c);
    c = plain;
    c.transpose_src = true;
    add(", src transposed", c);
    c.accumulate = true;
    add(", src transposed, accumulated", c);
    c.transpose_weights = true;
    add(", both transposed, accumulated", c);
  }
  ops::MatmulCase c{.rows = 17, .inner = 64, .columns = 33, .transpose_weights = true};
  c.epilogue = {.bias = true, .activation = {}};
  add(", bias", c);
  for (const auto& [word, function] :
       {std::pair{"ReLU", relu}, std::pair{"tanh", tanh}, std::pair{"sigmoid", sigmoid}}) {
    c.epilogue = {.bias = false, .activation = function};
    add(fmt::format(", {}", word), c);
    c.epilogue.bias = true;
    add(fmt::format(", bias and {}", word), c);
  }
  for (const char* recipe : {"dense", "conv"}) {
    std::ranges::move(ops::recipe_matmuls(recipe, 2, base::DType::f32), std::back_inserter(cases));
  }
  return cases;
}

std::vector<ConvolutionExample> convolution_cases() {
  std::vector<ConvolutionExample> cases;
  const auto add = [&](const ops::ConvolutionCase& c, const ops::Epilogue& epilogue = {}) {
    cases.push_back({name_of(c), c, epilogue});
  };
  // Keras' padding: odd sums, which put one pixel more behind, in both axes and in one.
  add(same_convolution({8, 8, 1}, 1, {1, 1}));
  add(same_convolution({8, 8, 1}, 5, {3, 2}));
  add(same_convolution({7, 7, 3}, 17, {3, 2}), {.bias = true, .activation = leaky_relu});
  add(same_convolution({6, 6, 17}, 3, {4, 1}), {.bias = true, .activation = {}});
  add(same_convolution({5, 8, 3}, 4, {3, 2}));
  add(same_convolution({6, 9, 2}, 3, {4, 2}), {.bias = true, .activation = tanh});
  add(same_convolution({9, 9, 2}, 2, {5, 3}), {.bias = true, .activation = relu});
  add(same_convolution({14, 14, 16}, 1, {7, 1}), {.bias = true, .activation = sigmoid});
  add(same_convolution({6, 6, 2}, 3, {1, 2}));
  // PyTorch's padding, where pixels at the far edge may be left over.
  add(padded_convolution({6, 6, 3}, 4, {3, 2}, 0));
  add(padded_convolution({7, 10, 3}, 4, {4, 3}, 1), {.bias = true, .activation = leaky_relu});
  add(padded_convolution({4, 4, 16}, 1, {4, 1}, 0));
  add(padded_convolution({8, 8, 8}, 16, {4, 2}, 1), {.bias = true, .activation = {}});
  add(padded_convolution({5, 5, 2}, 3, {5, 1}, 2));
  // Channels enough, and sides and kernels that the stride divides: the gradient of the input goes by phases.
  add(same_convolution({8, 12, 20}, 24, {4, 2}));
  add(padded_convolution({10, 6, 17}, 19, {4, 2}, 1));
  add(same_convolution({12, 12, 16}, 16, {6, 3}));
  add(same_convolution({6, 6, 18}, 20, {2, 2}));
  // Upwards.
  add(transposed(same_convolution({8, 8, 1}, 1, {4, 2}), 3, 2));
  add(transposed(same_convolution({14, 14, 1}, 1, {4, 2}), 16, 16), {.bias = true, .activation = leaky_relu});
  add(transposed(same_convolution({6, 10, 1}, 1, {3, 2}), 5, 17), {.bias = true, .activation = tanh});
  add(transposed(same_convolution({6, 6, 1}, 1, {5, 3}), 2, 1), {.bias = true, .activation = sigmoid});
  add(transposed(same_convolution({6, 6, 1}, 1, {1, 2}), 2, 3));
  add(transposed(padded_convolution({4, 4, 1}, 1, {4, 1}, 0), 17, 8), {.bias = true, .activation = relu});
  add(transposed(padded_convolution({8, 8, 1}, 1, {4, 2}, 1), 8, 4));
  // One channel on a side and whole registers on the other.
  add(same_convolution({9, 13, 1}, 16, {1, 1}));
  add(same_convolution({9, 11, 1}, 48, {3, 1}), {.bias = true, .activation = leaky_relu});
  add(same_convolution({10, 7, 1}, 32, {2, 1}), {.bias = true, .activation = tanh});
  add(same_convolution({11, 9, 1}, 32, {3, 2}), {.bias = true, .activation = relu});
  add(same_convolution({7, 8, 1}, 16, {2, 3}), {.bias = true, .activation = {}});
  add(padded_convolution({28, 28, 1}, 32, {4, 2}, 1), {.bias = true, .activation = leaky_relu});
  add(padded_convolution({9, 12, 1}, 16, {4, 3}, 2));
  add(same_convolution({7, 9, 32}, 1, {3, 1}), {.bias = true, .activation = {}});
  add(same_convolution({5, 8, 16}, 1, {4, 1}), {.bias = true, .activation = sigmoid});
  add(padded_convolution({6, 7, 48}, 1, {2, 1}, 0), {.bias = false, .activation = leaky_relu});
  add(transposed(same_convolution({14, 12, 1}, 1, {4, 2}), 32, 1), {.bias = true, .activation = tanh});
  add(transposed(same_convolution({9, 7, 1}, 1, {3, 2}), 16, 1), {.bias = true, .activation = leaky_relu});
  add(transposed(padded_convolution({7, 9, 1}, 1, {3, 1}, 0), 16, 1));
  // Too many pixels to be taken at once where a convolution becomes a product of matrices.
  for (const auto& [from, to] : {std::pair{6, 8}, std::pair{8, 6}}) {
    ops::ConvolutionCase large = same_convolution({28, 28, from}, to, {7, 1});
    large.batch = 12;
    add(large, {.bias = true, .activation = tanh});
  }
  ops::ConvolutionCase strided = same_convolution({28, 28, 17}, 40, {4, 2});
  strided.batch = 24;
  add(strided);
  for (const ConvolutionExample& c : ops::recipe_convolutions("conv", 2, base::DType::f32)) {
    add(c.convolution, c.epilogue);
  }
  return cases;
}

namespace {

Convolution conv(std::int64_t channels, const Window& window, net::Padding padding = {}, bool bias = true) {
  return {.channels = channels,
          .kernel = window.kernel,
          .stride = window.stride,
          .padding = padding,
          .bias = bias};
}

Convolution conv_transpose(std::int64_t channels, const Window& window, net::Padding padding = {},
                           bool bias = true) {
  Convolution layer = conv(channels, window, padding, bias);
  layer.transposed = true;
  return layer;
}

constexpr net::Padding valid{.same = false, .each_side = 0};
constexpr net::Padding one_pixel{.same = false, .each_side = 1};

NetworkExample example(std::string name, const Shape& input, std::vector<LayerSpec> layers) {
  net::NetSpec spec{.name = "network", .input = input, .layers = std::move(layers)};
  // So that biases and their roundings take part.
  spec.initializer = net::Initializer::pytorch_default;
  return {.name = std::move(name), .net = std::move(spec)};
}

}  // namespace

std::vector<NetworkExample> layer_cases() {
  const BatchNorm batch_norm{.momentum = 0.8F, .epsilon = 1e-3F};
  std::vector<NetworkExample> cases = {
      example("dense", {5}, {Dense{3}}),
      example("dense of one", {1}, {Dense{1}}),
      example("dense without bias", {17}, {Dense{.units = 3, .bias = false}}),
      example("dense to one", {33}, {Dense{1}}),
      example("conv", {6, 6, 2}, {conv(3, {3, 1})}),
      example("conv down", {7, 7, 1}, {conv(4, {3, 2})}),
      example("conv over an oblong image", {5, 8, 2}, {conv(3, {3, 2})}),
      example("conv with an even kernel", {5, 5, 2}, {conv(3, {4, 1})}),
      example("conv without bias or padding", {6, 6, 2}, {conv(3, {3, 2}, valid, false)}),
      example("conv with a pixel of padding", {8, 8, 1}, {conv(2, {4, 2}, one_pixel)}),
      example("conv to one channel", {5, 5, 4}, {conv(1, {7, 1})}),
      example("conv_transpose", {3, 3, 2}, {conv_transpose(3, {4, 2})}),
      example("conv_transpose over an oblong image", {2, 4, 2}, {conv_transpose(3, {3, 2})}),
      example("conv_transpose from a point", {1, 1, 5}, {conv_transpose(3, {4, 1}, valid, false)}),
      example("conv_transpose with a pixel of padding", {3, 3, 2}, {conv_transpose(1, {4, 2}, one_pixel)}),
      example("conv_transpose with a small kernel", {3, 3, 2}, {conv_transpose(2, {1, 2})}),
      example("batch_norm of features", {7}, {batch_norm}),
      example("batch_norm of images", {3, 3, 5}, {batch_norm}),
      example("batch_norm of many channels", {70}, {batch_norm}),
      example("leaky_relu", {40}, {leaky_relu}),
      example("relu", {40}, {relu}),
      example("tanh", {40}, {tanh}),
      example("sigmoid", {40}, {sigmoid}),
      example("leaky_hard_tanh", {40}, {leaky_hard_tanh}),
      example("dropout", {4, 4, 3}, {Dropout{0.4F}}),
      example("upsample", {3, 2, 5}, {Upsample{.factor = 2}}),
      example("upsample by interpolation", {3, 4, 2},
              {Upsample{.factor = 2, .mode = Upsample::Mode::bilinear}}),
      example("upsample by interpolation threefold", {3, 1, 70},
              {Upsample{.factor = 3, .mode = Upsample::Mode::bilinear}}),
      example("avg_pool", {4, 6, 3}, {AveragePool{.factor = 2}}),
      example("reshape", {12}, {Reshape{{2, 3, 2}}}),
      example("flatten", {2, 3, 2}, {Flatten{}}),
      example("join_label to features", {5}, {JoinLabel{3}}),
      example("join_label to images", {3, 2, 2}, {JoinLabel{4}}),
      example("select_label", {4}, {SelectLabel{4}}),
      example("no layer", {5}, {}),
  };
  return cases;
}

std::vector<NetworkExample> network_cases() {
  const BatchNorm batch_norm{.momentum = 0.8F, .epsilon = 1e-3F};
  const Dropout dropout{0.3F};
  // A bias before batch normalisation has no gradient to compare but once, in the shortest of the networks.
  const auto unbiased = [](std::int64_t units) { return Dense{.units = units, .bias = false}; };
  return {
      example("generator of course", {6},
              {unbiased(8), batch_norm, relu, unbiased(12), batch_norm, relu, Dense{16}, sigmoid,
               Reshape{{4, 4, 1}}}),
      example("generator of dense", {6},
              {Dense{8}, leaky_relu, batch_norm, Dense{12}, leaky_relu, batch_norm, Dense{16}, tanh,
               Reshape{{4, 4, 1}}}),
      example("generator of dense-small", {6},
              {Dense{8}, leaky_relu, dropout, Dense{12}, leaky_relu, dropout, Dense{16}, tanh,
               Reshape{{4, 4, 1}}}),
      example("discriminator of dense-small", {4, 4, 1},
              {Flatten{}, Dense{8}, leaky_relu, dropout, Dense{6}, leaky_relu, dropout, Dense{1}}),
      example("generator of conditional", {6},
              {JoinLabel{3}, Dense{8}, leaky_relu, Dense{16}, tanh, Reshape{{4, 4, 1}}}),
      example("discriminator of conditional", {4, 4, 1},
              {Flatten{}, JoinLabel{3}, Dense{8}, leaky_relu, Dense{6}, leaky_relu, Dense{1}}),
      example("generator of conv", {5},
              {Dense{12}, leaky_relu, Reshape{{2, 2, 3}}, conv_transpose(4, {4, 2}), leaky_relu,
               conv_transpose(3, {4, 2}), leaky_relu, conv(1, {7, 1}), sigmoid}),
      example("discriminator of conv", {8, 8, 1},
              {conv(4, {3, 2}), leaky_relu, Dropout{0.4F}, conv(3, {3, 2}), leaky_relu, Dropout{0.4F},
               Flatten{}, Dense{1}}),
      example("generator of DCGAN", {1, 1, 5},
              {conv_transpose(4, {4, 1}, valid, false), batch_norm, relu,
               conv_transpose(2, {4, 2}, one_pixel), tanh}),
      example("label joined between convolutions", {4, 4, 1},
              {conv(2, {3, 1}), leaky_relu, JoinLabel{3}, conv(3, {3, 2}), tanh, Flatten{}, Dense{2}}),
      example("residual", {4, 5, 2}, {Residual{.hidden = 3}}),
      example("generator of r3gan", {5},
              {Dense{12}, Reshape{{2, 2, 3}}, Residual{.hidden = 2},
               Upsample{.factor = 2, .mode = Upsample::Mode::bilinear}, conv(2, {3, 1})}),
      example("discriminator of r3gan", {4, 4, 1},
              {conv(2, {3, 1}), Residual{.hidden = 3}, AveragePool{.factor = 2}, conv(3, {1, 1}),
               Residual{.hidden = 2, .kernel = 1}, leaky_relu, Flatten{}, Dense{1}}),
      example("dropout on the input", {12}, {dropout, Dense{4}}),
      example("dropout behind a smooth activation", {6}, {Dense{12}, tanh, dropout, Dense{2}}),
      example("dropout behind a reshaped smooth activation", {6},
              {Dense{12}, sigmoid, Reshape{{2, 3, 2}}, dropout, Flatten{}, Dense{2}}),
      example("dropout at the end", {6}, {Dense{8}, leaky_relu, dropout}),
      example("activation behind dropout", {6}, {Dense{12}, dropout, tanh, Dense{2}}),
      example("two smooth activations", {6}, {Dense{8}, tanh, sigmoid, Dense{2}}),
      example("a smooth and a piecewise linear activation", {6}, {Dense{8}, tanh, leaky_relu, Dense{2}}),
      example("two piecewise linear activations", {6}, {Dense{8}, leaky_relu, relu, Dense{2}}),
      example("activation of the input", {6}, {tanh, tanh, Dense{2}}),
      example("batch_norm of the input", {6}, {batch_norm, Dense{3}}),
      example("batch_norm and an activation at the end", {6}, {Dense{4}, batch_norm, sigmoid}),
      example("discriminator of conditional-conv", {4, 4, 1},
              {conv(3, {3, 2}), leaky_relu, Flatten{}, Dense{3}, SelectLabel{3}}),
      example("labels joined twice", {4}, {JoinLabel{3}, Dense{5}, tanh, JoinLabel{3}, Dense{2}}),
  };
}

namespace {

/// Dense layers, each with LeakyReLU and what `behind` puts behind that, down or up to `last` units.
std::vector<LayerSpec> dense_stack(std::initializer_list<std::int64_t> units,
                                   const std::vector<LayerSpec>& behind, std::int64_t last) {
  std::vector<LayerSpec> layers;
  for (const std::int64_t count : units) {
    layers.push_back(Dense{count});
    layers.push_back(leaky_relu);
    layers.insert(layers.end(), behind.begin(), behind.end());
  }
  layers.push_back(Dense{last});
  return layers;
}

std::vector<LayerSpec> generator(std::vector<LayerSpec> layers, const Activation& last) {
  layers.push_back(last);
  layers.push_back(Reshape{{28, 28, 1}});
  return layers;
}

std::vector<LayerSpec> before(const std::vector<LayerSpec>& first, std::vector<LayerSpec> layers) {
  layers.insert(layers.begin(), first.begin(), first.end());
  return layers;
}

NetworkExample recipe(std::string name, std::int64_t batch, const Shape& input,
                      std::vector<LayerSpec> layers) {
  NetworkExample result = example(std::move(name), input, std::move(layers));
  result.batch = batch;
  return result;
}

}  // namespace

std::vector<NetworkExample> recipe_cases() {
  const Shape image = {28, 28, 1};
  const BatchNorm batch_norm{.momentum = 0.8F, .epsilon = 1e-3F};
  std::vector<LayerSpec> course;
  for (const std::int64_t units : {128, 256, 512, 1024}) {
    course.insert(course.end(), {Dense{units}, BatchNorm{.momentum = 0.9F, .epsilon = 1e-5F}, relu});
  }
  course.push_back(Dense{784});
  const LayerSpec up = conv_transpose(128, {4, 2});
  const LayerSpec down = conv(64, {3, 2});
  return {
      recipe("generator of dense", 128, {100},
             generator(dense_stack({256, 512, 1024}, {batch_norm}, 784), tanh)),
      recipe("discriminator of dense", 128, image, before({Flatten{}}, dense_stack({512, 256}, {}, 1))),
      recipe("generator of dense-small", 64, {100},
             generator(dense_stack({32, 64, 128}, {Dropout{0.3F}}, 784), tanh)),
      recipe("discriminator of dense-small", 64, image,
             before({Flatten{}}, dense_stack({128, 64, 32}, {Dropout{0.3F}}, 1))),
      recipe("generator of course", 128, {64}, generator(course, sigmoid)),
      recipe("discriminator of course", 128, image, before({Flatten{}}, dense_stack({512, 256, 128}, {}, 1))),
      recipe("generator of conditional", 64, {100},
             generator(before({JoinLabel{10}}, dense_stack({256, 512, 1024}, {}, 784)), tanh)),
      recipe("discriminator of conditional", 64, image,
             before({Flatten{}, JoinLabel{10}}, dense_stack({512, 256}, {}, 1))),
      recipe("generator of conv", 256, {100},
             {Dense{6272}, leaky_relu, Reshape{{7, 7, 128}}, up, leaky_relu, up, leaky_relu, conv(1, {7, 1}),
              sigmoid}),
      recipe("discriminator of conv", 256, image,
             {down, leaky_relu, Dropout{0.4F}, down, leaky_relu, Dropout{0.4F}, Flatten{}, Dense{1}}),
  };
}

}  // namespace ganymede::reference
