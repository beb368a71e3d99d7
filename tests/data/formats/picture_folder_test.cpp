#include "data/formats/picture_folder.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "codecs/png.h"
#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::data {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using test::expect_error;
using testing::Contains;
using testing::HasSubstr;

/// A folder to put pictures into, each of one value.
class PictureFolder : public testing::Test {
 protected:
  void put(const std::string& name, int value, int height = 2, int width = 2, int channels = 1) const {
    codecs::Image image{.height = height, .width = width, .channels = channels, .pixels = {}};
    image.pixels.assign(static_cast<std::size_t>(height * width * channels),
                        static_cast<std::uint8_t>(value));
    const std::vector<std::byte> bytes = codecs::encode_png(image);
    write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  void write(const std::string& name, const std::string& contents) const {
    const fs::path path = directory / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << contents;
  }
  /// Four pictures in each of two classes.
  void put_classes() const {
    for (int n = 0; n < 4; ++n) {
      put("cat/" + std::to_string(n) + ".png", 10 + n);
      put("dog/" + std::to_string(n) + ".png", 20 + n);
    }
  }

  Dataset load(const Preparation& preparation = {}) const {
    return load_dataset(directory.path(), Splits::train_and_test, preparation);
  }
  std::vector<int> test_values() const { return values(load().test); }
  static std::vector<int> values(const Split& split) {
    std::vector<int> found;
    for (std::size_t n = 0; n < split.count(); ++n) {
      found.push_back(split.image(n)[0]);
    }
    return found;
  }

  test::TemporaryDirectory directory;
};

TEST_F(PictureFolder, HasAClassInEachSubfolder) {
  put_classes();
  const Dataset dataset = load();
  EXPECT_EQ(dataset.name, directory.path().stem());
  EXPECT_EQ(dataset.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(dataset.height, 2);
  EXPECT_EQ(dataset.channels, 1);
  EXPECT_EQ(dataset.train.count(), 6U);
  EXPECT_EQ(dataset.train.labels, (std::vector<std::uint16_t>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{0, 1}));
  EXPECT_EQ(dataset.train.image(0)[0] / 10, 1);
  EXPECT_EQ(dataset.train.image(3)[0] / 10, 2);
}

TEST_F(PictureFolder, HasNoLabelsWhereItIsFlat) {
  for (int n = 0; n < 10; ++n) {
    put(std::to_string(n) + ".png", n);
  }
  const Dataset dataset = load();
  EXPECT_EQ(dataset.classes(), 0);
  EXPECT_EQ(dataset.train.count(), 9U);
  EXPECT_THAT(dataset.train.labels, testing::Each(0));
  EXPECT_EQ(dataset.test.count(), 1U);
}

TEST_F(PictureFolder, MayHaveSplitsOfItsOwn) {
  for (const char* split : {"training", "testing", "validation"}) {
    for (const char* label : {"a", "b"}) {
      put(std::string(split) + "/" + label + "/1.png", split[1] + label[0]);
    }
  }
  const Dataset dataset = load();
  EXPECT_EQ(values(dataset.train), (std::vector<int>{'r' + 'a', 'r' + 'b'}));
  EXPECT_EQ(values(dataset.test), (std::vector<int>{'e' + 'a', 'e' + 'b'}));
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("validation are left out")));
  fs::remove_all(directory / "testing");
  EXPECT_EQ(test_values(), (std::vector<int>{'a' + 'a', 'a' + 'b'}));
  EXPECT_EQ(load_dataset(directory.path(), Splits::train_only).test.count(), 0U);
}

TEST_F(PictureFolder, NeedsTheSameClassesInBothSplits) {
  put("train/a/1.png", 1);
  put("test/b/1.png", 1);
  expect_error(ErrorKind::data, {"test", "the class b", "same sub-folders"}, [&] { load(); });
  fs::remove_all(directory / "test");
  put("test/1.png", 1);
  expect_error(ErrorKind::data, {"test", "pictures without classes"}, [&] { load(); });
}

TEST_F(PictureFolder, IsInColorWhereAnyPictureIs) {
  put("1.png", 1);
  put("2.png", 2, 2, 2, 3);
  const Dataset dataset = load();
  EXPECT_EQ(dataset.channels, 3);
  EXPECT_EQ(dataset.train.count() + dataset.test.count(), 2U);
  EXPECT_EQ(dataset.train.pixels.size(), 12U);
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("1 of 2 pictures are grey")));
}

TEST_F(PictureFolder, OfSeveralSizesIsRefusedWithHowManyHaveWhich) {
  put_classes();
  put("dog/wide.png", 1, 3, 5);
  expect_error(ErrorKind::data, {"2 sizes", "8 of 2 by 2", "1 of 3 by 5", "--size N"}, [&] { load(); });
}

TEST_F(PictureFolder, IsMadeOfOneSizeWhereThatIsAsked) {
  put("1.png", 40, 8, 8);
  put("2.png", 50, 4, 4);
  Dataset dataset = load({.size = 4});
  EXPECT_EQ(dataset.height, 4);
  EXPECT_EQ(dataset.train.pixels.size(), 16U);
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("2 sizes: 1 of 8 by 8, 1 of 4 by 4")));
  put("3.png", 60, 4, 6);
  expect_error(ErrorKind::data, {"1 of 3 pictures", "3.png is 4 by 6, not square", "--fit crop"},
               [&] { load({.size = 4}); });
  EXPECT_EQ(load({.size = 4, .fit = Fit::crop}).width, 4);
  expect_error(ErrorKind::data, {"2 of 3 pictures", "smaller than 6 by 6", "pad"},
               [&] { load({.size = 6, .fit = Fit::crop}); });
  EXPECT_EQ(load({.size = 6, .fit = Fit::pad}).width, 6);
}

TEST_F(PictureFolder, LeavesOutWhatIsNoPictureAndSaysSo) {
  put_classes();
  write("cat/notes.txt", "cats");
  write("cat/.hidden.png", "no picture");
  const Dataset dataset = load();
  EXPECT_EQ(dataset.train.count() + dataset.test.count(), 8U);
  EXPECT_THAT(dataset.notes, Contains(HasSubstr("1 file is no picture by the name, for example notes.txt")));
}

TEST_F(PictureFolder, NamesThePicturesThatCannotBeRead) {
  put_classes();
  write("cat/bad.png", "no picture");
  write("dog/worse.jpg", "");
  expect_error(ErrorKind::data, {"2 of 10 pictures", "bad.png", "worse.jpg: found an empty file"},
               [&] { load(); });
}

TEST_F(PictureFolder, IsEitherFlatOrOfClasses) {
  put_classes();
  put("cover.png", 1);
  expect_error(ErrorKind::data, {"1 pictures beside 2 sub-folders", "either pictures, or sub-folders"},
               [&] { load(); });
  fs::remove(directory / "cover.png");
  put("cat/young/1.png", 1);
  expect_error(ErrorKind::data, {"cat", "the folder young in that of a class"}, [&] { load(); });
}

TEST_F(PictureFolder, NeedsPictures) {
  expect_error(ErrorKind::data, {"no pictures", "PNG, JPEG and WebP"}, [&] { load(); });
  write("readme.txt", "later");
  expect_error(ErrorKind::data, {"no pictures"}, [&] { load(); });
  fs::create_directory(directory / "cat");
  expect_error(ErrorKind::data, {"cat", "no pictures"}, [&] { load(); });
}

TEST_F(PictureFolder, KeepsNamesInAnyLanguage) {
  for (const char* name : {"猫", "Größe", "кот", "two words"}) {
    put(std::string(name) + "/1.png", 1);
    put(std::string(name) + "/2.png", 2);
  }
  EXPECT_EQ(load().class_names, (std::vector<std::string>{"Größe", "two words", "кот", "猫"}));
}

TEST_F(PictureFolder, RefusesClassesThatNobodyCanPrint) {
  for (const char* name :
       {"\xFF\xFE", "a\nb", "\xC3", "\x1B[2J", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80"}) {
    put(std::string(name) + "/1.png", 1);
    put(std::string(name) + "/2.png", 2);
    expect_error(ErrorKind::data, {"no text in UTF-8", "Rename"}, [&] { load(); });
    fs::remove_all(directory / name);
  }
}

TEST_F(PictureFolder, ComesToAnEndWhereLinksLeadInACircle) {
  put_classes();
  fs::create_directory_symlink(directory.path(), directory / "again");
  expect_error(ErrorKind::data, {"again", "in that of a class"}, [&] { load(); });
  fs::remove(directory / "again");
  fs::create_symlink(directory / "cat/b.png", directory / "cat/a.png");
  fs::create_symlink(directory / "cat/a.png", directory / "cat/b.png");
  expect_error(ErrorKind::data, {"2 of 10 pictures", "a.png", "b.png"}, [&] { load(); });
}

TEST_F(PictureFolder, StopsAtSoManyFiles) {
  put_classes();
  const auto read = [&](const FolderLimits& limits) {
    return read_picture_folder(directory.path(), {}, Splits::train_only, limits);
  };
  EXPECT_EQ(read({.files = 10}).dataset.train.count(), 8U);
  expect_error(ErrorKind::data, {"more than 9 files", "data import"}, [&] { read({.files = 9}); });
  EXPECT_EQ(FolderLimits().files, 1'000'000U);
}

TEST_F(PictureFolder, StopsAtSoManyBytes) {
  put_classes();
  const auto read = [&](const FolderLimits& limits) {
    return read_picture_folder(directory.path(), {}, Splits::train_only, limits);
  };
  EXPECT_EQ(read({.pixel_bytes = 32}).dataset.train.pixels.size(), 32U);
  expect_error(ErrorKind::data, {"8 pictures of 2 by 2", "--size"}, [&] { read({.pixel_bytes = 31}); });
  expect_error(ErrorKind::data, {"8 of 8 pictures", "at most 20"}, [&] { read({.file_bytes = 20}); });
}

TEST_F(PictureFolder, IsKnownAgainByItsImagesLabelsAndClasses) {
  put_classes();
  const std::string before = digest(load());
  EXPECT_EQ(digest(load()), before);
  EXPECT_EQ(digest(load_dataset(directory.path(), Splits::train_only)), before);
  EXPECT_NE(digest(load({.split_seed = 5})), before);
  EXPECT_NE(digest(load({.size = 1})), before);
  fs::rename(directory / "dog", directory / "wolf");
  EXPECT_NE(digest(load()), before);
  fs::rename(directory / "wolf", directory / "dog");
  EXPECT_EQ(digest(load()), before);
  put("cat/0.png", 99);
  put("cat/1.png", 98);
  EXPECT_NE(digest(load()), before);
}

}  // namespace
}  // namespace ganymede::data
