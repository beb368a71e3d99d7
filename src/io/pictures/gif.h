#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "io/pictures/image.h"

namespace ganymede::io {

/// How an animation plays.
struct GifTiming {
  int delay_centiseconds = 10;  ///< how long a frame shows
  int hold_centiseconds = 0;    ///< how much longer the last one does
  bool loop = true;             ///< start again after the last frame, for ever
};

/// The frames as an animated GIF (89a), which has at most 256 colours: grey ones keep every level, coloured
/// ones keep 6 levels of red, 7 of green and 6 of blue. The frames must not be empty and must have one size
/// and as many channels.
std::vector<std::byte> encode_gif(std::span<const Image> frames, const GifTiming& timing);

/// Writes encode_gif() as write_file() does.
void write_gif(const std::filesystem::path& path, std::span<const Image> frames, const GifTiming& timing);

}  // namespace ganymede::io
