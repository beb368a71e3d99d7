#pragma once

#include <string>
#include <vector>

#include "net/weights.h"

namespace ganymede::io {

/// The names and the comment in a C header.
struct CHeaderOptions {
  std::string input = "latent";  ///< the parameter for the network's input
  std::string output = "image";  ///< the parameter for its output
  /// Lines that the file begins with; letters that could end a comment are left out.
  std::vector<std::string> description = {};
};

/// What the names of its macros begin with: "GENERATOR" of "generator".
std::string macro_prefix(std::string network);

/// A network for inference as one C99 header with the weights and a function named like the network, which
/// needs nothing but the C library's mathematics and no memory beyond what the caller hands it:
///   generator(const float *latent, int label, float *work, float *image)
/// for one sample, without `label` where the network takes none, with GENERATOR_WORK floats of work. Images
/// are [height, width, channels]. Numbers are written so that they read back as the same floats.
std::string to_c_header(const net::NetSpec& spec, const net::Weights& weights, const CHeaderOptions& options);

}  // namespace ganymede::io
