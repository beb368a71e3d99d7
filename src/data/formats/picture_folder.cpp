#include "data/formats/picture_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <map>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/number.h"
#include "base/refusal.h"
#include "base/sha256.h"
#include "base/threads/parallel.h"
#include "codecs/picture.h"
#include "data/formats/parts/folder_listing.h"
#include "data/gzip.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::data};
using Pictures = std::span<const PictureFile>;

/// Calls `work(n, bytes)` with the contents of each picture, on all threads. Throws Error(data) about all of
/// those for which that throws base::Error.
void for_each_picture(const fs::path& folder, Pictures pictures, const FolderLimits& limits,
                      const std::function<void(std::size_t, std::span<const std::byte>)>& work) {
  constexpr std::size_t shown = 5;
  std::vector<std::string> problems(pictures.size());
  base::parallel_for(
      static_cast<std::int64_t>(pictures.size()), 8, [&](std::int64_t begin, std::int64_t end) {
        for (auto n = static_cast<std::size_t>(begin); n < static_cast<std::size_t>(end); ++n) {
          try {
            const std::vector<std::uint8_t> bytes = read_unpacked(pictures[n].path, limits.file_bytes);
            work(n, std::as_bytes(std::span(bytes)));
          } catch (const base::Error& error) {
            problems[n] = error.what();
          }
        }
      });
  std::erase(problems, "");
  if (!problems.empty()) {
    const std::size_t count = problems.size();
    problems.resize(std::min(count, shown));
    refuse(folder,
           fmt::format("{} of {} pictures that cannot be read", base::grouped(count),
                       base::grouped(pictures.size())),
           "sound ones",
           fmt::format("Remove them or write them anew:\n{}{}", fmt::join(problems, "\n"),
                       count > shown ? "\n..." : ""));
  }
}

std::vector<codecs::ImageHeader> measure(const fs::path& folder, Pictures pictures,
                                         const FolderLimits& limits) {
  std::vector<codecs::ImageHeader> headers(pictures.size());
  for_each_picture(folder, pictures, limits, [&](std::size_t n, std::span<const std::byte> bytes) {
    headers[n] = codecs::measure_picture(bytes, pictures[n].path.string());
  });
  return headers;
}

/// "2 sizes: 90 of 64 by 64, 10 of 32 by 48", the most frequent first.
std::string count_sizes(std::span<const codecs::ImageHeader> headers) {
  constexpr std::size_t shown = 6;
  std::map<std::pair<int, int>, std::size_t> counts;
  for (const codecs::ImageHeader& header : headers) {
    ++counts[{header.height, header.width}];
  }
  std::vector<std::pair<std::size_t, std::pair<int, int>>> sorted;
  for (const auto& [size, count] : counts) {
    sorted.emplace_back(count, size);
  }
  std::ranges::sort(sorted, std::greater());
  std::vector<std::string> texts;
  for (const auto& [count, size] : sorted) {
    texts.push_back(texts.size() < shown
                        ? fmt::format("{} of {} by {}", base::grouped(count), size.first, size.second)
                        : fmt::format("{} sizes more", sorted.size() - shown));
    if (texts.size() > shown) {
      break;
    }
  }
  return fmt::format("{} size{}: {}", base::grouped(sorted.size()), sorted.size() == 1 ? "" : "s",
                     fmt::join(texts, ", "));
}

void require_same_size(const fs::path& folder, std::span<const codecs::ImageHeader> headers) {
  const auto other = std::ranges::find_if(headers, [&](const codecs::ImageHeader& header) {
    return header.height != headers[0].height || header.width != headers[0].width;
  });
  if (other != headers.end()) {
    refuse(folder, "pictures of " + count_sizes(headers), "pictures of one size",
           "Give --size N, to which they are made smaller, and where they are not square --fit crop or pad");
  }
}

void require_fitting(const fs::path& folder, Pictures pictures, std::span<const codecs::ImageHeader> headers,
                     const Preparation& preparation) {
  std::size_t count = 0;
  std::size_t example = 0;
  std::string obstacle;
  for (std::size_t n = 0; n < headers.size(); ++n) {
    std::string other = obstacle_to_fit(preparation, headers[n].height, headers[n].width);
    if (!other.empty() && count++ == 0) {
      obstacle = std::move(other);
      example = n;
    }
  }
  if (count > 0) {
    refuse(
        folder,
        fmt::format("{} of {} pictures that do not fit: {} is {} by {}, {}", base::grouped(count),
                    base::grouped(headers.size()), pictures[example].path.lexically_relative(folder).string(),
                    headers[example].height, headers[example].width, obstacle),
        preparation.size == 0
            ? fmt::format("pictures of at most {} by {}", max_side, max_side)
            : fmt::format("pictures to make {} by {} of", preparation.size, preparation.size),
        advice_on_fit(preparation));
  }
}

/// Three channels of one.
std::vector<std::uint8_t> in_color(const std::vector<std::uint8_t>& grey) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(3 * grey.size());
  for (const std::uint8_t value : grey) {
    pixels.insert(pixels.end(), 3, value);
  }
  return pixels;
}

/// The digest of the pictures' names, relative to the folder, and contents.
DatasetFile read_split(const fs::path& folder, Pictures pictures, const Preparation& preparation,
                       const FolderLimits& limits, const Dataset& dataset, Split& split) {
  const auto image_size = static_cast<std::size_t>(dataset.height) * static_cast<std::size_t>(dataset.width) *
                          static_cast<std::size_t>(dataset.channels);
  split.pixels.resize(pictures.size() * image_size);
  split.labels.resize(pictures.size());
  std::vector<std::string> digests(pictures.size());
  for_each_picture(folder, pictures, limits, [&](std::size_t n, std::span<const std::byte> bytes) {
    codecs::Image image = fit_image(codecs::decode_picture(bytes, pictures[n].path.string()), preparation);
    if (image.channels < dataset.channels) {
      image.pixels = in_color(image.pixels);
    }
    if (image.pixels.size() != image_size) {
      throw base::Error(base::ErrorKind::data, {.where = pictures[n].path.string(),
                                                .found = "other contents than a moment ago",
                                                .expected = "a picture that nobody writes"});
    }
    std::ranges::copy(image.pixels, split.pixels.begin() + static_cast<std::ptrdiff_t>(n * image_size));
    split.labels[n] = pictures[n].label;
    digests[n] = base::sha256(bytes);
  });
  std::string all;
  for (std::size_t n = 0; n < pictures.size(); ++n) {
    all += fmt::format("{}  {}\n", digests[n], pictures[n].path.lexically_relative(folder).string());
  }
  return {folder, base::sha256(std::as_bytes(std::span(all))), false};
}

}  // namespace

bool is_picture_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

Source read_picture_folder(const fs::path& path, const Preparation& preparation, Splits splits) {
  return read_picture_folder(path, preparation, splits, {});
}

Source read_picture_folder(const fs::path& path, const Preparation& preparation, Splits splits,
                           const FolderLimits& limits) {
  FolderListing listing = list_folder(path, limits);
  Source source{.dataset = {}, .has_test = listing.has_test};
  Dataset& dataset = source.dataset;
  dataset.class_names = std::move(listing.class_names);
  dataset.notes = std::move(listing.notes);
  dataset.as_in_files = false;

  std::vector<PictureFile> all = listing.train;
  all.insert(all.end(), listing.test.begin(), listing.test.end());
  const std::vector<codecs::ImageHeader> headers = measure(path, all, limits);
  if (preparation.size == 0) {
    require_same_size(path, headers);
  }
  require_fitting(path, all, headers, preparation);
  const auto colored =
      static_cast<std::size_t>(std::ranges::count(headers, 3, &codecs::ImageHeader::channels));
  if (colored != 0 && colored != headers.size()) {
    dataset.notes.push_back(
        fmt::format("{} of {} pictures are grey, and read as if in colour like the others",
                    base::grouped(headers.size() - colored), base::grouped(headers.size())));
  }
  if (preparation.size != 0) {
    dataset.notes.push_back("Pictures of " + count_sizes(headers));
  }
  dataset.height = preparation.size != 0 ? static_cast<int>(preparation.size) : headers[0].height;
  dataset.width = preparation.size != 0 ? static_cast<int>(preparation.size) : headers[0].width;
  dataset.channels = colored != 0 ? 3 : 1;
  const auto image_size = static_cast<std::size_t>(dataset.height) * static_cast<std::size_t>(dataset.width) *
                          static_cast<std::size_t>(dataset.channels);
  if (all.size() > limits.pixel_bytes / image_size) {
    refuse(path,
           fmt::format("{} pictures of {} by {} pixels with {} channels", base::grouped(all.size()),
                       dataset.height, dataset.width, dataset.channels),
           fmt::format("at most {} of pixels", base::byte_count(static_cast<double>(limits.pixel_bytes))),
           "Take fewer, or give a smaller --size");
  }
  dataset.files.push_back(read_split(path, listing.train, preparation, limits, dataset, dataset.train));
  if (listing.has_test && splits == Splits::train_and_test) {
    dataset.files.push_back(read_split(path, listing.test, preparation, limits, dataset, dataset.test));
  }
  return source;
}

}  // namespace ganymede::data
