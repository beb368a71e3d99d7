#pragma once

#include <filesystem>
#include <optional>

#include "artifacts/classifier_file.h"
#include "artifacts/generator_file.h"

namespace ganymede::artifacts {

/// Adds to an export's metadata what the network can be made from again.
void describe(const SavedNetwork& network, io::Metadata& metadata);

/// Writes a network as a safetensors file whose tensors load into the equivalent PyTorch modules
/// (io/channels_first.h). Throws Error(configuration) for a network that cannot be laid out so, and
/// Error(file).
void write_pytorch(const std::filesystem::path& path, const SavedNetwork& network);

/// Reads such a file, or one that PyTorch wrote, which is of the generator of `recipe`; without a recipe,
/// that in the file's metadata. Throws Error(file) if the tensors are not those of the network.
SavedNetwork read_pytorch(const std::filesystem::path& path, const std::optional<train::Recipe>& recipe);

/// Reads an ONNX model that this program wrote: one of a run's networks or a classifier. Throws Error(file)
/// for any other.
SavedNetwork read_onnx(const std::filesystem::path& path);
ClassifierNetwork read_classifier_onnx(const std::filesystem::path& path);

}  // namespace ganymede::artifacts
