#pragma once

#include <filesystem>
#include <optional>

#include "cli/generator_file.h"

namespace ganymede::cli {

/// Writes a network as a safetensors file whose tensors load into the equivalent PyTorch modules
/// (io/channels_first.h), with the recipe in its metadata. Throws Error(configuration) for a network that
/// cannot be laid out so, and Error(file).
void write_pytorch(const std::filesystem::path& path, const SavedNetwork& network);

/// Reads such a file, or one that PyTorch wrote, of a network of `recipe`; without one, of that in the file's
/// metadata. Throws Error(file) if the tensors are not those of the recipe's network.
SavedNetwork read_pytorch(const std::filesystem::path& path, const std::optional<train::Recipe>& recipe);

}  // namespace ganymede::cli
