#include "codecs/orientation.h"

#include <libexif/exif-data.h>
#include <libexif/exif-utils.h>

#include <memory>
#include <new>

namespace ganymede::codecs {

namespace {

constexpr int upright = 1;
constexpr int last = 8;

struct Release {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

}  // namespace

int exif_orientation(std::span<const std::byte> jpeg) {
  const std::unique_ptr<ExifData, Release> data(exif_data_new());
  if (!data) {
    throw std::bad_alloc();
  }
  exif_data_unset_option(data.get(),
                         EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);  // which would add missing entries
  exif_data_load_data(data.get(), reinterpret_cast<const unsigned char*>(jpeg.data()),
                      static_cast<unsigned int>(jpeg.size()));
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry == nullptr || entry->format != EXIF_FORMAT_SHORT || entry->components != 1) {
    return upright;
  }
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= upright && orientation <= last ? orientation : upright;
}

bool exchanges_sides(int orientation) {
  return orientation >= 5;
}

Image turned(Image stored, int orientation) {
  if (orientation == upright) {
    return stored;
  }
  const bool exchanged = exchanges_sides(orientation);
  const bool rows_backwards = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool columns_backwards = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  Image seen{.height = exchanged ? stored.width : stored.height,
             .width = exchanged ? stored.height : stored.width,
             .channels = stored.channels,
             .pixels = {}};
  seen.pixels.reserve(stored.pixels.size());
  for (int y = 0; y < seen.height; ++y) {
    for (int x = 0; x < seen.width; ++x) {
      const int row = exchanged ? x : y;
      const int column = exchanged ? y : x;
      const int stored_row = rows_backwards ? stored.height - 1 - row : row;
      const int stored_column = columns_backwards ? stored.width - 1 - column : column;
      const auto pixel = stored.pixels.begin() +
                         (std::ptrdiff_t{stored_row} * stored.width + stored_column) * stored.channels;
      seen.pixels.insert(seen.pixels.end(), pixel, pixel + stored.channels);
    }
  }
  return seen;
}

}  // namespace ganymede::codecs
