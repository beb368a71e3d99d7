#include "data/formats/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/refusal.h"
#include "data/formats/cifar.h"
#include "data/formats/idx_directory.h"
#include "data/formats/numpy_arrays.h"
#include "data/formats/picture_folder.h"
#include "data/test_split.h"

namespace ganymede::data {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::data};

// A folder of pictures is what any other directory is taken for.
constexpr auto all_formats =
    std::to_array<Format>({{"IDX files", is_idx_directory, read_idx_directory},
                           {"CIFAR-10's binary files", is_cifar, read_cifar},
                           {"NumPy's .npz and .npy", is_numpy_arrays, read_numpy_arrays},
                           {"a folder of pictures", is_picture_folder, read_picture_folder}});

/// Whether `second` may follow `first`: no letter is written in more bytes than it needs, none is half of a
/// pair of UTF-16, and none lies beyond the last.
bool may_follow(unsigned char first, unsigned char second) {
  const unsigned char lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  return second >= lowest && second <= highest;
}

std::size_t length_by(unsigned char first) {
  return first < 0x80                    ? 1
         : first >= 0xC2 && first < 0xE0 ? 2
         : first >= 0xE0 && first < 0xF0 ? 3
         : first >= 0xF0 && first < 0xF5 ? 4
                                         : 0;
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

void make_ready(Source& source, const std::filesystem::path& where, const Preparation& preparation) {
  require_classes(source.dataset, where);
  fit_images(source.dataset, preparation);
  if (!source.has_test) {
    cut_test_split(source.dataset, preparation);
  }
  if (preparation.held_out > 0) {
    hold_out(source.dataset, preparation);
  }
}

bool is_printable(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = length_by(byte(at));
    if (length == 0 || length > text.size() - at || byte(at) < 0x20 || byte(at) == 0x7F ||
        (length > 1 && !may_follow(byte(at), byte(at + 1)))) {
      return false;
    }
    for (std::size_t n = 2; n < length; ++n) {
      if (!may_follow(0x80, byte(at + n))) {
        return false;
      }
    }
    at += length;
  }
  return true;
}

void require_classes(const Dataset& dataset, const std::filesystem::path& where) {
  if (dataset.class_names.size() > max_classes) {
    refuse(where, fmt::format("{} classes", dataset.class_names.size()),
           fmt::format("at most {}", max_classes), "Put the images of several classes together");
  }
  for (const std::string& name : dataset.class_names) {
    if (!is_printable(name)) {
      refuse(where, "a class whose name is no text in UTF-8", "names of classes that can be printed",
             "Rename its folder");
    }
  }
}

void name_classes_by_number(Dataset& dataset, const std::filesystem::path& where) {
  const std::size_t classes = label_count(dataset.train);
  if (label_count(dataset.test) > classes) {
    refuse(where, fmt::format("the label {}", label_count(dataset.test) - 1),
           fmt::format("labels below {} as in the training split", classes), "Use files of one data set");
  }
  for (std::size_t label = 0; label < classes; ++label) {
    dataset.class_names.push_back(std::to_string(label));
  }
}

}  // namespace ganymede::data
