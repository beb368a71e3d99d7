#pragma once

#include <cstdint>
#include <string>

namespace ganymede::codecs {

/// Throws Error(file), which begins with `where`, about a picture.
[[noreturn]] void refuse_picture(const std::string& where, const std::string& found,
                                 const std::string& expected);

/// Throws as above where a picture would have more than max_pixels.
void require_few_pixels(const std::string& where, std::uint64_t height, std::uint64_t width);

}  // namespace ganymede::codecs
