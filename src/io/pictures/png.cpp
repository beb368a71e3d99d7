#include "io/pictures/png.h"

#include <fmt/format.h>
#include <png.h>

#include <cassert>
#include <memory>
#include <stdexcept>

#include "base/error.h"
#include "io/files/file.h"

namespace ganymede::io {

namespace {

constexpr std::size_t max_file_bytes = std::size_t{1} << 26;
constexpr std::uint64_t max_pixels = std::uint64_t{1} << 26;

struct FreePng {
  void operator()(png_image* image) const { png_image_free(image); }
};

}  // namespace

std::vector<std::byte> encode_png(const Image& image) {
  assert(image.channels == 1 || image.channels == 3);
  assert(image.pixels.size() ==
         std::size_t(image.height) * std::size_t(image.width) * std::size_t(image.channels));
  png_image description{};
  description.version = PNG_IMAGE_VERSION;
  description.width = static_cast<png_uint_32>(image.width);
  description.height = static_cast<png_uint_32>(image.height);
  description.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(description);
  std::vector<std::byte> bytes(size);
  if (png_image_write_to_memory(&description, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr) == 0) {
    throw std::runtime_error(fmt::format("libpng: {}", description.message));
  }
  bytes.resize(size);
  return bytes;
}

void write_png(const std::filesystem::path& path, const Image& image) {
  write_file(path, encode_png(image));
}

Image decode_png(std::span<const std::byte> bytes, const std::string& where) {
  png_image description{};
  description.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, FreePng> free(&description);
  const auto refuse = [&](const std::string& found) {
    return base::Error(base::ErrorKind::file, {.where = where,
                                               .found = found,
                                               .expected = "a PNG image",
                                               .advice = "Check that this is the file you mean"});
  };
  if (png_image_begin_read_from_memory(&description, bytes.data(), bytes.size()) == 0) {
    throw refuse(fmt::format("\"{}\"", description.message));
  }
  if (std::uint64_t{description.width} * description.height > max_pixels) {
    throw refuse(fmt::format("{} by {} pixels, more than 2^26", description.height, description.width));
  }
  const bool has_color = (description.format & PNG_FORMAT_FLAG_COLOR) != 0;
  description.format = has_color ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  Image image{.height = static_cast<int>(description.height),
              .width = static_cast<int>(description.width),
              .channels = has_color ? 3 : 1,
              .pixels = std::vector<std::uint8_t>(PNG_IMAGE_SIZE(description))};
  const png_color black{};
  if (png_image_finish_read(&description, &black, image.pixels.data(), 0, nullptr) == 0) {
    throw refuse(fmt::format("\"{}\"", description.message));
  }
  return image;
}

Image read_png(const std::filesystem::path& path) {
  return decode_png(read_file(path, max_file_bytes), path.string());
}

}  // namespace ganymede::io
