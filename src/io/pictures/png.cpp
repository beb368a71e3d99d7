#include "io/pictures/png.h"

#include "codecs/png.h"
#include "io/files/file.h"

namespace ganymede::io {

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file(path, codecs::encode_png(image));
}

Image read_png(const std::filesystem::path& path) {
  constexpr std::size_t max_file_bytes = std::size_t{1} << 26;
  return codecs::decode_png(read_file(path, max_file_bytes), path.string());
}

}  // namespace ganymede::io
