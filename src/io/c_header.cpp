#include "io/c_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

namespace ganymede::io {

namespace {

/// A function that layers call, as C99 that is also C++.
enum class Kernel { dense, conv, conv_transpose, scale_shift, leaky_relu, tanh, sigmoid, one_hot };

constexpr std::string_view convolution_type = R"(
#ifndef GANYMEDE_CONVOLUTION
#define GANYMEDE_CONVOLUTION
typedef struct {
  int height, width, channels;              // of src
  int out_height, out_width, out_channels;  // of dst
  int kernel, stride, pad_top, pad_left;
} ganymede_convolution;
#endif
)";

std::string_view definition(Kernel kernel) {
  switch (kernel) {
    case Kernel::dense:
      return R"(
#ifndef GANYMEDE_DENSE
#define GANYMEDE_DENSE
// dst [units] = weight [units, features] src [features] + bias [units]
static inline void ganymede_dense(const float *src, const float *weight, const float *bias, int features, int units,
                                  float *dst) {
  for (int unit = 0; unit < units; ++unit) {
    float sum = bias ? bias[unit] : 0.0f;
    for (int n = 0; n < features; ++n) {
      sum += weight[unit * features + n] * src[n];
    }
    dst[unit] = sum;
  }
}
#endif
)";
    case Kernel::conv:
      return R"(
#ifndef GANYMEDE_CONV
#define GANYMEDE_CONV
// weight [out_channels, kernel, kernel, channels]; src and dst [height, width, channels]
static inline void ganymede_conv(const float *src, const float *weight, const float *bias,
                                 const ganymede_convolution *c, float *dst) {
  for (int n = 0; n < c->out_height * c->out_width * c->out_channels; ++n) {
    const int out = n % c->out_channels;
    const int left = n / c->out_channels % c->out_width * c->stride - c->pad_left;
    const int top = n / c->out_channels / c->out_width * c->stride - c->pad_top;
    float sum = bias ? bias[out] : 0.0f;
    for (int y = 0; y < c->kernel; ++y) {
      for (int x = 0; x < c->kernel; ++x) {
        if (top + y >= 0 && top + y < c->height && left + x >= 0 && left + x < c->width) {
          const float *pixel = src + ((top + y) * c->width + left + x) * c->channels;
          const float *w = weight + ((out * c->kernel + y) * c->kernel + x) * c->channels;
          for (int channel = 0; channel < c->channels; ++channel) {
            sum += w[channel] * pixel[channel];
          }
        }
      }
    }
    dst[n] = sum;
  }
}
#endif
)";
    case Kernel::conv_transpose:
      return R"(
#ifndef GANYMEDE_CONV_TRANSPOSE
#define GANYMEDE_CONV_TRANSPOSE
// the transposed convolution: pixel (y, x) of src adds to pixels (y stride - pad + k) of dst
static inline void ganymede_conv_transpose(const float *src, const float *weight, const float *bias,
                                           const ganymede_convolution *c, float *dst) {
  for (int n = 0; n < c->out_height * c->out_width * c->out_channels; ++n) {
    const int out = n % c->out_channels;
    const int right = n / c->out_channels % c->out_width + c->pad_left;
    const int bottom = n / c->out_channels / c->out_width + c->pad_top;
    float sum = bias ? bias[out] : 0.0f;
    for (int y = bottom % c->stride; y < c->kernel && y <= bottom; y += c->stride) {
      for (int x = right % c->stride; x < c->kernel && x <= right; x += c->stride) {
        const int row = (bottom - y) / c->stride;
        const int column = (right - x) / c->stride;
        if (row < c->height && column < c->width) {
          const float *pixel = src + (row * c->width + column) * c->channels;
          const float *w = weight + ((out * c->kernel + y) * c->kernel + x) * c->channels;
          for (int channel = 0; channel < c->channels; ++channel) {
            sum += w[channel] * pixel[channel];
          }
        }
      }
    }
    dst[n] = sum;
  }
}
#endif
)";
    case Kernel::scale_shift:
      return R"(
#ifndef GANYMEDE_SCALE_SHIFT
#define GANYMEDE_SCALE_SHIFT
// batch normalisation with its statistics folded in, over the last axis
static inline void ganymede_scale_shift(float *data, int count, const float *scale, const float *shift, int channels) {
  for (int n = 0; n < count; ++n) {
    data[n] = data[n] * scale[n % channels] + shift[n % channels];
  }
}
#endif
)";
    case Kernel::leaky_relu:
      return R"(
#ifndef GANYMEDE_LEAKY_RELU
#define GANYMEDE_LEAKY_RELU
static inline void ganymede_leaky_relu(float *data, int count, float slope) {
  for (int n = 0; n < count; ++n) {
    data[n] = data[n] > 0.0f ? data[n] : slope * data[n];
  }
}
#endif
)";
    case Kernel::tanh:
      return R"(
#ifndef GANYMEDE_TANH
#define GANYMEDE_TANH
static inline void ganymede_tanh(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = tanhf(data[n]);
  }
}
#endif
)";
    case Kernel::sigmoid:
      return R"(
#ifndef GANYMEDE_SIGMOID
#define GANYMEDE_SIGMOID
static inline void ganymede_sigmoid(float *data, int count) {
  for (int n = 0; n < count; ++n) {
    data[n] = 1.0f / (1.0f + expf(-data[n]));
  }
}
#endif
)";
    case Kernel::one_hot:
      return R"(
#ifndef GANYMEDE_JOIN_LABEL
#define GANYMEDE_JOIN_LABEL
// the label as a one-hot vector behind the channels of every pixel
static inline void ganymede_join_label(const float *src, int label, int pixels, int channels, int classes, float *dst) {
  for (int pixel = 0; pixel < pixels; ++pixel) {
    for (int channel = 0; channel < channels; ++channel) {
      *dst++ = src[pixel * channels + channel];
    }
    for (int n = 0; n < classes; ++n) {
      *dst++ = n == label ? 1.0f : 0.0f;
    }
  }
}
#endif
)";
  }
  return {};
}

/// "generator_dense_1_weight" for the row "dense_1.weight".
std::string array_name(const std::string& network, std::string row) {
  std::ranges::replace(row, '.', '_');
  return network + "_" + row;
}

std::string array(const std::string& name, std::span<const float> values) {
  constexpr std::size_t numbers_a_line = 8;
  std::string text = fmt::format("\nstatic const float {}[{}] = {{", name, values.size());
  for (std::size_t n = 0; n < values.size(); ++n) {
    fmt::format_to(std::back_inserter(text), "{}{:#}f,", n % numbers_a_line == 0 ? "\n  " : " ", values[n]);
  }
  return text + "\n};\n";
}

/// The file's parts as the layers write them. Two pieces of work memory take turns: layers that work in place
/// change `here`, the others read `here` and write `there`.
class Writer {
 public:
  Writer(const net::NetSpec& spec, const net::Weights& weights) : spec_(spec), weights_(weights) {
    const std::vector<net::LayerShape> shapes = net::infer_shapes(spec);
    largest_ = spec.input.elements();
    for (layer_ = 0; layer_ < shapes.size(); ++layer_) {
      shape_ = shapes[layer_];
      largest_ = std::max(largest_, shape_.output.elements());
      std::visit([this](const auto& layer) { write(layer); }, spec.layers[layer_]);
    }
  }

  const std::string& arrays() const { return arrays_; }
  const std::string& calls() const { return calls_; }
  /// Where the output is: 'a' or 'b'.
  char output() const { return here_; }
  std::int64_t largest() const { return largest_; }

  std::string kernels() const {
    const bool convolution = used_.contains(Kernel::conv) || used_.contains(Kernel::conv_transpose);
    std::string text(convolution ? convolution_type : std::string_view());
    for (const auto& [kernel, used] : used_) {
      text += definition(kernel);
    }
    return text;
  }

 private:
  void write(const net::Dense& dense) {
    const std::string weight = add_weight("weight");
    const std::string bias = dense.bias ? add_weight("bias") : "0";
    call(Kernel::dense, "ganymede_dense({}, {}, {}, {}, {}, {});", here_, weight, bias, shape_.input.back(),
         dense.units, there());
    swap();
  }

  void write(const net::Convolution& c) {
    const std::string weight = add_weight("weight");
    const std::string bias = c.bias ? add_weight("bias") : "0";
    const net::ConvolutionAxis vertical = net::convolution_axis(c, shape_.input[0]);
    const net::ConvolutionAxis horizontal = net::convolution_axis(c, shape_.input[1]);
    const std::string geometry = array_name(spec_.name, shape_.name);
    arrays_ += fmt::format(
        "\nstatic const ganymede_convolution {} = {{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}};\n", geometry,
        shape_.input[0], shape_.input[1], shape_.input[2], shape_.output[0], shape_.output[1],
        shape_.output[2], c.kernel, c.stride, vertical.pad_begin, horizontal.pad_begin);
    call(c.transposed ? Kernel::conv_transpose : Kernel::conv, "ganymede_{}({}, {}, {}, &{}, {});",
         c.transposed ? "conv_transpose" : "conv", here_, weight, bias, geometry, there());
    swap();
  }

  void write(const net::Activation& activation) {
    const std::int64_t count = shape_.output.elements();
    switch (activation.function) {
      case ops::Function::leaky_relu:
      case ops::Function::relu:
        call(Kernel::leaky_relu, "ganymede_leaky_relu({}, {}, {:#}f);", here_, count, activation.slope);
        break;
      case ops::Function::tanh:
        call(Kernel::tanh, "ganymede_tanh({}, {});", here_, count);
        break;
      case ops::Function::sigmoid:
        call(Kernel::sigmoid, "ganymede_sigmoid({}, {});", here_, count);
        break;
    }
  }

  /// gamma (x - mean) / sqrt(variance + epsilon) + beta as one product and sum.
  void write(const net::BatchNorm& batch_norm) {
    const std::span<const float> gamma = values("gamma");
    const std::span<const float> beta = values("beta");
    const std::span<const float> mean = values("running_mean");
    const std::span<const float> variance = values("running_variance");
    std::vector<float> scale;
    std::vector<float> shift;
    for (std::size_t n = 0; n < gamma.size(); ++n) {
      const double factor = gamma[n] / std::sqrt(static_cast<double>(variance[n]) + batch_norm.epsilon);
      scale.push_back(static_cast<float>(factor));
      shift.push_back(static_cast<float>(beta[n] - mean[n] * factor));
    }
    call(Kernel::scale_shift, "ganymede_scale_shift({}, {}, {}, {}, {});", here_, shape_.output.elements(),
         add_array("scale", scale), add_array("shift", shift), gamma.size());
  }

  void write(const net::Dropout&) {}
  void write(const net::Reshape&) {}
  void write(const net::Flatten&) {}

  void write(const net::JoinLabel& join) {
    const std::int64_t channels = shape_.input.back();
    call(Kernel::one_hot, "ganymede_join_label({}, label, {}, {}, {}, {});", here_,
         shape_.input.elements() / channels, channels, join.classes, there());
    swap();
  }

  char there() const { return here_ == 'a' ? 'b' : 'a'; }
  void swap() { here_ = there(); }

  template <class... Values>
  void call(Kernel kernel, fmt::format_string<Values...> text, Values&&... values) {
    used_[kernel] = true;
    calls_ += "  " + fmt::format(text, std::forward<Values>(values)...) + "\n";
  }

  std::span<const float> values(const std::string& name) const {
    const auto row =
        std::ranges::find(weights_.table(), fmt::format("{}.{}", shape_.name, name), &net::WeightRow::name);
    return weights_.values(*row);
  }
  std::string add_array(const std::string& name, std::span<const float> values) {
    std::string full = array_name(spec_.name, fmt::format("{}.{}", shape_.name, name));
    arrays_ += array(full, values);
    return full;
  }
  std::string add_weight(const std::string& name) { return add_array(name, values(name)); }

  const net::NetSpec& spec_;
  const net::Weights& weights_;
  net::LayerShape shape_;
  std::size_t layer_ = 0;
  std::int64_t largest_ = 0;
  char here_ = 'a';
  std::string arrays_, calls_;
  std::map<Kernel, bool> used_;
};

/// A line of a comment: without a backslash that would join lines, and without trigraphs.
std::string comment(std::string line) {
  std::erase_if(line, [](unsigned char letter) { return letter < ' ' || letter == '\\' || letter == '?'; });
  return "// " + line + "\n";
}

std::string upper(std::string word) {
  std::ranges::transform(word, word.begin(), [](unsigned char letter) { return std::toupper(letter); });
  return word;
}

}  // namespace

std::string to_c_header(const net::NetSpec& spec, const net::Weights& weights,
                        const CHeaderOptions& options) {
  const Writer writer(spec, weights);
  const std::string prefix = upper(spec.name);
  const base::Shape output = net::output_shape(spec);
  const std::int64_t classes = net::label_classes(spec);
  std::string text;
  for (const std::string& line : options.description) {
    text += comment(line);
  }
  text += fmt::format(
      "#ifndef GANYMEDE_{0}_H\n#define GANYMEDE_{0}_H\n\n#include <math.h>\n#include <string.h>\n\n"
      "#define {0}_INPUT {1}  // floats of `{2}`, {3}\n#define {0}_OUTPUT {4}  // floats of `{5}`, {6}\n",
      prefix, spec.input.elements(), options.input, spec.input.to_string(), output.elements(), options.output,
      output.to_string());
  if (classes > 0) {
    text += fmt::format("#define {}_CLASSES {}\n", prefix, classes);
  }
  text += fmt::format("#define {}_WORK {}  // floats of `work`\n", prefix, 2 * writer.largest());
  text += writer.kernels();
  text += writer.arrays();
  text += fmt::format(
      "\nstatic inline void {0}(const float *{1}, {2}float *work, float *{3}) {{\n"
      "  float *const a = work;\n  float *const b = work + {4};\n"
      "  memcpy(a, {1}, {5}_INPUT * sizeof(float));\n{6}"
      "  memcpy({3}, {7}, {5}_OUTPUT * sizeof(float));\n  (void)b;\n}}\n\n#endif\n",
      spec.name, options.input, classes > 0 ? "int label, " : "", options.output, writer.largest(), prefix,
      writer.calls(), writer.output());
  return text;
}

}  // namespace ganymede::io
