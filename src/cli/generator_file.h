#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "net/weights.h"
#include "train/network.h"
#include "train/recipe.h"

namespace ganymede::cli {

/// What a generator's file says beside its weights.
struct GeneratorInfo {
  train::Recipe recipe;
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::string dataset;
  std::vector<std::string> class_names;
};

/// Writes the weights under the names of net::Weights' rows. Throws Error(file), and Error(diverged) if a
/// weight is not finite.
void write_generator(const std::filesystem::path& path, const GeneratorInfo& info, train::Network& generator);

/// A generator that was saved.
struct SavedGenerator {
  GeneratorInfo info;
  net::NetSpec spec;
  net::Weights weights;
};

/// Reads RUN/generator.safetensors or a file. Throws Error(file) unless it is sound and one that this program
/// wrote.
SavedGenerator open_generator(const std::filesystem::path& run_or_file);

}  // namespace ganymede::cli
