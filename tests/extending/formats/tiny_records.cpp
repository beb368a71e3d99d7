#include "extending/formats/tiny_records.h"

#include <fmt/format.h>

#include <span>
#include <vector>

#include "base/refusal.h"
#include "base/sha256.h"
#include "data/gzip.h"

namespace ganymede::data {

bool is_tiny_records(const std::filesystem::path& path) {
  return path.extension() == ".tiny";
}

Source read_tiny_records(const std::filesystem::path& path, const Preparation&, Splits) {
  constexpr base::Refusal refuse{base::ErrorKind::data, "Write the file again"};
  constexpr int side = 8;
  constexpr std::size_t record_bytes = 1 + side * side;
  const std::vector<std::uint8_t> bytes = read_unpacked(path, max_pixel_bytes);
  if (bytes.empty() || bytes.size() % record_bytes != 0) {
    refuse(path, fmt::format("{} bytes", bytes.size()), fmt::format("records of {} bytes", record_bytes));
  }
  Source source;
  Dataset& dataset = source.dataset;
  dataset.height = dataset.width = side;
  dataset.files.push_back({path, base::sha256(std::as_bytes(std::span(bytes)))});
  for (auto record = bytes.begin(); record != bytes.end(); record += record_bytes) {
    dataset.train.labels.push_back(*record);
    dataset.train.pixels.insert(dataset.train.pixels.end(), record + 1, record + record_bytes);
  }
  name_classes_by_number(dataset, path);
  return source;
}

}  // namespace ganymede::data
