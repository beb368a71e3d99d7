#include "data/formats/numpy_arrays.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "base/number.h"
#include "base/refusal.h"
#include "base/sha256.h"
#include "codecs/npy.h"
#include "codecs/picture.h"
#include "codecs/zip.h"
#include "data/formats/parts/array_names.h"
#include "data/formats/parts/array_split.h"
#include "data/gzip.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::data};
using codecs::NpyKind;
using codecs::NpyView;
using Bytes = std::vector<std::byte>;

constexpr std::size_t max_bytes = std::size_t{1} << 32;  // of all files, and of an array
constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::string_view zip_magic = "PK\x03\x04";

bool begins_with(const fs::path& path, std::string_view magic) {
  std::array<char, 8> first{};
  std::ifstream(path, std::ios::binary).read(first.data(), static_cast<std::streamsize>(magic.size()));
  return std::string_view(first.data(), magic.size()) == magic;
}

/// An array that is there, not read yet.
struct ArrayEntry {
  std::string name;                   ///< by which its role is known
  std::string where;                  ///< in errors
  std::size_t place = 0;              ///< of the file it is in
  std::optional<std::size_t> member;  ///< of that archive; nothing: it is the file
};

/// The files of a data set in memory, and the arrays in them.
class ArrayFiles {
 public:
  void add_npy(const fs::path& path, std::vector<std::uint8_t> bytes) {
    entries_.push_back({path.stem().string(), path.string(), files_.size(), std::nullopt});
    add(path, std::move(bytes));
  }
  void add_npz(const fs::path& path, std::vector<std::uint8_t> bytes) {
    constexpr std::string_view suffix = ".npy";
    const codecs::ZipArchive archive(std::as_bytes(std::span(bytes)), path.string());
    const auto members = archive.members();
    for (std::size_t n = 0; n < members.size(); ++n) {
      if (!members[n].name.ends_with(suffix)) {
        continue;
      }
      const std::string name = members[n].name.substr(0, members[n].name.size() - suffix.size());
      // The file's name tells more where there is nothing else in it.
      const bool only = members.size() == 1 && name == "arr_0" && role_of(path.stem().string()).has_value();
      entries_.push_back({only ? path.stem().string() : name, path.string() + ": " + name, files_.size(), n});
    }
    add(path, std::move(bytes));
  }

  /// How many bytes may be added.
  std::size_t room() const { return max_bytes - std::min(max_bytes, total_bytes_); }
  std::span<const ArrayEntry> entries() const { return entries_; }
  const std::vector<DatasetFile>& description() const { return description_; }

  /// The bytes of an array's .npy file, by `storage` where they are unpacked.
  std::span<const std::byte> bytes_of(const ArrayEntry& entry, Bytes& storage) const {
    const auto file = std::as_bytes(std::span(files_[entry.place]));
    if (!entry.member) {
      return file;
    }
    storage =
        codecs::ZipArchive(file, description_[entry.place].path.string()).read(*entry.member, max_bytes);
    return storage;
  }

 private:
  void add(const fs::path& path, std::vector<std::uint8_t> bytes) {
    total_bytes_ += bytes.size();
    description_.push_back({path, base::sha256(std::as_bytes(std::span(bytes))), false});
    files_.push_back(std::move(bytes));
  }

  std::vector<std::vector<std::uint8_t>> files_;
  std::vector<DatasetFile> description_;
  std::vector<ArrayEntry> entries_;
  std::size_t total_bytes_ = 0;
};

/// Which array has which role.
class Roles {
 public:
  Roles(const ArrayFiles& files, const fs::path& path) {
    std::vector<const ArrayEntry*> nameless;
    for (const ArrayEntry& entry : files.entries()) {
      const auto role = role_of(entry.name);
      if (!role) {
        nameless.push_back(&entry);
        continue;
      }
      if (const ArrayEntry* other = find(*role)) {
        refuse(path.string(), fmt::format("{} and {}, both {}", other->name, entry.name, describe(*role)),
               "one of them", "Leave one out");
      }
      entries_.emplace_back(*role, &entry);
    }
    const ArrayRole images{};
    if (find(images) == nullptr) {
      if (nameless.size() != 1) {
        refuse(
            path.string(),
            nameless.empty() ? "no images" : fmt::format("the arrays {}", fmt::join(names(nameless), ", ")),
            "images called for example x_train, train_images or arr_0", "Rename the array of images");
      }
      entries_.emplace_back(images, nameless.front());
      nameless.clear();
    }
    if (!nameless.empty()) {
      left_out_ = fmt::format("Arrays whose names do not tell what they are, and left out: {}",
                              fmt::join(names(nameless), ", "));
    }
  }

  const ArrayEntry* find(const ArrayRole& role) const {
    const auto found = std::ranges::find(entries_, role, &std::pair<ArrayRole, const ArrayEntry*>::first);
    return found == entries_.end() ? nullptr : found->second;
  }
  const std::optional<std::string>& left_out() const { return left_out_; }

 private:
  static std::vector<std::string> names(const std::vector<const ArrayEntry*>& entries) {
    constexpr std::size_t shown = 8;
    std::vector<std::string> found;
    for (const ArrayEntry* entry : entries) {
      found.push_back(found.size() < shown ? entry->name : "...");
      if (found.size() > shown) {
        break;
      }
    }
    return found;
  }

  std::vector<std::pair<ArrayRole, const ArrayEntry*>> entries_;
  std::optional<std::string> left_out_;
};

/// Reads the arrays of one data set.
class Reader {
 public:
  Reader(const ArrayFiles& files, const fs::path& path) : files_(files), roles_(files, path) {}

  Source read(Splits splits) {
    Source source;
    dataset_ = &source.dataset;
    splits_ = SplitReader(source.dataset);
    dataset_->files = files_.description();
    dataset_->as_in_files = false;
    read_split(ArrayPart::train, dataset_->train);
    const bool test = roles_.find({ArrayPart::test, ArrayKind::images}) != nullptr;
    const bool validation = roles_.find({ArrayPart::validation, ArrayKind::images}) != nullptr;
    source.has_test = test || validation;
    if (source.has_test && splits == Splits::train_and_test) {
      read_split(test ? ArrayPart::test : ArrayPart::validation, dataset_->test);
    }
    if (validation) {
      dataset_->notes.emplace_back(test ? "The validation images are left out"
                                        : "The validation images are those to test with");
    }
    if (roles_.left_out()) {
      dataset_->notes.push_back(*roles_.left_out());
    }
    name_classes();
    return source;
  }

 private:
  void read_split(ArrayPart part, Split& split) {
    const ArrayEntry& images = *roles_.find({part, ArrayKind::images});
    const ArrayEntry* labels = roles_.find({part, ArrayKind::labels});
    Bytes storage, label_storage;
    std::optional<NamedArray> labels_read;
    if (labels != nullptr) {
      labels_read = read(*labels, label_storage);
    }
    splits_.read(read(images, storage), labels_read, split);
  }

  NamedArray read(const ArrayEntry& entry, Bytes& storage) const {
    return {codecs::parse_npy(files_.bytes_of(entry, storage), entry.where), entry.name, entry.where};
  }

  void name_classes() {
    const ArrayEntry* names = roles_.find({ArrayPart::train, ArrayKind::class_names});
    if (!splits_.labelled()) {
      return;
    }
    name_classes_by_number(*dataset_, files_.description().front().path);
    if (names == nullptr) {
      return;
    }
    Bytes storage;
    const NpyView view = codecs::parse_npy(files_.bytes_of(*names, storage), names->where);
    if (view.kind != NpyKind::text || view.shape.rank() != 1 || view.count() < dataset_->class_names.size() ||
        view.count() > max_classes) {
      refuse(names->where, fmt::format("values of type {} and shape {}", view.type, view.shape.to_string()),
             fmt::format("the names of {} classes", dataset_->class_names.size()),
             "Write them as text, or leave the array out");
    }
    dataset_->class_names.clear();
    for (std::size_t n = 0; n < view.count(); ++n) {
      dataset_->class_names.push_back(view.text(n));
    }
  }

  const ArrayFiles& files_;
  Roles roles_;
  Dataset* dataset_ = nullptr;
  SplitReader splits_;
};

bool is_array_name(const fs::path& path) {
  return path.extension() == ".npy" || path.extension() == ".npz";
}

/// The .npy and .npz files of a directory without pictures, in the order of their names.
std::vector<fs::path> array_files_in(const fs::path& directory) {
  constexpr std::size_t most = 10'000;
  std::vector<fs::path> found;
  std::size_t met = 0;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (const fs::directory_iterator end; !error && entry != end && met < most;
       entry.increment(error), ++met) {
    if (is_array_name(entry->path())) {
      found.push_back(entry->path());
    }
  }
  std::ranges::sort(found);
  return found;
}

void add_file(const fs::path& path, ArrayFiles& files) {
  if (begins_with(path, npy_magic)) {
    files.add_npy(path, read_unpacked(path, files.room()));
  } else {
    files.add_npz(path, read_unpacked(path, files.room()));
  }
}

template <class Value>
Bytes as_npy(std::string_view type, const std::vector<Value>& values, const base::Shape& shape) {
  return codecs::encode_npy(type, std::as_bytes(std::span(values)), shape);
}

void add_split(const Dataset& dataset, const Split& split, const std::string& name,
               std::vector<codecs::ZipContents>& members) {
  const auto count = static_cast<std::int64_t>(split.count());
  std::vector<std::uint8_t> pixels;
  pixels.reserve(split.count() * split.image_size());
  for (std::size_t n = 0; n < split.count(); ++n) {
    const std::vector<std::uint8_t> image = split.image(n);
    pixels.insert(pixels.end(), image.begin(), image.end());
  }
  const base::Shape shape = dataset.channels == 1 ? base::Shape{count, dataset.height, dataset.width}
                                                  : dataset.image_shape().with_leading(count);
  members.push_back({"x_" + name + ".npy", as_npy("|u1", pixels, shape)});
  if (dataset.classes() > 0) {
    members.push_back({"y_" + name + ".npy", as_npy("<u2", split.labels, {count})});
  }
}

}  // namespace

bool is_numpy_arrays(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return !array_files_in(path).empty();
  }
  return begins_with(path, npy_magic) || begins_with(path, zip_magic);
}

Source read_numpy_arrays(const fs::path& path, const Preparation&, Splits splits) {
  ArrayFiles files;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    for (const fs::path& file : array_files_in(path)) {
      add_file(file, files);
    }
  } else {
    add_file(path, files);
    const fs::path labels = fs::path(path).replace_extension(".labels.npy");
    if (path.extension() == ".npy" && fs::exists(labels, ignored)) {
      add_file(labels, files);
    }
  }
  return Reader(files, path).read(splits);
}

Source read_npz(std::vector<std::uint8_t> file, const fs::path& path, Splits splits) {
  ArrayFiles files;
  files.add_npz(path, std::move(file));
  return Reader(files, path).read(splits);
}

std::vector<std::byte> to_npz(const Dataset& dataset) {
  std::vector<codecs::ZipContents> members;
  add_split(dataset, dataset.train, "train", members);
  add_split(dataset, dataset.test, "test", members);
  if (dataset.classes() > 0) {
    members.push_back({"class_names.npy", codecs::encode_npy_text(dataset.class_names)});
  }
  return codecs::encode_zip(members);
}

}  // namespace ganymede::data
