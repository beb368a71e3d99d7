#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "io/files/safetensors.h"
#include "train/network.h"
#include "train/recipe/recipe.h"

/// Common parts of checkpoints and generators: safetensors files with their kind in the metadata.
namespace ganymede::artifacts {

/// The metadata that every file begins with: the format's name and version, the program's version.
io::Metadata describe_format(std::string_view format);

/// Writes tensors with their metadata. Throws Error(file), and Error(diverged) if a value is not finite, so
/// that every file is usable.
void write_tensor_file(const std::filesystem::path& path, std::span<const train::NamedTensor> tensors,
                       const io::Metadata& metadata);

/// A value of the metadata of the file at `path`. Throws Error(file) if there is none.
const std::string& metadata_value(const io::Metadata& metadata, const std::string& key,
                                  const std::filesystem::path& path);
/// The same for a count.
std::int64_t metadata_number(const io::Metadata& metadata, const std::string& key,
                             const std::filesystem::path& path);

/// Throws Error(file), with `advice`, for a file that is not of `format`.
void require_format(const io::Metadata& metadata, const std::filesystem::path& path, std::string_view format,
                    const std::string& advice);
/// Throws Error(diverged) if a value is not finite.
void require_finite(std::span<const train::NamedTensor> tensors);
/// Opens a file of `format`. Throws Error(file) as require_format() does, and for one without a digest.
io::SafetensorsFile open_tensor_file(const std::filesystem::path& path, std::string_view format,
                                     const std::string& advice);

/// The recipe in a file's metadata; its generator's layers fit each other. Throws Error(file).
train::Recipe embedded_recipe(const io::Metadata& metadata, const std::filesystem::path& path);

/// Writes a network's weights under the names of their rows. Throws as write_tensor_file() does.
void write_weights(const std::filesystem::path& path, net::Weights& weights, const io::Metadata& metadata);
/// The weights of `network` in a file without other tensors. Throws Error(file).
net::Weights read_weights(const io::SafetensorsFile& file, const net::NetSpec& network,
                          const std::filesystem::path& path);

struct TensorShape {
  std::string name;
  base::Shape shape;
};
/// Throws Error(file) unless `file` holds exactly these tensors.
void require_tensors(const io::SafetensorsFile& file, std::span<const TensorShape> expected,
                     const std::filesystem::path& path);

}  // namespace ganymede::artifacts
