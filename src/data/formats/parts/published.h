#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "data/dataset.h"

namespace ganymede::data {

/// The IDX files of a data set, in this order.
enum class IdxPart : std::size_t { train_images, train_labels, test_images, test_labels };
inline constexpr std::size_t idx_part_count = 4;

/// A data set whose files are published, with the SHA-256 of each when unpacked.
struct Published {
  std::string_view name;
  std::array<std::string_view, idx_part_count> sha256;
  std::array<std::string_view, 10> class_names;
  std::string_view advice;  ///< on where to get it
};

std::span<const Published> published_sets();

/// Whether one of them has this file.
bool is_published(IdxPart part, std::string_view sha256);
/// The one that has these files, which are the first of its parts; null where there is none.
const Published* recognise_published(std::span<const DatasetFile> files);

}  // namespace ganymede::data
