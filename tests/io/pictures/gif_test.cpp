#include "io/pictures/gif.h"

#include <gif_lib.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

/// An animation as giflib's decoder sees it.
struct Animation {
  std::vector<Image> frames;
  std::vector<int> delays;
  bool loops = false;  ///< for ever
};

Image decode_frame(const SavedImage& saved, const ColorMapObject& palette, int channels) {
  Image frame{
      .height = saved.ImageDesc.Height, .width = saved.ImageDesc.Width, .channels = channels, .pixels = {}};
  for (int n = 0; n < frame.height * frame.width; ++n) {
    const GifColorType color = palette.Colors[saved.RasterBits[n]];
    if (channels == 3) {
      frame.pixels.insert(frame.pixels.end(), {color.Red, color.Green, color.Blue});
    } else {
      EXPECT_TRUE(color.Red == color.Green && color.Green == color.Blue);
      frame.pixels.push_back(color.Red);
    }
  }
  return frame;
}

Animation decode(const std::filesystem::path& path, int channels = 1) {
  GifFileType* gif = DGifOpenFileName(path.c_str(), nullptr);
  EXPECT_NE(gif, nullptr);
  EXPECT_EQ(DGifSlurp(gif), GIF_OK);

  Animation animation;
  for (int n = 0; n < gif->ImageCount; ++n) {
    const SavedImage& saved = gif->SavedImages[n];
    GraphicsControlBlock control{};
    EXPECT_EQ(DGifSavedExtensionToGCB(gif, n, &control), GIF_OK);
    animation.delays.push_back(control.DelayTime);
    animation.frames.push_back(decode_frame(saved, *gif->SColorMap, channels));
    for (int extension = 0; extension + 1 < saved.ExtensionBlockCount; ++extension) {
      const auto bytes = [&](int block) {
        return std::string(reinterpret_cast<const char*>(saved.ExtensionBlocks[block].Bytes),
                           static_cast<std::size_t>(saved.ExtensionBlocks[block].ByteCount));
      };
      const bool for_ever =
          bytes(extension) == "NETSCAPE2.0" && bytes(extension + 1) == std::string("\1\0\0", 3);
      animation.loops = animation.loops || for_ever;
    }
  }
  DGifCloseFile(gif, nullptr);
  return animation;
}

std::vector<Image> example_frames() {
  std::vector<Image> frames;
  for (int shift = 0; shift < 3; ++shift) {
    Image frame{.height = 20, .width = 30, .channels = 1, .pixels = {}};
    for (int n = 0; n < 600; ++n) {
      frame.pixels.push_back(static_cast<std::uint8_t>(n * (shift + 1) + shift));
    }
    frames.push_back(frame);
  }
  return frames;
}

TEST(Gif, IsReadByGiflibAsWritten) {
  const test::TemporaryDirectory directory;
  write_gif(directory / "animation.gif", example_frames(),
            {.delay_centiseconds = 7, .hold_centiseconds = 100});
  const Animation animation = decode(directory / "animation.gif");
  EXPECT_EQ(animation.frames, example_frames());
  const auto bytes = encode_gif(example_frames(), {});
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), 6), "GIF89a");
  EXPECT_EQ(animation.delays, (std::vector<int>{7, 7, 107}));
  EXPECT_TRUE(animation.loops);
}

TEST(Gif, PlaysOnceIfAsked) {
  const test::TemporaryDirectory directory;
  write_gif(directory / "animation.gif", example_frames(), {.loop = false});
  EXPECT_FALSE(decode(directory / "animation.gif").loops);
}

TEST(Gif, KeepsColorsToTheNearestOfItsLevels) {
  Image frame{.height = 16, .width = 16, .channels = 3, .pixels = {}};
  for (int n = 0; n < 16 * 16; ++n) {
    frame.pixels.insert(frame.pixels.end(), {static_cast<std::uint8_t>(n), static_cast<std::uint8_t>(255 - n),
                                             static_cast<std::uint8_t>(n % 16 * 17)});
  }
  const test::TemporaryDirectory directory;
  write_gif(directory / "animation.gif", std::vector{frame}, {});
  const Image decoded = decode(directory / "animation.gif", 3).frames.at(0);
  const int reach[] = {26, 22, 26};  // half of 255 / 5 and of 255 / 6, rounded
  for (std::size_t n = 0; n < frame.pixels.size(); ++n) {
    EXPECT_NEAR(decoded.pixels[n], frame.pixels[n], reach[n % 3]) << n;
  }
}

TEST(Gif, KeepsTheEndsOfEveryColor) {
  const Image corners{
      .height = 1, .width = 8, .channels = 3, .pixels = {0,   0, 0,   255, 255, 255, 255, 0,
                                                         0,   0, 255, 0,   0,   0,   255, 255,
                                                         255, 0, 0,   255, 255, 255, 0,   255}};
  const test::TemporaryDirectory directory;
  write_gif(directory / "animation.gif", std::vector{corners}, {});
  EXPECT_EQ(decode(directory / "animation.gif", 3).frames.at(0), corners);
}

}  // namespace
}  // namespace ganymede::io
