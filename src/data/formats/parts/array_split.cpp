#include "data/formats/parts/array_split.h"

#include <fmt/format.h>

#include <cstdint>
#include <vector>

#include "base/refusal.h"
#include "data/formats/format.h"
#include "data/formats/parts/axes.h"

namespace ganymede::data {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::data};

std::vector<std::uint16_t> labels_of(const NamedArray& labels, std::size_t images) {
  using codecs::NpyKind;
  const codecs::NpyView& view = labels.values;
  const bool whole = view.kind == NpyKind::integer || view.kind == NpyKind::unsigned_integer;
  const bool a_row = view.shape.rank() == 1 || (view.shape.rank() == 2 && view.shape[1] == 1);
  if (!whole || !a_row || view.count() != images) {
    refuse(labels.where, fmt::format("values of type {} and shape {}", view.type, view.shape.to_string()),
           fmt::format("whole numbers, the labels of {} images: [{}] or [{}, 1]", images, images, images),
           "Write one number an image, for example with numpy: labels.argmax(1).astype('uint8')");
  }
  std::vector<std::uint16_t> numbers(images);
  for (std::size_t n = 0; n < images; ++n) {
    const double label = view.number(n);
    if (!(label >= 0.0 && label < static_cast<double>(max_classes))) {
      refuse(labels.where, fmt::format("the label {}", label),
             fmt::format("labels from 0 to {}", max_classes - 1), "Count the classes from 0");
    }
    numbers[n] = static_cast<std::uint16_t>(label);
  }
  return numbers;
}

}  // namespace

void SplitReader::read(const NamedArray& images, const std::optional<NamedArray>& labels, Split& split) {
  const Axes axes = axes_of(images.values.shape.sizes(), images.where);
  require_one_size(*dataset_, axes, images.where);
  if (!range_) {
    range_ = range_of(images.values, images.where);
    labelled_ = labels.has_value();
    dataset_->notes.push_back(fmt::format("{}: {}, {}", images.name, axes.to_string(), range_->description));
  }
  split.pixels = channels_last(to_pixels(images.values, *range_, images.where), axes);
  if (labelled_ != labels.has_value()) {
    refuse(images.where, labelled_ ? "no labels for these images" : "labels for these images alone",
           "labels for the training images and those to test with, or for neither",
           "Add or rename the array of labels");
  }
  const auto count = static_cast<std::size_t>(axes.count);
  split.labels = labels ? labels_of(*labels, count) : std::vector<std::uint16_t>(count);
}

}  // namespace ganymede::data
