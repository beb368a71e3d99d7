#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "artifacts/classifier_file.h"
#include "artifacts/generator_file.h"

namespace ganymede::artifacts {

/// A network's output for one input, to verify copies of the network.
struct Expectation {
  std::vector<float> input;         ///< a sample
  std::int32_t label = 0;           ///< where the network takes one
  std::vector<std::int64_t> index;  ///< of some elements of the output, [height, width, channels]
  std::vector<float> output;        ///< their values
};

/// A network's output for the sample `input` and label 0: some evenly spread elements.
Expectation expectation_of(const net::NetSpec& spec, net::Weights& weights, std::vector<float> input);
/// The largest difference between `values` and `expected`, relative for values above one; infinite if a value
/// is not finite.
float difference(std::span<const float> values, std::span<const float> expected);
/// The same for the network's output.
float difference(const net::NetSpec& spec, net::Weights& weights, const Expectation& expected);

/// The allowed difference between two programs in f32.
constexpr double tolerance = 1e-5;

/// The SHA-256 of the weights independent of the file format: of all values as little-endian 32-bit floats in
/// the order of net::weight_table().
std::string weights_sha256(const net::Weights& weights);

/// What `verify` reads from a model card.
struct CardFacts {
  std::string format;          ///< of the file beside the card: "onnx"
  std::string network;         ///< its name: "generator"
  std::int64_t classes = 0;    ///< of the labels that it takes; 0: it takes none
  std::string sha256;          ///< of that file
  std::string weights_sha256;  ///< see weights_sha256()
  Expectation expected;        ///< one input and the network's output
};

/// The path of a file's model card.
std::filesystem::path card_of(const std::filesystem::path& file);

/// Writes the model card of `file`, Markdown for people with the facts as JSON in it. `run` is the directory
/// that the network comes from, whose data and scores go into the card. The input for the expected output is
/// the first latent point of `ganymede sample` for a generator, otherwise a ramp over the pixel range. Throws
/// Error(file).
void write_card(const std::filesystem::path& file, const std::string& format, SavedNetwork& network,
                const std::optional<std::filesystem::path>& run);
/// The same for a classifier, which is exported as ONNX.
void write_card(const std::filesystem::path& file, ClassifierNetwork& classifier);

/// The facts in a model card's text. Throws Error(file), which begins with `where`, if they are not there.
CardFacts parse_card(const std::string& text, const std::string& where);

}  // namespace ganymede::artifacts
