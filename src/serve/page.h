#pragma once

#include <span>
#include <string_view>

namespace ganymede::serve {

/// A file of the built web page.
struct PageFile {
  std::string_view path;  ///< "index.html", "assets/index-4f1c.js"
  std::string_view gzip;  ///< its contents, compressed
};

/// The built files of web/, empty in a program that was built without npm.
/// cmake/EmbedPage.cmake writes its definition.
std::span<const PageFile> embedded_page();

}  // namespace ganymede::serve
