#pragma once

#include <string>
#include <vector>

#include "artifacts/exports/format.h"

namespace ganymede::serve {

/// The page's view Explore for one generator, as an HTML file that works from disk without a network. It
/// holds the generator as an ONNX model, ONNX Runtime's WebAssembly (3.8 MB, so that there is no second
/// implementation of the layers) and the page's script. `about` is a line on the generator. Throws
/// Error(configuration) if the program was built without the page, and as io::to_onnx() does.
std::string to_explorer_html(const artifacts::SavedGenerator& generator, const std::string& about);

/// The same as an export format. Its output is not verified.
artifacts::ExportFormat html_format();
/// artifacts::export_formats() and this one.
std::vector<artifacts::ExportFormat> export_formats();

}  // namespace ganymede::serve
