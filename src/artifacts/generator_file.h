#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/files/safetensors.h"
#include "net/weights.h"
#include "train/network.h"
#include "train/recipe/recipe.h"

namespace ganymede::artifacts {

/// What a generator's file says beside its weights.
struct GeneratorInfo {
  train::Recipe recipe;                       ///< of the run
  std::int64_t step = 0;                      ///< steps that were done
  std::int64_t epoch = 0;                     ///< epochs that were done
  std::string dataset;                        ///< the name of the data set
  std::vector<std::string> class_names = {};  ///< of the labels 0, 1, ...
};

/// Adds the facts on a generator to a file's metadata.
void describe(const GeneratorInfo& info, io::Metadata& metadata);

/// Writes the weights under the names of net::Weights' rows. Throws Error(file), and Error(diverged) if a
/// weight is not finite.
void write_generator(const std::filesystem::path& path, const GeneratorInfo& info, net::Weights& generator);

/// A saved network, with the facts on its generator.
struct SavedNetwork {
  GeneratorInfo info;    ///< about the generator
  net::NetSpec spec;     ///< the network's layers
  net::Weights weights;  ///< the network's weights
};
using SavedGenerator = SavedNetwork;  ///< A saved network that is a generator.

/// Reads RUN/generator.safetensors or a file. Throws Error(file) for a damaged file or one of another
/// program.
SavedGenerator open_generator(const std::filesystem::path& run_or_file);

/// What describe() added to the metadata of the file at `path`. Throws Error(file).
GeneratorInfo read_info(const io::Metadata& metadata, const std::filesystem::path& path);

}  // namespace ganymede::artifacts
