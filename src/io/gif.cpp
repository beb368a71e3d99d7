#include "io/gif.h"

#include <fmt/format.h>
#include <gif_lib.h>

#include <array>
#include <cassert>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "io/file.h"

namespace ganymede::io {

namespace {

constexpr int grey_levels = 256;

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

std::unique_ptr<ColorMapObject, FreeColorMap> grey_palette() {
  std::array<GifColorType, grey_levels> levels;
  for (int level = 0; level < grey_levels; ++level) {
    const auto byte = static_cast<GifByteType>(level);
    levels[static_cast<std::size_t>(level)] = {.Red = byte, .Green = byte, .Blue = byte};
  }
  std::unique_ptr<ColorMapObject, FreeColorMap> palette(GifMakeMapObject(grey_levels, levels.data()));
  if (palette == nullptr) {
    throw std::bad_alloc();
  }
  return palette;
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
  std::vector<GifPixelType> pixels = frame.pixels;  // giflib masks them in place
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
  check(EGifPutScreenDesc(gif.get(), first.width, first.height, color_bits, 0, grey_palette().get()),
        gif->Error);
  if (timing.loop) {
    put_loop(gif.get());
  }
  for (const Image& frame : frames) {
    assert(frame.channels == 1 && frame.height == first.height && frame.width == first.width);
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
