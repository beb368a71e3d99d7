#include "data/formats/idx_directory.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <system_error>
#include <utility>

#include "base/refusal.h"
#include "base/sha256.h"
#include "data/formats/parts/axes.h"
#include "data/formats/parts/idx.h"
#include "data/formats/parts/published.h"
#include "data/gzip.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::data};
using enum IdxPart;

constexpr std::size_t max_file_bytes = std::size_t{1} << 31;

struct PartNames {
  IdxPart part;
  std::array<std::string_view, 2> names;  // the second may be empty
};

constexpr std::array<PartNames, idx_part_count> part_names = {
    {{train_images, {"train-images-idx3-ubyte", "train-images-idx4-ubyte"}},
     {train_labels, {"train-labels-idx1-ubyte", ""}},
     {test_images, {"t10k-images-idx3-ubyte", "t10k-images-idx4-ubyte"}},
     {test_labels, {"t10k-labels-idx1-ubyte", ""}}}};

const PartNames& names_of(IdxPart part) {
  return part_names[static_cast<std::size_t>(part)];
}

std::optional<fs::path> look_for(const fs::path& directory, IdxPart part) {
  for (const std::string_view name : names_of(part).names) {
    if (name.empty()) {
      continue;
    }
    const std::string hyphened(name);
    std::string dotted = hyphened;
    dotted[dotted.rfind("-idx")] = '.';
    for (const std::string& file : {hyphened, hyphened + ".gz", dotted, dotted + ".gz"}) {
      std::error_code error;
      if (fs::exists(directory / file, error)) {
        return directory / file;
      }
    }
  }
  return std::nullopt;
}

fs::path find_file(const fs::path& directory, IdxPart part) {
  if (auto path = look_for(directory, part)) {
    return *std::move(path);
  }
  refuse(directory, fmt::format("no {}", names_of(part).names[0]),
         "the four IDX files of a data set, gzipped or not", "Check the path, or put the file there");
}

IdxArray read_part(const fs::path& directory, IdxPart part, std::vector<DatasetFile>& files) {
  const fs::path path = find_file(directory, part);
  std::vector<std::uint8_t> bytes = read_unpacked(path, max_file_bytes);
  std::string digest = base::sha256(std::as_bytes(std::span(bytes)));
  const bool verified = is_published(part, digest);
  files.push_back({path, std::move(digest), verified});

  IdxArray array = parse_idx(std::move(bytes), path.string());
  const bool images = part == train_images || part == test_images;
  if ((array.shape.size() == 1) == images) {
    refuse(path, images ? "labels" : "images", images ? "images" : "labels",
           "Check that the files were not swapped");
  }
  return array;
}

void read_split(const fs::path& directory, IdxPart images, IdxPart labels, Split& split, Dataset& dataset) {
  IdxArray pixels = read_part(directory, images, dataset.files);
  const fs::path images_path = dataset.files.back().path;
  const Axes axes = axes_of(pixels.shape, images_path);
  IdxArray numbers = read_part(directory, labels, dataset.files);
  if (axes.count != static_cast<std::int64_t>(numbers.values.size())) {
    refuse(images_path, fmt::format("{} images", axes.count),
           fmt::format("one for each of the {} labels in {}", numbers.values.size(),
                       dataset.files.back().path.filename().string()),
           "Use files of one data set");
  }
  require_one_size(dataset, axes, images_path);
  split.pixels = channels_last(std::move(pixels.values), axes);
  split.labels.assign(numbers.values.begin(), numbers.values.end());
}

}  // namespace

bool is_idx_directory(const fs::path& path) {
  for (const PartNames& part : part_names) {
    if (look_for(path, part.part)) {
      return true;
    }
  }
  return false;
}

Source read_idx_directory(const fs::path& path, const Preparation&, Splits splits) {
  Source source;
  Dataset& dataset = source.dataset;
  source.has_test = look_for(path, test_images) || look_for(path, test_labels);
  read_split(path, train_images, train_labels, dataset.train, dataset);
  if (source.has_test && splits == Splits::train_and_test) {
    read_split(path, test_images, test_labels, dataset.test, dataset);
  }
  if (const Published* published = recognise_published(dataset.files)) {
    dataset.name = published->name;
    dataset.class_names.assign(published->class_names.begin(), published->class_names.end());
  } else {
    name_classes_by_number(dataset, dataset.files.back().path);
  }
  return source;
}

}  // namespace ganymede::data
