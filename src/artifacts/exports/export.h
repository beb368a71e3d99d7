#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "artifacts/exports/format.h"

namespace ganymede::artifacts {

/// ONNX, a C header, and safetensors for PyTorch.
std::vector<ExportFormat> export_formats();

/// A file that was written.
struct Exported {
  std::filesystem::path path;  ///< of the file
  std::string about;           ///< what the network is, in a line
};

/// Writes the generator of a run or of a file, or what the options name, as `format`, and its model card
/// beside it. Throws Error(usage) for options that do not fit, and as ExportFormat::write() does.
Exported export_network(const std::filesystem::path& run_or_file, const ExportFormat& format,
                        const ExportOptions& options = {});
/// Writes the classifier in a file as ONNX, and its model card. Throws Error(usage) as above and Error(file).
Exported export_classifier(const std::filesystem::path& file, const ExportFormat& format,
                           const ExportOptions& options = {});

/// Checks a file in one of `formats` against the model card beside it, its SHA-256 and then what it answers.
/// Returns what was compared, a line each. Throws Error(file) where they differ.
std::vector<std::string> verify_export(const std::filesystem::path& path,
                                       std::span<const ExportFormat> formats);

}  // namespace ganymede::artifacts
