#pragma once

#include <cstdint>
#include <string>

#include "base/refusal.h"

namespace ganymede::codecs {

/// Throws Error(file) about a picture.
inline constexpr base::Refusal refuse_picture{base::ErrorKind::file, "Check that this is the file you mean"};

/// Throws this where a picture would have more than max_pixels.
void require_few_pixels(const std::string& where, std::uint64_t height, std::uint64_t width);

}  // namespace ganymede::codecs
