#pragma once

#include <filesystem>
#include <optional>

#include "artifacts/exports/format.h"

namespace ganymede::artifacts {

ExportFormat pytorch_format();

/// Writes a network as a safetensors file whose tensors load into the equivalent PyTorch modules
/// (io/networks/channels_first.h). Throws Error(configuration) for a network that the format cannot
/// represent, and Error(file).
void write_pytorch(const std::filesystem::path& path, const SavedNetwork& network);

/// Reads such a file, or one that PyTorch wrote, which is of the generator of `recipe`; without a recipe,
/// that in the file's metadata. Throws Error(file) if the tensors are not those of the network.
SavedNetwork read_pytorch(const std::filesystem::path& path, const std::optional<train::Recipe>& recipe);

}  // namespace ganymede::artifacts
