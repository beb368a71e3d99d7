#include "data/formats/cifar.h"

#include <fmt/format.h>

#include <span>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "base/refusal.h"
#include "base/sha256.h"
#include "data/formats/parts/axes.h"
#include "data/gzip.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr int side = 32;
constexpr std::size_t image_bytes = 3 * side * side;
constexpr std::size_t record_bytes = 1 + image_bytes;
constexpr std::size_t max_file_bytes = std::size_t{1} << 30;
constexpr int classes = 10;

constexpr base::Refusal refuse{base::ErrorKind::data,
                               "Unpack CIFAR-10's binary version, cifar-10-binary.tar.gz, again"};

fs::path batch(const fs::path& directory, int number) {
  return directory / fmt::format("data_batch_{}.bin", number);
}

void append_batch(const fs::path& path, Dataset& dataset, Split& split) {
  const std::vector<std::uint8_t> file = read_unpacked(path, max_file_bytes);
  dataset.files.push_back({path, base::sha256(std::as_bytes(std::span(file))), false});
  if (file.empty() || file.size() % record_bytes != 0) {
    refuse(path, fmt::format("{} bytes", file.size()),
           fmt::format("records of {} bytes: a label and 32 by 32 pixels in colour", record_bytes));
  }
  for (std::size_t place = 0; place < file.size(); place += record_bytes) {
    if (file[place] >= classes) {
      refuse(path, fmt::format("the label {}", file[place]), "labels from 0 to 9");
    }
    split.labels.push_back(file[place]);
    const auto pixels = std::span(file).subspan(place + 1, image_bytes);
    split.pixels.insert(split.pixels.end(), pixels.begin(), pixels.end());
  }
}

void read_names(const fs::path& directory, Dataset& dataset) {
  const fs::path path = directory / "batches.meta.txt";
  constexpr std::size_t largest = 1 << 16;
  std::error_code ignored;
  if (fs::exists(path, ignored)) {
    const std::vector<std::uint8_t> text = read_unpacked(path, largest);
    std::istringstream names(std::string(text.begin(), text.end()));
    for (std::string name; names >> name;) {
      dataset.class_names.push_back(name);
    }
    if (dataset.class_names.size() != classes) {
      refuse(path, fmt::format("{} names", dataset.class_names.size()), "those of ten classes");
    }
    return;
  }
  for (int label = 0; label < classes; ++label) {
    dataset.class_names.push_back(std::to_string(label));
  }
}

}  // namespace

bool is_cifar(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(batch(path, 1), ignored);
}

Source read_cifar(const fs::path& path, const Preparation&, Splits splits) {
  constexpr int batches = 5;
  Source source;
  Dataset& dataset = source.dataset;
  dataset.height = dataset.width = side;
  dataset.channels = 3;
  dataset.as_in_files = false;
  read_names(path, dataset);
  std::error_code ignored;
  for (int number = 1; number <= batches && fs::exists(batch(path, number), ignored); ++number) {
    append_batch(batch(path, number), dataset, dataset.train);
  }
  const fs::path test = path / "test_batch.bin";
  source.has_test = fs::exists(test, ignored);
  if (source.has_test && splits == Splits::train_and_test) {
    append_batch(test, dataset, dataset.test);
  }
  for (Split* split : {&dataset.train, &dataset.test}) {
    split->pixels =
        channels_last(std::move(split->pixels), {.count = static_cast<std::int64_t>(split->count()),
                                                 .height = side,
                                                 .width = side,
                                                 .channels = 3,
                                                 .channels_first = true});
  }
  return source;
}

}  // namespace ganymede::data
