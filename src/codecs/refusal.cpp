#include "codecs/refusal.h"

#include <fmt/format.h>

#include "codecs/image.h"

namespace ganymede::codecs {

void require_few_pixels(const std::string& where, std::uint64_t height, std::uint64_t width) {
  // Divided, since a product of two lies may be small.
  if (width != 0 && height > max_pixels / width) {
    refuse_picture(where, fmt::format("{} by {} pixels", height, width),
                   fmt::format("at most {} pixels", max_pixels));
  }
}

}  // namespace ganymede::codecs
