#include "io/networks/c_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "io/networks/c_kernels.h"

namespace ganymede::io {

namespace {

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
/// change `here`, the others read `here` and write `there`. What goes round others waits in a third.
class Writer {
 public:
  Writer(const net::NetSpec& spec, const net::Weights& weights) : spec_(spec), weights_(weights) {
    const std::vector<net::LayerShape> shapes = net::infer_shapes(spec);
    largest_ = spec.input.elements();
    for (std::size_t n = 0; n < shapes.size(); ++n) {
      shape_ = shapes[n];
      largest_ = std::max(largest_, shape_.output.elements());
      std::visit([this](const auto& layer) { write(layer); }, spec.layers[n]);
    }
  }

  const std::string& arrays() const { return arrays_; }
  const std::string& calls() const { return calls_; }
  /// Where the output is: 'a' or 'b'.
  char output() const { return here_; }
  /// The last piece of work memory that is used: 'a', 'b' or 'c'.
  char last_piece() const { return last_piece_; }
  /// The floats of a piece.
  std::int64_t largest() const { return largest_; }

 private:
  void write(const net::Dense& dense) {
    const std::string weight = add_weight("weight");
    const std::string bias = dense.bias ? add_weight("bias") : "0";
    call("ganymede_dense({}, {}, {}, {}, {}, {});", here_, weight, bias, shape_.input.back(), dense.units,
         there());
    swap();
  }

  void write(const net::Convolution& c) { write_convolution(c, shape_.input, ""); }

  /// The convolution whose weights are named with `prefix`.
  void write_convolution(const net::Convolution& c, const base::Shape& in, const std::string& prefix) {
    const std::string weight = add_weight(prefix + "weight");
    const std::string bias = c.bias ? add_weight(prefix + "bias") : "0";
    const base::Shape out = net::output_shape(c, in);
    const net::ConvolutionAxis vertical = net::convolution_axis(c, in[0]);
    const net::ConvolutionAxis horizontal = net::convolution_axis(c, in[1]);
    const std::string geometry = array_name(spec_.name, shape_.name + "." + prefix + "geometry");
    arrays_ +=
        fmt::format("\nstatic const ganymede_convolution {} = {{{}, {}, {}, {}, {}, {}, {}, {}, {}, {}}};\n",
                    geometry, in[0], in[1], in[2], out[0], out[1], out[2], c.kernel, c.stride,
                    vertical.pad_begin, horizontal.pad_begin);
    call("ganymede_{}({}, {}, {}, &{}, {});", c.transposed ? "conv_transpose" : "conv", here_, weight, bias,
         geometry, there());
    swap();
  }

  void write(const net::Residual& residual) {
    const std::int64_t count = shape_.input.elements();
    const net::Convolution first = net::first_of(residual);
    const base::Shape middle = net::output_shape(first, shape_.input);
    largest_ = std::max(largest_, middle.elements());
    call("memcpy({}, {}, {} * sizeof(float));", round(), here_, count);
    write_activation(net::activation_of(residual), count);
    write_convolution(first, shape_.input, "first.");
    write_activation(net::activation_of(residual), middle.elements());
    write_convolution(net::second_of(residual, shape_.input.back()), middle, "second.");
    call("ganymede_add({}, {}, {});", round(), count, here_);
  }

  void write(const net::Upsample& upsample) {
    write_resampling(upsample.mode == net::Upsample::Mode::nearest ? "upsample_nearest" : "upsample_bilinear",
                     upsample.factor);
  }
  void write(const net::AveragePool& pool) { write_resampling("avg_pool", pool.factor); }
  void write_resampling(const char* kernel, std::int64_t factor) {
    call("ganymede_{}({}, {}, {}, {}, {}, {});", kernel, here_, shape_.input[0], shape_.input[1],
         shape_.input[2], factor, there());
    swap();
  }

  void write(const net::Activation& activation) { write_activation(activation, shape_.output.elements()); }
  void write_activation(const net::Activation& activation, std::int64_t count) {
    switch (activation.function) {
      case ops::Function::leaky_relu:
      case ops::Function::relu:
        call("ganymede_leaky_relu({}, {}, {:#}f);", here_, count, activation.slope);
        break;
      case ops::Function::tanh:
        call("ganymede_tanh({}, {});", here_, count);
        break;
      case ops::Function::sigmoid:
        call("ganymede_sigmoid({}, {});", here_, count);
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
    call("ganymede_scale_shift({}, {}, {}, {}, {});", here_, shape_.output.elements(),
         add_array("scale", scale), add_array("shift", shift), gamma.size());
  }

  void write(const net::Dropout&) {}
  void write(const net::Reshape&) {}
  void write(const net::Flatten&) {}

  void write(const net::JoinLabel& join) {
    const std::int64_t channels = shape_.input.back();
    call("ganymede_join_label({}, label, {}, {}, {}, {});", here_, shape_.input.elements() / channels,
         channels, join.classes, there());
    swap();
  }

  void write(const net::SelectLabel&) { call("{0}[0] = {0}[label];", here_); }

  char there() { return use(here_ == 'a' ? 'b' : 'a'); }
  char round() { return use('c'); }
  char use(char piece) {
    last_piece_ = std::max(last_piece_, piece);
    return piece;
  }
  void swap() { here_ = there(); }

  template <class... Values>
  void call(fmt::format_string<Values...> text, Values&&... values) {
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
  std::int64_t largest_ = 0;
  char here_ = 'a';
  char last_piece_ = 'a';
  std::string arrays_, calls_;
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
  std::string pieces;
  std::int64_t work = 0;
  for (char piece = 'a'; piece <= writer.last_piece(); ++piece) {
    pieces += fmt::format("  float *const {} = work + {};\n", piece, work);
    work += writer.largest();
  }
  text += fmt::format("#define {}_WORK {}  // floats of `work`\n", prefix, work);
  text += c_kernels;
  text += writer.arrays();
  text += fmt::format(
      "\nstatic inline void {0}(const float *{1}, {2}float *work, float *{3}) {{\n{4}"
      "  memcpy(a, {1}, {5}_INPUT * sizeof(float));\n{6}"
      "  memcpy({3}, {7}, {5}_OUTPUT * sizeof(float));\n}}\n\n#endif\n",
      spec.name, options.input, classes > 0 ? "int label, " : "", options.output, pieces, prefix,
      writer.calls(), writer.output());
  return text;
}

}  // namespace ganymede::io
