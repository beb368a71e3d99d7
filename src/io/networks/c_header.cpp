#include "io/networks/c_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "net/exports/c_code.h"

namespace ganymede::io {

namespace {

/// A line of a comment: without a backslash that would join lines, and without trigraphs.
std::string comment(std::string line) {
  std::erase_if(line, [](unsigned char letter) { return letter < ' ' || letter == '\\' || letter == '?'; });
  return "// " + line + "\n";
}

}  // namespace

std::string macro_prefix(std::string network) {
  std::ranges::transform(network, network.begin(), [](unsigned char letter) { return std::toupper(letter); });
  return network;
}

std::string to_c_header(const net::NetSpec& spec, const net::Weights& weights,
                        const CHeaderOptions& options) {
  const net::CCode code(spec, weights);
  const std::string prefix = macro_prefix(spec.name);
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
  for (char piece = 'a'; piece <= code.last_piece(); ++piece) {
    pieces += fmt::format("  float *const {} = work + {};\n", piece, work);
    work += code.largest();
  }
  text += fmt::format("#define {}_WORK {}  // floats of `work`\n", prefix, work);
  text += "\n#ifndef GANYMEDE_KERNELS\n#define GANYMEDE_KERNELS\n" + net::c_kernels() + "\n#endif\n";
  text += code.arrays();
  text += fmt::format(
      "\nstatic inline void {0}(const float *{1}, {2}float *work, float *{3}) {{\n{4}"
      "  memcpy(a, {1}, {5}_INPUT * sizeof(float));\n{6}"
      "  memcpy({3}, {7}, {5}_OUTPUT * sizeof(float));\n}}\n\n#endif\n",
      spec.name, options.input, classes > 0 ? "int label, " : "", options.output, pieces, prefix,
      code.lines(), code.here());
  return text;
}

}  // namespace ganymede::io
