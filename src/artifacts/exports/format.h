#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "artifacts/exports/model_card.h"
#include "artifacts/generator_file.h"

/// Networks as files for other programs, each with a model card that the file can be checked against.
namespace ganymede::artifacts {

/// What to export, and where to.
struct ExportOptions {
  std::filesystem::path out = {};  ///< empty: the network's name with the format's extension
  /// An ONNX generator's pixels as bytes in three channels, for torch-fidelity.
  bool bytes = false;
  /// That of the run's newest checkpoint, in place of the generator.
  bool discriminator = false;
};

/// A format that networks are exported in.
struct ExportFormat {
  std::string_view name;       ///< "onnx"
  std::string_view extension;  ///< ".onnx"
  bool discriminators;         ///< whether it can hold one
  /// Throws Error(configuration) for a network that cannot be laid out so, and Error(file).
  void (*write)(const std::filesystem::path& path, const SavedNetwork& network, const ExportOptions& options);
  /// Compares what the file answers with its card, and says what was compared. Throws Error(file) where they
  /// differ.
  std::string (*verify)(const std::filesystem::path& path, const CardFacts& facts);
};

/// What a network is, in a line: "The generator of the recipe best after epoch 14 on mnist".
std::string about(const SavedNetwork& network);

/// What a network's input and output are called in the formats that name them.
struct PortNames {
  std::string input;   ///< "latent" or "image"
  std::string output;  ///< "image" or "logit"
};
/// The names for a generator or a discriminator.
PortNames port_names(const net::NetSpec& network);

/// Adds to an export's metadata what the network can be made from again.
void describe(const SavedNetwork& network, io::Metadata& metadata);
/// The network that such metadata of the file at `path` describe.
net::NetSpec exported_spec(const io::Metadata& metadata, const train::Recipe& recipe,
                           const std::filesystem::path& path);

/// Throws Error(file): the file and its model card do not belong together.
[[noreturn]] void refuse_export(const std::filesystem::path& path, std::string found, std::string expected);
/// Throws so unless answers that are `apart` from those of the model card are near enough.
void require_near(const std::filesystem::path& path, float apart);
/// Compares a network that was read from `path` with the card, its weights and then its answers, and says how
/// far these are apart. Throws as above.
std::string compare_with_card(const std::filesystem::path& path, const net::NetSpec& spec,
                              net::Weights& weights, const CardFacts& facts);

}  // namespace ganymede::artifacts
