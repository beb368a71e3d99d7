#include "data/formats/parts/folder_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "base/number.h"
#include "base/refusal.h"
#include "codecs/picture.h"

namespace ganymede::data {

namespace {

namespace fs = std::filesystem;

constexpr base::Refusal refuse{base::ErrorKind::data};

constexpr std::array<std::string_view, 2> train_names = {"train", "training"};
constexpr std::array<std::string_view, 2> validation_names = {"val", "validation"};
constexpr std::array<std::string_view, 2> test_names = {"test", "testing"};

/// What lies in one folder, in the order of the names' bytes.
struct Contents {
  std::vector<fs::path> folders;
  std::vector<fs::path> pictures;
};

/// Looks into folders, and counts what it meets.
class Lister {
 public:
  explicit Lister(const FolderLimits& limits) : limits_(limits) {}

  Contents look(const fs::path& folder) {
    Contents contents;
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
      if (++met_ > limits_.files) {
        refuse(folder, fmt::format("more than {} files", base::grouped(limits_.files)), "no more than those",
               "Take a part of them, or write them as one file: ganymede data import --help");
      }
      place(*entry, contents);
    }
    if (error) {
      refuse(folder, fmt::format("\"{}\"", error.message()), "a folder to read",
             "Check its permissions and where links lead");
    }
    std::ranges::sort(contents.folders);
    std::ranges::sort(contents.pictures);
    return contents;
  }

  /// A sentence on what is not read, if there is anything.
  std::optional<std::string> note() const {
    if (left_out_ == 0) {
      return std::nullopt;
    }
    return fmt::format("{} file{} no picture by the name, for example {}, and left out",
                       base::grouped(left_out_), left_out_ == 1 ? " is" : "s are",
                       example_.filename().string());
  }

 private:
  void place(const fs::directory_entry& entry, Contents& contents) {
    if (entry.path().filename().string().starts_with('.')) {
      return;
    }
    std::error_code error;
    const bool is_folder = entry.is_directory(error);
    if (is_folder) {
      contents.folders.push_back(entry.path());
    } else if (codecs::is_picture_name(entry.path())) {
      contents.pictures.push_back(entry.path());
    } else if (left_out_++ == 0) {
      example_ = entry.path();
    }
  }

  const FolderLimits& limits_;
  std::size_t met_ = 0;
  std::size_t left_out_ = 0;
  fs::path example_;
};

/// The pictures of one split, each class with its own.
struct SplitListing {
  std::vector<std::pair<std::string, std::vector<fs::path>>> classes;
  bool labelled = false;
};

/// The pictures of a folder that is no split of another, whose contents are these.
SplitListing list_split(const fs::path& folder, Contents contents, Lister& lister) {
  constexpr const char* either = "either pictures, or sub-folders with those of a class each";
  if (contents.folders.empty() && contents.pictures.empty()) {
    refuse(folder, "no pictures",
           fmt::format("{} files, or sub-folders of them", codecs::picture_format_names()),
           "Name the folder that has them; other formats can be converted first");
  }
  if (!contents.folders.empty() && !contents.pictures.empty()) {
    refuse(folder,
           fmt::format("{} pictures beside {} sub-folders, for example {}",
                       base::grouped(contents.pictures.size()), base::grouped(contents.folders.size()),
                       contents.folders.front().filename().string()),
           either, "Move the pictures into a sub-folder, or name one of the sub-folders");
  }
  if (contents.folders.empty()) {
    return {{{"", std::move(contents.pictures)}}, false};
  }
  SplitListing split{.classes = {}, .labelled = true};
  for (const fs::path& of_class : contents.folders) {
    Contents inside = lister.look(of_class);
    if (!inside.folders.empty() || inside.pictures.empty()) {
      refuse(of_class,
             inside.folders.empty() ? std::string("no pictures")
                                    : fmt::format("the folder {} in that of a class",
                                                  inside.folders.front().filename().string()),
             "the pictures of a class, and no folders",
             inside.folders.empty() ? "Remove the folder, or name another" : "Move its pictures up");
    }
    split.classes.emplace_back(of_class.filename().string(), std::move(inside.pictures));
  }
  return split;
}

const fs::path* find_named(const std::vector<fs::path>& folders, std::span<const std::string_view> names) {
  const auto found = std::ranges::find_if(folders, [&](const fs::path& folder) {
    return std::ranges::find(names, folder.filename().string()) != names.end();
  });
  return found == folders.end() ? nullptr : &*found;
}

/// Whether every sub-folder is called as a split is, and one is to train on.
bool has_splits(const Contents& contents) {
  const auto is_split = [&](const fs::path& folder) {
    const std::vector one = {folder};
    return find_named(one, train_names) || find_named(one, validation_names) || find_named(one, test_names);
  };
  return contents.pictures.empty() && find_named(contents.folders, train_names) != nullptr &&
         std::ranges::all_of(contents.folders, is_split);
}

void add(SplitListing split, const fs::path& folder, const std::vector<std::string>& class_names,
         std::vector<PictureFile>& pictures) {
  for (auto& [name, paths] : split.classes) {
    const auto known = std::ranges::find(class_names, name);
    if (split.labelled == class_names.empty() || (split.labelled && known == class_names.end())) {
      refuse(folder, split.labelled ? fmt::format("the class {}", name) : "pictures without classes",
             "the classes of the training pictures", "Give both splits the same sub-folders");
    }
    const auto label = static_cast<std::uint16_t>(split.labelled ? known - class_names.begin() : 0);
    for (fs::path& path : paths) {
      pictures.push_back({std::move(path), label});
    }
  }
}

void add_train(SplitListing split, const fs::path& folder, FolderListing& listing) {
  if (split.labelled) {
    if (split.classes.size() > max_classes) {
      refuse(folder, fmt::format("{} sub-folders", base::grouped(split.classes.size())),
             fmt::format("at most {} classes", base::grouped(max_classes)),
             "Put the pictures into one folder, without classes");
    }
    std::ranges::transform(split.classes, std::back_inserter(listing.class_names),
                           [](const auto& of_class) { return of_class.first; });
  }
  add(std::move(split), folder, listing.class_names, listing.train);
}

void list_splits(const Contents& contents, Lister& lister, FolderListing& listing) {
  const fs::path* train = find_named(contents.folders, train_names);
  const fs::path* test = find_named(contents.folders, test_names);
  const fs::path* validation = find_named(contents.folders, validation_names);
  add_train(list_split(*train, lister.look(*train), lister), *train, listing);
  if (validation != nullptr) {
    listing.notes.push_back(
        test != nullptr
            ? fmt::format("The pictures in {} are left out", validation->filename().string())
            : fmt::format("The pictures in {} are those to test with", validation->filename().string()));
  }
  if (const fs::path* tested = test != nullptr ? test : validation) {
    listing.has_test = true;
    add(list_split(*tested, lister.look(*tested), lister), *tested, listing.class_names, listing.test);
  }
}

}  // namespace

FolderListing list_folder(const fs::path& path, const FolderLimits& limits) {
  FolderListing listing;
  Lister lister(limits);
  Contents contents = lister.look(path);
  if (has_splits(contents)) {
    list_splits(contents, lister, listing);
  } else {
    add_train(list_split(path, std::move(contents), lister), path, listing);
  }
  if (auto note = lister.note()) {
    listing.notes.push_back(*std::move(note));
  }
  return listing;
}

}  // namespace ganymede::data
