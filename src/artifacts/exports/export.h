#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "artifacts/exports/format.h"

namespace ganymede::artifacts {

/// ONNX, a C header, and safetensors for PyTorch.
std::vector<ExportFormat> export_formats();
/// The one of this name. Throws Error(usage), with their names, if there is none.
ExportFormat export_format(std::string_view name);

/// A file that was written.
struct Exported {
  std::filesystem::path path;  ///< of the file
  std::string about;           ///< what the network is, in a line
};

/// Writes the generator of a run or a file, or the network of the options, as `format`, and its model card
/// beside it. Throws Error(usage) for invalid options, and as ExportFormat::write() does.
Exported export_network(const std::filesystem::path& run_or_file, const ExportFormat& format,
                        const ExportOptions& options = {});
/// Writes the classifier in a file as ONNX, and its model card. Throws Error(usage) as above and Error(file).
Exported export_classifier(const std::filesystem::path& file, const ExportFormat& format,
                           const ExportOptions& options = {});

/// Compares a file in one of `formats` with its model card: the SHA-256, then an output. Returns a line for
/// each comparison. Throws Error(file) if they differ.
std::vector<std::string> verify_export(const std::filesystem::path& path,
                                       std::span<const ExportFormat> formats);

}  // namespace ganymede::artifacts
