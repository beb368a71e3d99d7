#include "data/formats/numpy_arrays.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "codecs/npy.h"
#include "codecs/zip.h"
#include "data/formats/parts/array_names.h"
#include "io/mutation.h"
#include "io/official_reader.h"
#include "io/temporary_directory.h"

namespace ganymede::data {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Shape;
using test::expect_error;
using testing::Contains;
using testing::HasSubstr;
using Labels = std::vector<std::uint16_t>;
using Npy = std::vector<std::byte>;

template <class Value>
Npy npy(const char* type, const std::vector<Value>& values, const Shape& shape) {
  return codecs::encode_npy(type, std::as_bytes(std::span(values)), shape);
}

/// `count` images of 2 by 2 pixels, image n of the value first + n.
Npy bytes(std::int64_t count, int first = 0) {
  std::vector<std::uint8_t> values;
  for (std::int64_t n = 0; n < 4 * count; ++n) {
    values.push_back(static_cast<std::uint8_t>(first + n / 4));
  }
  return npy("|u1", values, {count, 2, 2});
}

Npy labels(const std::vector<std::uint8_t>& values) {
  return npy("|u1", values, {static_cast<std::int64_t>(values.size())});
}

using Arrays = std::vector<std::pair<std::string, Npy>>;

class NumpyArrays : public testing::Test {
 protected:
  void put(const std::string& name, const Npy& contents) const {
    std::ofstream(directory / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(contents.data()), static_cast<std::streamsize>(contents.size()));
  }
  void put_npz(const std::string& name, const Arrays& arrays) const {
    std::vector<codecs::ZipContents> members;
    for (const auto& [array, contents] : arrays) {
      members.push_back({array + ".npy", contents});
    }
    put(name, codecs::encode_zip(members));
  }
  Dataset load(const std::string& name, Splits splits = Splits::train_and_test) const {
    return load_dataset(directory / name, splits);
  }
  /// The data set in an archive of these arrays.
  Dataset load(const Arrays& arrays) const {
    put_npz("set.npz", arrays);
    return load("set.npz");
  }
  void expect_refused(const Arrays& arrays, const std::vector<std::string>& words) const {
    SCOPED_TRACE(words.front());
    try {
      load(arrays);
      ADD_FAILURE() << "not refused";
    } catch (const base::Error& error) {
      for (const std::string& word : words) {
        EXPECT_THAT(error.what(), HasSubstr(word));
      }
    }
  }

  test::TemporaryDirectory directory;
};

TEST_F(NumpyArrays, OfKerasHaveBothSplits) {
  const Dataset dataset = load({{"x_train", bytes(3)},
                                {"y_train", labels({0, 2, 1})},
                                {"x_test", bytes(2, 50)},
                                {"y_test", labels({1, 1})}});
  EXPECT_EQ(dataset.name, "set");
  EXPECT_EQ(dataset.class_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(dataset.height, 2);
  EXPECT_EQ(dataset.channels, 1);
  EXPECT_EQ(dataset.train.labels, (Labels{0, 2, 1}));
  EXPECT_EQ(dataset.train.image(1), (std::vector<std::uint8_t>{1, 1, 1, 1}));
  EXPECT_EQ(dataset.test.labels, (Labels{1, 1}));
  EXPECT_EQ(dataset.test.image(1)[0], 51);
  EXPECT_THAT(dataset.notes, Contains("x_train: [count, height, width], bytes"));
  EXPECT_EQ(load("set.npz", Splits::train_only).test.count(), 0U);
  EXPECT_EQ(digest(load("set.npz", Splits::train_only)), digest(dataset));
}

TEST_F(NumpyArrays, OfMedMnistHaveAValidationSplitThatIsLeftOut) {
  const Npy column = npy("<i8", std::vector<std::int64_t>{1, 0}, {2, 1});
  Arrays arrays = {{"train_images", bytes(2)}, {"train_labels", column},      {"val_images", bytes(2, 20)},
                   {"val_labels", column},     {"test_images", bytes(2, 40)}, {"test_labels", column}};
  const Dataset dataset = load(arrays);
  EXPECT_EQ(dataset.train.labels, (Labels{1, 0}));
  EXPECT_EQ(dataset.test.image(0)[0], 40);
  EXPECT_THAT(dataset.notes, Contains("The validation images are left out"));
  arrays.resize(4);
  EXPECT_EQ(load(arrays).test.image(0)[0], 20);
}

TEST_F(NumpyArrays, OfKuzushijiMnistLieInFourFiles) {
  put_npz("kmnist-train-imgs.npz", {{"arr_0", bytes(2)}});
  put_npz("kmnist-train-labels.npz", {{"arr_0", labels({0, 1})}});
  put_npz("kmnist-test-imgs.npz", {{"arr_0", bytes(1, 30)}});
  put_npz("kmnist-test-labels.npz", {{"arr_0", labels({1})}});
  const Dataset dataset = load_dataset(directory.path());
  EXPECT_EQ(dataset.train.labels, (Labels{0, 1}));
  EXPECT_EQ(dataset.test.image(0)[0], 30);
}

TEST_F(NumpyArrays, WithoutLabelsAreOfNoClass) {
  put("faces.npy", bytes(20));
  const Dataset dataset = load("faces.npy");
  EXPECT_EQ(dataset.name, "faces");
  EXPECT_EQ(dataset.classes(), 0);
  EXPECT_EQ(dataset.train.count(), 18U);
  EXPECT_EQ(dataset.test.count(), 2U);
  put("faces.labels.npy", labels(std::vector<std::uint8_t>(20, 3)));
  EXPECT_EQ(load("faces.npy").classes(), 4);
}

TEST_F(NumpyArrays, MayHaveOneChannelOrThreeFirstOrLast) {
  std::vector<std::uint8_t> values(2 * 3 * 4 * 5);
  for (std::size_t n = 0; n < values.size(); ++n) {
    values[n] = static_cast<std::uint8_t>(n);
  }
  const Dataset first =
      load({{"x", npy("|u1", values, {2, 3, 4, 5})}, {"x_test", npy("|u1", values, {2, 3, 4, 5})}});
  EXPECT_EQ(first.height, 4);
  EXPECT_EQ(first.width, 5);
  EXPECT_EQ(first.channels, 3);
  EXPECT_EQ(first.train.image(1)[0], 60);
  EXPECT_EQ(first.train.image(1)[1], 80);
  EXPECT_THAT(first.notes, Contains(HasSubstr("[count, channels, height, width]")));
  const Dataset last =
      load({{"x", npy("|u1", values, {2, 4, 5, 3})}, {"x_test", npy("|u1", values, {2, 4, 5, 3})}});
  EXPECT_EQ(last.height, 4);
  EXPECT_EQ(last.train.image(1)[1], 61);
  EXPECT_THAT(last.notes, Contains(HasSubstr("[count, height, width, channels]")));
  EXPECT_EQ(load({{"x", npy("|u1", values, {6, 1, 4, 5})}}).channels, 1);
  expect_refused({{"x", npy("|u1", values, {2, 3, 20, 1})}},
                 {"[2, 3, 20, 1]", "either its second axis or its last"});
  expect_refused({{"x", npy("|u1", values, {2, 2, 5, 6})}}, {"[2, 2, 5, 6]", "[..., :3]"});
  expect_refused({{"x", npy("|u1", values, {2, 60})}}, {"[2, 60]", "reshape"});
}

TEST_F(NumpyArrays, MayBeFloatsInOneOfThreeRanges) {
  const auto floats = [](float low, float high) {
    return npy("<f4", std::vector<float>{low, high, low, high, high, high, high, high}, {2, 2, 2});
  };
  const auto first_two = [&](float low, float high) {
    const Dataset dataset = load({{"x", floats(low, high)}, {"x_test", floats(low, high)}});
    return std::pair(dataset.train.pixels[0], dataset.train.pixels[1]);
  };
  using Two = std::pair<std::uint8_t, std::uint8_t>;
  EXPECT_EQ(first_two(0.0F, 1.0F), Two(0, 255));
  EXPECT_EQ(first_two(0.25F, 0.5F), Two(64, 128));
  EXPECT_EQ(first_two(-1.0F, 1.0F), Two(0, 255));
  EXPECT_EQ(first_two(-0.5F, 0.0F), Two(64, 128));
  EXPECT_EQ(first_two(0.0F, 16.0F), Two(0, 16));
  EXPECT_THAT(load({{"x", floats(0.0F, 16.0F)}}).notes,
              Contains(HasSubstr("floats from 0 to 16, read as 0 to 255")));
  expect_refused({{"x", floats(0.0F, 256.0F)}}, {"floats from 0 to 256", "from -1 to 1", "Scale them"});
  expect_refused({{"x", floats(-1.5F, 1.0F)}}, {"floats from -1.5 to 1"});
  expect_refused({{"x", floats(0.0F, std::numeric_limits<float>::quiet_NaN())}}, {"the value nan"});
  expect_refused({{"x", floats(0.0F, 1.0F)}, {"x_test", floats(0.0F, 2.0F)}},
                 {"the value 2 where the training images"});
  expect_refused({{"x", floats(0.0F, 1.0F)}, {"x_test", bytes(2)}}, {"values of type |u1", "in one type"});
  expect_refused({{"x", npy("<i8", std::vector<std::int64_t>(8), {2, 2, 2})}},
                 {"values of type <i8", "astype('uint8')"});
}

TEST_F(NumpyArrays, NeedWholeLabelsOneAnImage) {
  const auto with = [&](const Npy& other) { return Arrays{{"x", bytes(2)}, {"y", other}}; };
  expect_refused(with(labels({0, 1, 2})), {"shape [3]", "the labels of 2 images"});
  expect_refused(with(npy("<f4", std::vector<float>(4), {2, 2})), {"<f4", "argmax"});
  expect_refused(with(npy("<i2", std::vector<std::int16_t>{0, -1}, {2})), {"the label -1", "from 0 to 999"});
  expect_refused(with(npy("<u2", std::vector<std::uint16_t>{0, 1000}, {2})), {"the label 1000"});
  EXPECT_EQ(
      load({{"x", bytes(4)}, {"y", npy("<u2", std::vector<std::uint16_t>{0, 999, 0, 999}, {4})}}).classes(),
      1000);
  expect_refused({{"x", bytes(2)}, {"x_test", bytes(2)}, {"y_test", labels({0, 1})}},
                 {"labels for these images alone"});
  expect_refused({{"x", bytes(2)}, {"y", labels({0, 1})}, {"x_test", bytes(2)}},
                 {"no labels for these images"});
}

TEST_F(NumpyArrays, NeedNamesThatTellWhatTheyAre) {
  expect_refused({{"a", bytes(2)}, {"b", bytes(2)}}, {"the arrays a, b", "x_train"});
  expect_refused({{"x_train", bytes(2)}, {"train_images", bytes(2)}},
                 {"both the training images", "Leave one out"});
  EXPECT_THAT(load({{"x", bytes(10)}, {"weights", bytes(1)}}).notes,
              Contains(HasSubstr("left out: weights")));
}

TEST(ArrayNames, TellTheirRole) {
  EXPECT_EQ(role_of("x_train"), (ArrayRole{ArrayPart::train, ArrayKind::images}));
  EXPECT_EQ(role_of("X"), (ArrayRole{ArrayPart::train, ArrayKind::images}));
  EXPECT_EQ(role_of("kmnist-test-labels"), (ArrayRole{ArrayPart::test, ArrayKind::labels}));
  EXPECT_EQ(role_of("val_images"), (ArrayRole{ArrayPart::validation, ArrayKind::images}));
  EXPECT_EQ(role_of("arr_1"), (ArrayRole{ArrayPart::train, ArrayKind::labels}));
  EXPECT_EQ(role_of("class_names"), (ArrayRole{ArrayPart::train, ArrayKind::class_names}));
  EXPECT_EQ(role_of("faces"), std::nullopt);
  EXPECT_EQ(role_of(""), std::nullopt);
}

TEST_F(NumpyArrays, KeepADataSetAsItIs) {
  Dataset dataset = load({{"x", bytes(40)}, {"y", labels(std::vector<std::uint8_t>(40, 1))}});
  dataset.class_names = {"猫", "a long name"};
  put("again.npz", to_npz(dataset));
  const Dataset again = load("again.npz");
  EXPECT_EQ(again.class_names, dataset.class_names);
  EXPECT_EQ(again.train.pixels, dataset.train.pixels);
  EXPECT_EQ(again.train.labels, dataset.train.labels);
  EXPECT_EQ(again.test.pixels, dataset.test.pixels);
  EXPECT_EQ(digest(again), digest(dataset));
  EXPECT_EQ(to_npz(again), to_npz(dataset));
}

TEST_F(NumpyArrays, AreReadByNumpyAsWritten) {
  Dataset dataset =
      load({{"x", bytes(3)}, {"y", labels({0, 0, 1})}, {"x_test", bytes(1, 9)}, {"y_test", labels({1})}});
  dataset.class_names = {"猫", "dog"};
  put("again.npz", to_npz(dataset));
  const auto read = test::run_python("check_npz.py", {"read", (directory / "again.npz").string()});
  if (!read) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_EQ(*read,
            "x_train uint8 [3, 2, 2] 0 0 0 0 1 1 1 1 2 2 2 2\n"
            "y_train uint16 [3] 0 0 1\n"
            "x_test uint8 [1, 2, 2] 9 9 9 9\n"
            "y_test uint16 [1] 1\n"
            "class_names text [2] 猫 dog\n");
}

TEST_F(NumpyArrays, AreReadAsNumpyWritesThem) {
  const auto write = [&](const std::string& layout) {
    return test::run_python("check_npz.py", {"write", layout, (directory / (layout + ".npz")).string()});
  };
  if (!write("keras")) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_EQ(load("keras.npz").train.labels, (Labels{0, 1, 2, 0}));
  EXPECT_EQ(load("keras.npz").test.image(1)[0], 50);
  for (const char* layout : {"medmnist", "unnamed", "channels-first", "float", "signed", "boolean",
                             "odd-range", "objects", "fortran", "one-hot"}) {
    write(layout);
  }
  EXPECT_EQ(load("medmnist.npz").train.image(2)[1], 21);
  EXPECT_EQ(load("medmnist.npz").test.labels, (Labels{1, 2}));
  EXPECT_EQ(load("unnamed.npz").classes(), 3);
  const Dataset colored = load("channels-first.npz");
  EXPECT_EQ(colored.train.image(0)[2], colored.train.image(0)[0] + 2);
  const Dataset floats = load("float.npz");
  EXPECT_EQ(floats.train.count(), 5U);
  EXPECT_EQ(floats.train.image(0)[0] % 51, 0);
  EXPECT_EQ(load("signed.npz").train.image(4)[0] % 51, 0);
  EXPECT_THAT(load("boolean.npz").train.pixels, testing::Each(testing::AnyOf(0, 255)));
  expect_error(ErrorKind::data, {"floats from 0 to 500"}, [&] { load("odd-range.npz"); });
  expect_error(ErrorKind::file, {"|O"}, [&] { load("objects.npz"); });
  expect_error(ErrorKind::file, {"Fortran order"}, [&] { load("fortran.npz"); });
  expect_error(ErrorKind::data, {"argmax"}, [&] { load("one-hot.npz"); });
}

}  // namespace
}  // namespace ganymede::data
