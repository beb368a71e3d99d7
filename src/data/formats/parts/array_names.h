#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What an array of a data set holds, by its name.
namespace ganymede::data {

enum class ArrayPart { train, validation, test };
enum class ArrayKind { images, labels, class_names };

struct ArrayRole {
  ArrayPart part = ArrayPart::train;
  ArrayKind kind = ArrayKind::images;

  friend bool operator==(const ArrayRole&, const ArrayRole&) = default;
};

/// The role of "x_train", "train_images", "kmnist-test-labels", "arr_0" or "class_names"; nothing where no
/// word of the name tells the kind.
std::optional<ArrayRole> role_of(std::string_view name);

/// "the training images"
std::string describe(const ArrayRole& role);

}  // namespace ganymede::data
