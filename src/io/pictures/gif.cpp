#include "io/pictures/gif.h"

#include <fmt/format.h>
#include <gif_lib.h>

#include <array>
#include <cassert>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "io/files/file.h"

namespace ganymede::io {

namespace {

constexpr int colors = 256;
constexpr int white = 255;

void check(int status, int error) {
  if (status == GIF_ERROR) {
    throw std::runtime_error(fmt::format("giflib: {}", GifErrorString(error)));
  }
}

int append(GifFileType* gif, const GifByteType* bytes, int count) {
  auto& file = *static_cast<std::vector<std::byte>*>(gif->UserData);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes);
  file.insert(file.end(), begin, begin + count);
  return count;
}

struct CloseGif {
  void operator()(GifFileType* gif) const { EGifCloseFile(gif, nullptr); }
};

struct FreeColorMap {
  void operator()(ColorMapObject* map) const { GifFreeMapObject(map); }
};

using ColorMap = std::unique_ptr<ColorMapObject, FreeColorMap>;

ColorMap color_map(const std::array<GifColorType, colors>& palette) {
  ColorMap map(GifMakeMapObject(colors, palette.data()));
  if (map == nullptr) {
    throw std::bad_alloc();
  }
  return map;
}

ColorMap grey_palette() {
  std::array<GifColorType, colors> levels;
  for (int level = 0; level < colors; ++level) {
    const auto byte = static_cast<GifByteType>(level);
    levels[static_cast<std::size_t>(level)] = {.Red = byte, .Green = byte, .Blue = byte};
  }
  return color_map(levels);
}

/// How many levels of red, green and blue a coloured frame has; color_number() counts them with blue fastest.
constexpr std::array<int, 3> color_levels = {6, 7, 6};

/// The nearest of the levels of a channel.
int nearest_level(std::uint8_t byte, int levels) {
  return (byte * (levels - 1) + white / 2) / white;
}

ColorMap color_palette() {
  const auto byte_of = [](int level, int levels) {
    return static_cast<GifByteType>(level * white / (levels - 1));
  };
  const auto [reds, greens, blues] = color_levels;
  std::array<GifColorType, colors> palette{};
  for (int number = 0; number < reds * greens * blues; ++number) {
    palette[static_cast<std::size_t>(number)] = {.Red = byte_of(number / (greens * blues), reds),
                                                 .Green = byte_of(number / blues % greens, greens),
                                                 .Blue = byte_of(number % blues, blues)};
  }
  return color_map(palette);
}

GifPixelType color_number(std::span<const std::uint8_t, 3> pixel) {
  int number = 0;
  for (std::size_t channel = 0; channel < pixel.size(); ++channel) {
    number = number * color_levels[channel] + nearest_level(pixel[channel], color_levels[channel]);
  }
  return static_cast<GifPixelType>(number);
}

/// A frame as numbers of its palette's colours.
std::vector<GifPixelType> color_numbers(const Image& frame) {
  if (frame.channels == 1) {
    return frame.pixels;
  }
  std::vector<GifPixelType> numbers(frame.pixels.size() / color_levels.size());
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    numbers[n] = color_number(std::span(frame.pixels).subspan(n * color_levels.size()).first<3>());
  }
  return numbers;
}

/// The block with which Netscape 2.0 made animations repeat: a sub-block 1 and the count, 0 for ever.
void put_loop(GifFileType* gif) {
  constexpr std::string_view name = "NETSCAPE2.0";
  constexpr std::array<GifByteType, 3> for_ever = {1, 0, 0};
  check(EGifPutExtensionLeader(gif, APPLICATION_EXT_FUNC_CODE), gif->Error);
  check(EGifPutExtensionBlock(gif, static_cast<int>(name.size()), name.data()), gif->Error);
  check(EGifPutExtensionBlock(gif, static_cast<int>(for_ever.size()), for_ever.data()), gif->Error);
  check(EGifPutExtensionTrailer(gif), gif->Error);
}

void put_frame(GifFileType* gif, const Image& frame, int delay_centiseconds) {
  const GraphicsControlBlock control{.DisposalMode = DISPOSE_DO_NOT,
                                     .UserInputFlag = false,
                                     .DelayTime = delay_centiseconds,
                                     .TransparentColor = NO_TRANSPARENT_COLOR};
  std::array<GifByteType, 4> block{};
  const auto size = EGifGCBToExtension(&control, block.data());
  check(EGifPutExtension(gif, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(size), block.data()), gif->Error);
  check(EGifPutImageDesc(gif, 0, 0, frame.width, frame.height, false, nullptr), gif->Error);
  std::vector<GifPixelType> pixels = color_numbers(frame);  // giflib masks them in place
  check(EGifPutLine(gif, pixels.data(), static_cast<int>(pixels.size())), gif->Error);
}

}  // namespace

std::vector<std::byte> encode_gif(std::span<const Image> frames, const GifTiming& timing) {
  assert(!frames.empty());
  const Image& first = frames.front();
  std::vector<std::byte> bytes;
  int error = 0;
  std::unique_ptr<GifFileType, CloseGif> gif(EGifOpen(&bytes, append, &error));
  if (gif == nullptr) {
    check(GIF_ERROR, error);
  }
  EGifSetGifVersion(gif.get(), true);
  constexpr int color_bits = 8;
  const ColorMap palette = first.channels == 1 ? grey_palette() : color_palette();
  check(EGifPutScreenDesc(gif.get(), first.width, first.height, color_bits, 0, palette.get()), gif->Error);
  if (timing.loop) {
    put_loop(gif.get());
  }
  for (const Image& frame : frames) {
    assert(frame.channels == first.channels && frame.height == first.height && frame.width == first.width);
    const bool last = &frame == &frames.back();
    put_frame(gif.get(), frame, timing.delay_centiseconds + (last ? timing.hold_centiseconds : 0));
  }
  check(EGifCloseFile(gif.release(), &error), error);
  return bytes;
}

void write_gif(const std::filesystem::path& path, std::span<const Image> frames, const GifTiming& timing) {
  write_file(path, encode_gif(frames, timing));
}

}  // namespace ganymede::io
