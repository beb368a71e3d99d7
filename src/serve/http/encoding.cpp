#include "serve/http/encoding.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace ganymede::serve {

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // with the zero that OpenSSL appends
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string base64_of_range(std::span<const float> values, float low, float high) {
  constexpr float most = 255.0F;
  const float scale = high > low ? most / (high - low) : 0.0F;
  std::vector<std::uint8_t> bytes(values.size());
  std::ranges::transform(values, bytes.begin(), [&](float value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp((value - low) * scale, 0.0F, most)));
  });
  return base64(bytes);
}

}  // namespace ganymede::serve
