#include "codecs/png.h"

#include <fmt/format.h>
#include <png.h>

#include <cassert>
#include <memory>
#include <stdexcept>

#include "codecs/refusal.h"

namespace ganymede::codecs {

namespace {

struct FreePng {
  void operator()(png_image* image) const { png_image_free(image); }
};

ImageHeader begin_read(png_image& description, std::span<const std::byte> bytes, const std::string& where) {
  description.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&description, bytes.data(), bytes.size()) == 0) {
    refuse_picture(where, fmt::format("\"{}\"", description.message), "a PNG image");
  }
  require_few_pixels(where, description.height, description.width);
  return {.height = static_cast<int>(description.height),
          .width = static_cast<int>(description.width),
          .channels = (description.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1};
}

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

ImageHeader measure_png(std::span<const std::byte> bytes, const std::string& where) {
  png_image description{};
  const std::unique_ptr<png_image, FreePng> free(&description);
  return begin_read(description, bytes, where);
}

Image decode_png(std::span<const std::byte> bytes, const std::string& where) {
  png_image description{};
  const std::unique_ptr<png_image, FreePng> free(&description);
  const ImageHeader header = begin_read(description, bytes, where);
  description.format = header.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  Image image{.height = header.height,
              .width = header.width,
              .channels = header.channels,
              .pixels = std::vector<std::uint8_t>(PNG_IMAGE_SIZE(description))};
  const png_color black{};
  if (png_image_finish_read(&description, &black, image.pixels.data(), 0, nullptr) == 0) {
    refuse_picture(where, fmt::format("\"{}\"", description.message), "a PNG image");
  }
  return image;
}

}  // namespace ganymede::codecs
