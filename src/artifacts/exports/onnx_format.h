#pragma once

#include <filesystem>

#include "artifacts/classifier_file.h"
#include "artifacts/exports/format.h"

namespace ganymede::artifacts {

ExportFormat onnx_format();

/// Writes a classifier: images from 0 for black to 1 for white to the logits of the classes. `about` says
/// what it is. Throws Error(file).
void write_classifier_onnx(const std::filesystem::path& path, const ClassifierNetwork& network,
                           const std::string& about);

/// Reads an ONNX model that this program wrote: one of a run's networks or a classifier. Throws Error(file)
/// for any other.
SavedNetwork read_onnx(const std::filesystem::path& path);
ClassifierNetwork read_classifier_onnx(const std::filesystem::path& path);

}  // namespace ganymede::artifacts
