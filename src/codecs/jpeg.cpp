#include "codecs/jpeg.h"

#include <fmt/format.h>
#include <turbojpeg.h>

#include <memory>
#include <new>
#include <utility>

#include "codecs/orientation.h"
#include "codecs/refusal.h"

namespace ganymede::codecs {

namespace {

/// libjpeg-turbo's decoder over the bytes of a file.
class Decoder {
 public:
  Decoder(std::span<const std::byte> bytes, const std::string& where)
      : bytes_(bytes), where_(where), handle_(tjInitDecompress()) {
    if (!handle_) {
      throw std::bad_alloc();
    }
  }

  ImageHeader header() const {
    ImageHeader header;
    int subsampling = 0;
    int color_space = 0;
    require(tjDecompressHeader3(handle_.get(), data(), bytes_.size(), &header.width, &header.height,
                                &subsampling, &color_space));
    if (header.width < 1 || header.height < 1) {
      refuse_picture(where_, fmt::format("{} by {} pixels", header.height, header.width), "a JPEG image");
    }
    require_few_pixels(where_, static_cast<std::uint64_t>(header.height),
                       static_cast<std::uint64_t>(header.width));
    if (color_space == TJCS_CMYK || color_space == TJCS_YCCK) {
      refuse_picture(where_, "a JPEG image in CMYK", "one in grey or RGB");
    }
    header.channels = color_space == TJCS_GRAY ? 1 : 3;
    return header;
  }

  Image image() const {
    const ImageHeader is = header();
    Image image{.height = is.height, .width = is.width, .channels = is.channels, .pixels = {}};
    image.pixels.resize(static_cast<std::size_t>(is.height) * static_cast<std::size_t>(is.width) *
                        static_cast<std::size_t>(is.channels));
    // A small file of a thousand scans would keep the decoder for minutes, and half a picture is no picture.
    require(tjDecompress2(handle_.get(), data(), bytes_.size(), image.pixels.data(), is.width, 0, is.height,
                          is.channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING));
    return image;
  }

 private:
  struct Free {
    void operator()(void* handle) const { tjDestroy(handle); }
  };

  const unsigned char* data() const { return reinterpret_cast<const unsigned char*>(bytes_.data()); }
  void require(int status) const {
    if (status != 0) {
      refuse_picture(where_, fmt::format("\"{}\"", tjGetErrorStr2(handle_.get())), "a JPEG image");
    }
  }

  std::span<const std::byte> bytes_;
  const std::string& where_;
  std::unique_ptr<void, Free> handle_;
};

}  // namespace

ImageHeader measure_jpeg(std::span<const std::byte> bytes, const std::string& where) {
  ImageHeader header = Decoder(bytes, where).header();
  if (exchanges_sides(exif_orientation(bytes))) {
    std::swap(header.height, header.width);
  }
  return header;
}

Image decode_jpeg(std::span<const std::byte> bytes, const std::string& where) {
  return turned(Decoder(bytes, where).image(), exif_orientation(bytes));
}

}  // namespace ganymede::codecs
