#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/files/safetensors.h"
#include "net/weights.h"

namespace ganymede::io {

/// The values that become the bytes 0 and 255.
struct ByteRange {
  float low = -1.0F;  ///< becomes 0
  float high = 1.0F;  ///< becomes 255
};

/// The names, the description and the type of the pixels in an ONNX model.
struct OnnxOptions {
  std::string input = "latent";      ///< the name of the network's input; that of the labels is "label"
  std::string output = "image";      ///< the name of the network's output
  std::string description = {};      ///< for people
  std::string program_version = {};  ///< of the program that writes the model
  Metadata metadata = {};            ///< for programs
  /// Where given, images leave as unsigned bytes in three channels, grey ones repeated, as torch-fidelity
  /// wants them.
  std::optional<ByteRange> bytes = {};
};

/// A network for inference as an ONNX model (IR version 7, operator set 13), ready to be written to a file.
/// Images are [batch, channels, height, width], features [batch, features], labels int64 [batch]; the batch
/// is of any size. Weights are initializers with PyTorch's names. Throws Error(configuration) as
/// channels_first_layout() does.
std::string to_onnx(const net::NetSpec& spec, const net::Weights& weights, const OnnxOptions& options);

/// What to_onnx() put into a model beside the graph: enough to make the network again.
struct OnnxContents {
  std::string network;  ///< the spec's name
  base::Shape input;    ///< of a sample, [features] or [height, width, channels]
  Metadata metadata;    ///< as OnnxOptions::metadata
  std::map<std::string, std::vector<float>> tensors;  ///< the constants that are 32-bit floats
};

/// Reads a model that this program wrote. Throws Error(file), which begins with `where`, for what is none.
OnnxContents parse_onnx(std::span<const std::byte> bytes, const std::string& where);

}  // namespace ganymede::io
