#include "data/formats/arrays_in_memory.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "data/formats/numpy_arrays.h"
#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::data {
namespace {

using base::ErrorKind;
using base::Shape;
using codecs::NpyKind;
using codecs::NpyView;
using test::expect_error;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

NpyView view(const std::vector<std::uint8_t>& values, const Shape& shape) {
  return {.shape = shape, .type = "|u1", .values = std::as_bytes(std::span(values))};
}

NpyView view(const std::vector<float>& values, const Shape& shape) {
  return {.shape = shape,
          .kind = NpyKind::floating,
          .value_bytes = sizeof(float),
          .type = "<f4",
          .values = std::as_bytes(std::span(values))};
}

/// Twenty images of 2 by 2 pixels, each of its number, in two classes.
class Arrays : public testing::Test {
 protected:
  Arrays() {
    for (std::uint8_t n = 0; n < 20; ++n) {
      pixels_.insert(pixels_.end(), 4, n);
      labels_.push_back(n % 2);
    }
  }

  ImageArrays labelled() const {
    return {.images = view(pixels_, {20, 2, 2}), .labels = view(labels_, {20})};
  }

  std::vector<std::uint8_t> pixels_, labels_;
};

TEST_F(Arrays, BecomeADataSetWithATenthOfEachClassToTestWith) {
  const Dataset dataset = dataset_of(labelled());
  EXPECT_EQ(dataset.name, "arrays");
  EXPECT_EQ(dataset.train.count(), 18U);
  EXPECT_EQ(dataset.test.count(), 2U);
  EXPECT_THAT(dataset.test.labels, testing::UnorderedElementsAre(0, 1));
  EXPECT_THAT(dataset.class_names, ElementsAre("0", "1"));
  for (std::size_t n = 0; n < dataset.train.count(); ++n) {
    EXPECT_EQ(dataset.train.image(n)[0] % 2, dataset.train.labels[n]);
  }
}

TEST_F(Arrays, AreTheDataThatAFileOfTheSameImagesIs) {
  const test::TemporaryDirectory place;
  const Dataset dataset = dataset_of(labelled());
  const std::vector<std::byte> file = to_npz(dataset);
  std::ofstream(place / "a.npz", std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  EXPECT_EQ(digest(dataset), digest(load_dataset(place / "a.npz")));
}

TEST_F(Arrays, AreTestedWithTheImagesThatAreGivenForThat) {
  const std::vector<std::uint8_t> test(8, 77);
  const std::vector<std::uint8_t> test_labels = {1, 1};
  ImageArrays arrays = labelled();
  arrays.test_images = view(test, {2, 2, 2});
  arrays.test_labels = view(test_labels, {2});
  const Dataset dataset = dataset_of(arrays);
  EXPECT_EQ(dataset.train.count(), 20U);
  EXPECT_THAT(dataset.test.pixels, Each(77));
}

TEST_F(Arrays, OfFloatsInEitherOrderOfTheAxesBecomeBytesWithTheChannelsLast) {
  // An image of 2 by 2.
  const std::vector<float> planes = {-1, 1, -1, 1, 0, 0, 0, 0, 1, -1, 1, -1};
  const std::vector<float> pixels = {-1, 0, 1, 1, 0, -1, -1, 0, 1, 1, 0, -1};
  const Dataset dataset =
      dataset_of({.images = view(planes, {1, 3, 2, 2}), .test_images = view(pixels, {1, 2, 2, 3})});
  EXPECT_EQ(dataset.channels, 3);
  EXPECT_THAT(dataset.train.pixels, ElementsAre(0, 128, 255, 255, 128, 0, 0, 128, 255, 255, 128, 0));
  EXPECT_EQ(dataset.test.pixels, dataset.train.pixels);
  EXPECT_THAT(dataset.class_names, IsEmpty());
}

TEST_F(Arrays, AreMadeSmallerWhereASizeIsAskedFor) {
  EXPECT_EQ(dataset_of(labelled(), {.size = 1}).height, 1);
}

TEST_F(Arrays, HaveTheNamesOfClassesThatAreGiven) {
  ImageArrays arrays = labelled();
  arrays.class_names = {"even", "odd"};
  EXPECT_THAT(dataset_of(arrays).class_names, ElementsAre("even", "odd"));
  arrays.class_names = {"even"};
  expect_error(ErrorKind::data, {"arrays", "1 names of classes", "the names of 2 classes"},
               [&] { dataset_of(arrays); });
}

TEST_F(Arrays, AreRefusedWhereTheLabelsAreNotTheirs) {
  ImageArrays arrays = labelled();
  arrays.labels = view(labels_, {10, 2});
  expect_error(ErrorKind::data, {"labels", "shape [10, 2]", "the labels of 20 images"},
               [&] { dataset_of(arrays); });
}

TEST_F(Arrays, AreNoPublishedDataSet) {
  EXPECT_FALSE(is_known_name(arrays_name));
}

}  // namespace
}  // namespace ganymede::data
