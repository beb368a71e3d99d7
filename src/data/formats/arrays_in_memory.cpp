#include "data/formats/arrays_in_memory.h"

#include <fmt/format.h>

#include <utility>

#include "base/refusal.h"
#include "data/formats/format.h"
#include "data/formats/parts/array_split.h"

namespace ganymede::data {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::data};

std::optional<NamedArray> named(const std::optional<codecs::NpyView>& view, const char* name) {
  return view ? std::optional(NamedArray{*view, name, name}) : std::nullopt;
}

void name_classes(Dataset& dataset, const std::vector<std::string>& names) {
  name_classes_by_number(dataset, arrays_name);
  if (names.empty()) {
    return;
  }
  if (names.size() < dataset.class_names.size()) {
    refuse(arrays_name, fmt::format("{} names of classes", names.size()),
           fmt::format("the names of {} classes", dataset.class_names.size()),
           "Name every class, or leave the names out");
  }
  dataset.class_names = names;
}

}  // namespace

Dataset dataset_of(const ImageArrays& arrays, const Preparation& preparation) {
  Source source{.dataset = {}, .has_test = arrays.test_images.has_value()};
  Dataset& dataset = source.dataset;
  dataset.name = arrays_name;
  dataset.as_in_files = false;
  SplitReader splits(dataset);
  splits.read(*named(arrays.images, "images"), named(arrays.labels, "labels"), dataset.train);
  if (arrays.test_images) {
    splits.read(*named(arrays.test_images, "test images"), named(arrays.test_labels, "test labels"),
                dataset.test);
  }
  if (splits.labelled()) {
    name_classes(dataset, arrays.class_names);
  }
  make_ready(source, arrays_name, preparation);
  return std::move(source.dataset);
}

}  // namespace ganymede::data
