#include "codecs/webp.h"

#include <webp/decode.h>

#include <memory>

#include "codecs/refusal.h"

namespace ganymede::codecs {

namespace {

constexpr const char* corrupt = "a corrupt or cut off file";
constexpr const char* expected = "a WebP image";

/// [pixels, red green blue alpha] on black: [pixels, red green blue].
std::vector<std::uint8_t> on_black(std::span<const std::uint8_t> transparent) {
  constexpr unsigned opaque = 255;
  std::vector<std::uint8_t> pixels;
  pixels.reserve(transparent.size() / 4 * 3);
  for (std::size_t pixel = 0; pixel + 3 < transparent.size(); pixel += 4) {
    const unsigned alpha = transparent[pixel + 3];
    for (std::size_t channel = 0; channel < 3; ++channel) {
      pixels.push_back(
          static_cast<std::uint8_t>((transparent[pixel + channel] * alpha + opaque / 2) / opaque));
    }
  }
  return pixels;
}

struct Free {
  void operator()(std::uint8_t* decoded) const { WebPFree(decoded); }
};

WebPBitstreamFeatures features_of(std::span<const std::byte> bytes, const std::string& where) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK || features.width < 1 ||
      features.height < 1) {
    refuse_picture(where, corrupt, expected);
  }
  if (features.has_animation != 0) {
    refuse_picture(where, "an animation", expected);
  }
  require_few_pixels(where, static_cast<std::uint64_t>(features.height),
                     static_cast<std::uint64_t>(features.width));
  return features;
}

}  // namespace

ImageHeader measure_webp(std::span<const std::byte> bytes, const std::string& where) {
  const WebPBitstreamFeatures features = features_of(bytes, where);
  return {.height = features.height, .width = features.width, .channels = 3};
}

Image decode_webp(std::span<const std::byte> bytes, const std::string& where) {
  const WebPBitstreamFeatures features = features_of(bytes, where);
  const bool transparent = features.has_alpha != 0;
  const auto decode = transparent ? WebPDecodeRGBA : WebPDecodeRGB;
  // The library's own memory: a corrupt file costs no pass over as many pixels as it claims to have.
  const std::unique_ptr<std::uint8_t, Free> decoded(
      decode(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), nullptr, nullptr));
  if (!decoded) {
    refuse_picture(where, corrupt, expected);
  }
  const std::span<const std::uint8_t> pixels(decoded.get(), (transparent ? 4U : 3U) *
                                                                static_cast<std::size_t>(features.width) *
                                                                static_cast<std::size_t>(features.height));
  return {.height = features.height,
          .width = features.width,
          .channels = 3,
          .pixels = transparent ? on_black(pixels) : std::vector(pixels.begin(), pixels.end())};
}

}  // namespace ganymede::codecs
