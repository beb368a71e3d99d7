#pragma once

#include <string>
#include <vector>

#include "artifacts/exports/format.h"

namespace ganymede::serve {

/// The page's view Explore over one generator, as an HTML file that a browser opens from disk and that
/// fetches nothing. It holds the generator as an ONNX model, ONNX Runtime's WebAssembly and the page's own
/// script. `about` says in a line what the generator is. Throws Error(configuration) where the program was
/// built without its page, and as io::to_onnx() does.
std::string to_explorer_html(const artifacts::SavedGenerator& generator, const std::string& about);

/// That as a format of exports. Its answers are not verified here.
artifacts::ExportFormat html_format();
/// artifacts::export_formats() and this one.
std::vector<artifacts::ExportFormat> export_formats();

}  // namespace ganymede::serve
