#include "data/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/sha256.h"
#include "data/gzip.h"
#include "data/idx.h"
#include "data/stacking.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_file_bytes = std::size_t{1} << 31;
constexpr int max_side = 1024;
constexpr std::string_view debian_root = "/usr/share/datasets";

enum Part : std::size_t { train_images, train_labels, test_images, test_labels, part_count };

constexpr std::array<std::string_view, part_count> file_names = {
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

/// A data set whose files are published, with the SHA-256 of each when unpacked.
struct Published {
  std::string_view name;
  std::array<std::string_view, part_count> sha256;
  std::array<std::string_view, 10> class_names;
  std::string_view advice;  // on where to get it
};

constexpr std::array<Published, 2> published_sets = {{
    {"mnist",
     {"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
     {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
     "It comes with the source in data/mnist: run from there, or pass the path of that directory"},
    {"fashion-mnist",
     {"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
     {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot"},
     "Install it: sudo apt-get install dataset-fashion-mnist"},
}};

[[noreturn]] void refuse(const fs::path& where, std::string found, std::string expected, std::string advice) {
  throw base::Error(base::ErrorKind::data, {.where = where.string(),
                                            .found = std::move(found),
                                            .expected = std::move(expected),
                                            .advice = std::move(advice)});
}

fs::path find_file(const fs::path& directory, Part part) {
  const std::string hyphened(file_names[part]);
  std::string dotted = hyphened;
  dotted[dotted.rfind("-idx")] = '.';
  for (const std::string& name : {hyphened, hyphened + ".gz", dotted, dotted + ".gz"}) {
    std::error_code error;
    if (fs::exists(directory / name, error)) {
      return directory / name;
    }
  }
  refuse(directory, fmt::format("no {}", hyphened), "the four IDX files of a data set, gzipped or not",
         fmt::format("Check the path, or name a data set: {}", fmt::join(dataset_names(), ", ")));
}

/// Reads a part into `values` and returns its shape.
std::vector<std::int64_t> read_part(const fs::path& directory, Part part, std::vector<std::uint8_t>& values,
                                    std::vector<DatasetFile>& files) {
  const fs::path path = find_file(directory, part);
  std::vector<std::uint8_t> bytes = read_unpacked(path, max_file_bytes);
  std::string digest = base::sha256(std::as_bytes(std::span(bytes)));
  const bool verified = std::ranges::any_of(
      published_sets, [&](const Published& published) { return published.sha256[part] == digest; });
  files.push_back({path, std::move(digest), verified});

  IdxArray array = parse_idx(std::move(bytes), path.string());
  const bool images = part == train_images || part == test_images;
  if (array.shape.size() != (images ? 3U : 1U)) {
    refuse(path, images ? "labels" : "images", images ? "images" : "labels",
           "Check that the files were not swapped");
  }
  values = std::move(array.values);
  return std::move(array.shape);
}

void read_split(const fs::path& directory, Part images, Part labels, Split& split, Dataset& dataset) {
  const auto shape = read_part(directory, images, split.pixels, dataset.files);
  const fs::path images_path = dataset.files.back().path;
  read_part(directory, labels, split.labels, dataset.files);
  if (shape[0] != static_cast<std::int64_t>(split.labels.size())) {
    refuse(images_path, fmt::format("{} images", shape[0]),
           fmt::format("one for each of the {} labels in {}", split.labels.size(),
                       dataset.files.back().path.filename().string()),
           "Use files of one data set");
  }
  if (std::max(shape[1], shape[2]) > max_side) {
    refuse(images_path, fmt::format("images of {} by {}", shape[1], shape[2]),
           fmt::format("at most {} by {}", max_side, max_side), "Use a data set of smaller images");
  }
  const bool first = dataset.height == 0;
  if (!first && (shape[1] != dataset.height || shape[2] != dataset.width)) {
    refuse(images_path, fmt::format("images of {} by {}", shape[1], shape[2]),
           fmt::format("{} by {} as in the training split", dataset.height, dataset.width),
           "Use files of one data set");
  }
  dataset.height = static_cast<int>(shape[1]);
  dataset.width = static_cast<int>(shape[2]);
}

std::size_t label_count(const Split& split) {
  return split.labels.empty() ? 0 : std::size_t{*std::ranges::max_element(split.labels)} + 1;
}

/// The published data set that `files` are, given in the order of parts.
const Published* recognise(std::span<const DatasetFile> files) {
  const auto found = std::ranges::find_if(published_sets, [&](const Published& published) {
    return std::ranges::equal(files, std::span(published.sha256).first(files.size()), {},
                              &DatasetFile::sha256);
  });
  return found == published_sets.end() ? nullptr : &*found;
}

std::optional<fs::path> find_directory(std::string_view name, std::span<const fs::path> search_path) {
  std::vector<fs::path> candidates(search_path.begin(), search_path.end());
  candidates.emplace_back(debian_root);
  for (const fs::path& root : candidates) {
    std::error_code error;
    if (fs::is_directory(root / name, error)) {
      return root / name;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string known_data() {
  return fmt::format("{} or a directory with IDX files", fmt::join(dataset_names(), ", "));
}

std::vector<std::string> dataset_names() {
  std::vector<std::string> names;
  for (const Published& published : published_sets) {
    names.emplace_back(published.name);
  }
  names.push_back(fmt::format("{}{}", stacked_prefix, published_sets.front().name));
  return names;
}

Dataset open_dataset(std::string_view name_or_directory, std::span<const fs::path> search_path,
                     Splits splits) {
  if (const auto digits = digits_of(name_or_directory)) {
    return stack(open_dataset(*digits, search_path, splits));
  }
  const auto published = std::ranges::find(published_sets, name_or_directory, &Published::name);
  if (published == published_sets.end()) {
    return load_directory(name_or_directory, splits);
  }
  const auto directory = find_directory(published->name, search_path);
  if (!directory) {
    std::vector<std::string> looked_in;
    std::ranges::transform(search_path, std::back_inserter(looked_in),
                           [](const fs::path& path) { return path.string(); });
    looked_in.emplace_back(debian_root);
    refuse(fs::path(published->name), "no such data set",
           fmt::format("its directory in {}", fmt::join(looked_in, " or ")), std::string(published->advice));
  }
  Dataset dataset = load_directory(*directory, splits);
  for (std::size_t part = 0; part < dataset.files.size(); ++part) {
    if (dataset.files[part].sha256 != published->sha256[part]) {
      refuse(dataset.files[part].path,
             fmt::format("contents with the SHA-256 {}", dataset.files[part].sha256),
             fmt::format("{}, the published file", published->sha256[part]), std::string(published->advice));
    }
  }
  return dataset;
}

Dataset load_directory(const fs::path& directory, Splits splits) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    refuse(directory, "no such directory", known_data(), "Check the path");
  }
  Dataset dataset;
  read_split(directory, train_images, train_labels, dataset.train, dataset);
  if (splits == Splits::train_and_test) {
    read_split(directory, test_images, test_labels, dataset.test, dataset);
  }
  if (const Published* published = recognise(dataset.files)) {
    dataset.name = published->name;
    dataset.class_names.assign(published->class_names.begin(), published->class_names.end());
    return dataset;
  }
  const fs::path whole = fs::weakly_canonical(directory, error);
  dataset.name = (error ? directory : whole).filename().string();
  for (std::size_t label = 0; label < label_count(dataset.train); ++label) {
    dataset.class_names.push_back(std::to_string(label));
  }
  if (label_count(dataset.test) > label_count(dataset.train)) {
    refuse(dataset.files[test_labels].path, fmt::format("the label {}", label_count(dataset.test) - 1),
           fmt::format("labels below {} as in the training split", label_count(dataset.train)),
           "Use files of one data set");
  }
  return dataset;
}

}  // namespace ganymede::data
