#include "data/formats/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "data/formats/cifar.h"
#include "data/formats/idx_directory.h"
#include "data/formats/numpy_arrays.h"
#include "data/formats/picture_folder.h"

namespace ganymede::data {

namespace {

// A folder of pictures is what any other directory is taken for.
constexpr std::array<Format, 4> all_formats = {
    {{"IDX files", is_idx_directory, read_idx_directory},
     {"CIFAR-10's binary files", is_cifar, read_cifar},
     {"NumPy's .npz and .npy", is_numpy_arrays, read_numpy_arrays},
     {"a folder of pictures", is_picture_folder, read_picture_folder}}};

bool is_utf8(std::string_view text) {
  std::size_t continuing = 0;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (continuing > 0) {
      if ((byte & 0xC0U) != 0x80U) {
        return false;
      }
      --continuing;
    } else if (byte >= 0x80) {
      continuing = byte >= 0xC2 && byte <= 0xDF   ? 1
                   : byte >= 0xE0 && byte <= 0xEF ? 2
                   : byte >= 0xF0 && byte <= 0xF4 ? 3
                                                  : 0;
      if (continuing == 0) {
        return false;
      }
    }
  }
  return continuing == 0;
}

bool is_printable(std::string_view name) {
  return std::ranges::none_of(name, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7F;
  });
}

std::size_t label_count(const Split& split) {
  return split.labels.empty() ? 0 : std::size_t{*std::ranges::max_element(split.labels)} + 1;
}

}  // namespace

std::span<const Format> formats() {
  return all_formats;
}

const Format* recognise_format(const std::filesystem::path& path) {
  const auto found =
      std::ranges::find_if(all_formats, [&](const Format& format) { return format.recognise(path); });
  return found == all_formats.end() ? nullptr : &*found;
}

std::string format_names() {
  std::string text;
  for (const Format& format : all_formats) {
    const char* before = text.empty() ? "" : &format == &all_formats.back() ? " or " : ", ";
    text += fmt::format("{}{}", before, format.name);
  }
  return text;
}

void require_classes(const Dataset& dataset, const std::filesystem::path& where) {
  if (dataset.class_names.size() > max_classes) {
    throw base::Error(base::ErrorKind::data, {.where = where.string(),
                                              .found = fmt::format("{} classes", dataset.class_names.size()),
                                              .expected = fmt::format("at most {}", max_classes),
                                              .advice = "Put the images of several classes together"});
  }
  for (const std::string& name : dataset.class_names) {
    if (!is_utf8(name) || !is_printable(name)) {
      throw base::Error(base::ErrorKind::data, {.where = where.string(),
                                                .found = "a class whose name is no text in UTF-8",
                                                .expected = "names of classes that can be printed",
                                                .advice = "Rename its folder"});
    }
  }
}

void name_classes_by_number(Dataset& dataset, const std::filesystem::path& where) {
  const std::size_t classes = label_count(dataset.train);
  if (label_count(dataset.test) > classes) {
    throw base::Error(base::ErrorKind::data,
                      {.where = where.string(),
                       .found = fmt::format("the label {}", label_count(dataset.test) - 1),
                       .expected = fmt::format("labels below {} as in the training split", classes),
                       .advice = "Use files of one data set"});
  }
  for (std::size_t label = 0; label < classes; ++label) {
    dataset.class_names.push_back(std::to_string(label));
  }
}

}  // namespace ganymede::data
