#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"

namespace ganymede::io {

/// A named tensor whose values are owned elsewhere.
struct Tensor {
  std::string name;               ///< unique within a file
  base::Shape shape;              ///< outermost size first
  std::span<const float> values;  ///< in C order
};

using Metadata = std::map<std::string, std::string>;  ///< Texts by their keys.

/// Writes tensors in the safetensors format of Hugging Face as write_file() does: the length of the header as
/// 8 little-endian bytes, the header in JSON with the metadata and with the type, shape and place of each
/// tensor, and the values as little-endian 32-bit floats in the given order, without holes. The metadata
/// gains the key "sha256": the digest of the whole file as it is with 64 zeros for the digest. Throws
/// Error(file) if a name occurs twice, and as write_file() does.
void write_safetensors(const std::filesystem::path& path, std::span<const Tensor> tensors,
                       const Metadata& metadata);

/// The largest file that is read.
constexpr std::size_t max_safetensors_bytes = std::size_t{1} << 34;

/// Whether a file's contents hold their own digest, as write_safetensors() puts it there: one that is damaged
/// does not, whatever else can be read of it.
bool has_own_digest(std::span<const std::byte> bytes);

/// The metadata of the file at `path`, without the digest, which is not compared; the tensors are not read.
/// Throws Error(file) if the file does not begin with a safetensors header of at most 1 MiB.
Metadata read_safetensors_metadata(const std::filesystem::path& path);

/// A safetensors file in memory. What is not a tensor of 32-bit floats with at most Shape::max_rank positive
/// sizes is refused, since nothing here writes it.
class SafetensorsFile {
 public:
  /// Throws Error(file), which names the file and the tensor, unless the file is sound: the header describes
  /// all of the data without overlaps and holes, no name occurs twice, and the digest is right if there is
  /// one.
  static SafetensorsFile open(const std::filesystem::path& path);
  /// The same for a file's contents; `where` begins the text of errors.
  static SafetensorsFile parse(std::span<const std::byte> bytes, const std::string& where);

  SafetensorsFile(SafetensorsFile&&) = default;             ///< Moves the memory; tensors() stay valid.
  SafetensorsFile& operator=(SafetensorsFile&&) = default;  ///< Moves the memory; tensors() stay valid.

  /// Without the digest.
  const Metadata& metadata() const { return metadata_; }
  /// Whether it has a digest, which is then right.
  bool has_digest() const { return has_digest_; }
  /// In the order of their values in the file.
  std::span<const Tensor> tensors() const { return tensors_; }
  /// Null if there is none of that name.
  const Tensor* find(std::string_view name) const;
  /// Throws Error(file) if there is none of that name.
  const Tensor& tensor(std::string_view name) const;

 private:
  SafetensorsFile() = default;

  std::string where_;
  Metadata metadata_;
  bool has_digest_ = false;
  std::vector<float> values_;
  std::vector<Tensor> tensors_;  // views of values_
};

}  // namespace ganymede::io
