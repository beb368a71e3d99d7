#include "data/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "base/refusal.h"
#include "base/sha256.h"
#include "data/formats/format.h"
#include "data/formats/parts/published.h"
#include "data/stacking.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::data};

constexpr std::string_view debian_root = "/usr/share/datasets";

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

void require_published(const Dataset& dataset, const Published& published) {
  for (std::size_t part = 0; part < dataset.files.size(); ++part) {
    if (dataset.files[part].sha256 != published.sha256[part]) {
      refuse(dataset.files[part].path,
             fmt::format("contents with the SHA-256 {}", dataset.files[part].sha256),
             fmt::format("{}, the published file", published.sha256[part]), std::string(published.advice));
    }
  }
}

template <class Values>
std::string digest_of(const Values& values) {
  return base::sha256(std::as_bytes(std::span(values)));
}

}  // namespace

std::string digest(const Dataset& dataset) {
  std::string digests;
  if (dataset.as_in_files) {
    for (const DatasetFile& file : dataset.files) {
      digests += file.sha256;
    }
  } else {
    digests = fmt::format("{} {} {} {} ", dataset.height, dataset.width, dataset.channels, dataset.classes());
    for (const std::string& name : dataset.class_names) {
      digests += digest_of(name);
    }
    digests += digest_of(dataset.train.labels) + digest_of(dataset.train.pixels);
  }
  if (dataset.train.stacks) {
    digests += digest_of(dataset.train.stacks->planes);
  }
  return digest_of(digests);
}

std::string known_data() {
  return fmt::format("{} or a path: {}", fmt::join(dataset_names(), ", "), format_names());
}

std::vector<std::string> dataset_names() {
  std::vector<std::string> names;
  for (const Published& published : published_sets()) {
    names.emplace_back(published.name);
  }
  names.push_back(fmt::format("{}{}", stacked_prefix, published_sets().front().name));
  return names;
}

bool is_known_name(std::string_view name) {
  return std::ranges::find(published_sets(), digits_of(name).value_or(name), &Published::name) !=
         published_sets().end();
}

Dataset open_dataset(std::string_view name_or_path, std::span<const fs::path> search_path, Splits splits,
                     const Preparation& preparation) {
  if (const auto digits = digits_of(name_or_path)) {
    return stack(open_dataset(*digits, search_path, splits, preparation));
  }
  const auto published = std::ranges::find(published_sets(), name_or_path, &Published::name);
  if (published == published_sets().end()) {
    return load_dataset(name_or_path, splits, preparation);
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
  Dataset dataset = load_dataset(*directory, splits, preparation);
  require_published(dataset, *published);
  return dataset;
}

Dataset load_dataset(const fs::path& path, Splits splits, const Preparation& preparation) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    refuse(path, error ? fmt::format("\"{}\"", error.message()) : "no such file or directory", known_data(),
           "Check the path");
  }
  const Format* format = recognise_format(path);
  if (format == nullptr) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const bool one_of_several = recognise_format(folder) != &formats().back();  // which is any directory's
    refuse(path, "a file in no known format", format_names(),
           one_of_several ? fmt::format("Give the directory of all such files: {}", folder.string())
                          : "Check the path");
  }
  Source source = format->read(path, preparation, splits);
  Dataset& dataset = source.dataset;
  if (dataset.name.empty()) {
    const fs::path whole = fs::weakly_canonical(path, error);
    const fs::path& named = error ? path : whole;
    dataset.name = (fs::is_directory(path, error) ? named.filename() : named.stem()).string();
    if (is_known_name(dataset.name)) {
      dataset.name = "own-" + dataset.name;  // what is known of those does not hold of this
    }
  }
  make_ready(source, path, preparation);
  if (splits == Splits::train_only) {
    dataset.test = {};
  }
  return dataset;
}

}  // namespace ganymede::data
