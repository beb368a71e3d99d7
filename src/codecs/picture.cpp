#include "codecs/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string_view>

#include "codecs/jpeg.h"
#include "codecs/png.h"
#include "codecs/refusal.h"
#include "codecs/webp.h"

namespace ganymede::codecs {

namespace {

struct PictureFormat {
  std::string_view name;                       ///< "JPEG"
  std::array<std::string_view, 2> suffixes;    ///< of its files, in lower case; the second may be empty
  bool (*begins)(std::span<const std::byte>);  ///< whether a file begins so
  ImageHeader (*measure)(std::span<const std::byte> bytes, const std::string& where);
  Image (*decode)(std::span<const std::byte> bytes, const std::string& where);
};

bool has_at(std::span<const std::byte> bytes, std::size_t place, std::string_view text) {
  return bytes.size() >= place + text.size() &&
         std::memcmp(bytes.data() + place, text.data(), text.size()) == 0;
}

bool begins_as_png(std::span<const std::byte> bytes) {
  return has_at(bytes, 0, "\x89PNG\r\n\x1A\n");
}
bool begins_as_jpeg(std::span<const std::byte> bytes) {
  return has_at(bytes, 0, "\xFF\xD8\xFF");
}
bool begins_as_webp(std::span<const std::byte> bytes) {
  return has_at(bytes, 0, "RIFF") && has_at(bytes, 8, "WEBP");
}

constexpr std::array<PictureFormat, 3> all_formats = {
    {{"PNG", {".png", ""}, begins_as_png, measure_png, decode_png},
     {"JPEG", {".jpg", ".jpeg"}, begins_as_jpeg, measure_jpeg, decode_jpeg},
     {"WebP", {".webp", ""}, begins_as_webp, measure_webp, decode_webp}}};

const PictureFormat& format_of(std::span<const std::byte> bytes, const std::string& where) {
  for (const PictureFormat& format : all_formats) {
    if (format.begins(bytes)) {
      return format;
    }
  }
  refuse_picture(where, bytes.empty() ? "an empty file" : "another format",
                 "a picture in one of the formats " + picture_format_names());
}

}  // namespace

std::string picture_format_names() {
  std::string names;
  for (const PictureFormat& format : all_formats) {
    const char* before = names.empty() ? "" : &format == &all_formats.back() ? " and " : ", ";
    names += fmt::format("{}{}", before, format.name);
  }
  return names;
}

bool is_picture_name(const std::filesystem::path& path) {
  std::string suffix = path.extension().string();
  std::ranges::transform(suffix, suffix.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return !suffix.empty() && std::ranges::any_of(all_formats, [&](const PictureFormat& format) {
    return std::ranges::find(format.suffixes, suffix) != format.suffixes.end();
  });
}

ImageHeader measure_picture(std::span<const std::byte> bytes, const std::string& where) {
  return format_of(bytes, where).measure(bytes, where);
}

Image decode_picture(std::span<const std::byte> bytes, const std::string& where) {
  return format_of(bytes, where).decode(bytes, where);
}

}  // namespace ganymede::codecs
