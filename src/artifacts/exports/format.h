#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "artifacts/exports/model_card.h"
#include "artifacts/generator_file.h"

/// Networks as files for other programs, each with a model card for verification.
namespace ganymede::artifacts {

/// What to export, and where to.
struct ExportOptions {
  std::filesystem::path out = {};  ///< empty: the network's name with the format's extension
  /// An ONNX generator's pixels as bytes in three channels, for torch-fidelity.
  bool bytes = false;
  /// Export the discriminator of the run's newest checkpoint instead of the generator.
  bool discriminator = false;
};

/// A format that networks are exported in.
struct ExportFormat {
  std::string_view name;       ///< "onnx"
  std::string_view extension;  ///< ".onnx"
  bool discriminators;         ///< whether it can hold one
  /// Throws Error(configuration) for a network that the format cannot represent, and Error(file).
  void (*write)(const std::filesystem::path& path, const SavedNetwork& network, const ExportOptions& options);
  /// Compares the file's output with its card and returns a description. Throws Error(file) if they differ.
  std::string (*verify)(const std::filesystem::path& path, const CardFacts& facts);
};

/// A line on a network: "The generator of the recipe best after epoch 14 on mnist".
std::string about(const SavedNetwork& network);

/// The names of a network's input and output.
struct PortNames {
  std::string input;   ///< "latent" or "image"
  std::string output;  ///< "image" or "logit"
};
/// The names for a generator or a discriminator.
PortNames port_names(const net::NetSpec& network);

/// Adds to an export's metadata what is needed to rebuild the network.
void describe(const SavedNetwork& network, io::Metadata& metadata);
/// The network that this metadata of the file at `path` describes.
net::NetSpec exported_spec(const io::Metadata& metadata, const train::Recipe& recipe,
                           const std::filesystem::path& path);

/// Throws Error(file): the file and its model card do not belong together.
[[noreturn]] void refuse_export(const std::filesystem::path& path, std::string found, std::string expected);
/// Throws this if the difference `apart` from the model card's output exceeds the tolerance.
void require_near(const std::filesystem::path& path, float apart);
/// Compares the weights and the output of a network read from `path` with the card; returns a description.
/// Throws as above.
std::string compare_with_card(const std::filesystem::path& path, const net::NetSpec& spec,
                              net::Weights& weights, const CardFacts& facts);

}  // namespace ganymede::artifacts
