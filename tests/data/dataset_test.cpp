#include "data/dataset.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <numeric>

#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::data {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using test::expect_error;
using Bytes = std::vector<std::uint8_t>;

const fs::path data_root = GANYMEDE_SOURCE_DATA_DIR;

Bytes images(std::uint8_t count, std::uint8_t height, std::uint8_t width) {
  Bytes bytes = {0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, height, 0, 0, 0, width};
  for (int n = 0; n < count * height * width; ++n) {
    bytes.push_back(static_cast<std::uint8_t>(n));
  }
  return bytes;
}

Bytes labels(const Bytes& values) {
  Bytes bytes = {0, 0, 8, 1, 0, 0, 0, static_cast<std::uint8_t>(values.size())};
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

/// A directory with a small data set of its own: three images to train on and two to test with.
class SmallDataset : public testing::Test {
 protected:
  SmallDataset() {
    put("train-images-idx3-ubyte", images(3, 2, 4));
    put("train-labels-idx1-ubyte", labels({0, 2, 1}));
    put("t10k-images-idx3-ubyte", images(2, 2, 4));
    put("t10k-labels-idx1-ubyte", labels({1, 1}));
  }

  void put(const std::string& name, const Bytes& bytes) const {
    std::ofstream(directory / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  test::TemporaryDirectory directory;
};

TEST_F(SmallDataset, IsReadFromADirectory) {
  const Dataset dataset = load_dataset(directory.path());
  EXPECT_EQ(dataset.name, directory.path().filename());
  EXPECT_EQ(dataset.height, 2);
  EXPECT_EQ(dataset.width, 4);
  EXPECT_EQ(dataset.channels, 1);
  EXPECT_EQ(dataset.class_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(dataset.train.count(), 3U);
  EXPECT_EQ(dataset.train.labels, (std::vector<std::uint16_t>{0, 2, 1}));
  EXPECT_EQ(dataset.train.image(2)[0], 16);
  EXPECT_EQ(dataset.train.image(2).size(), 8U);
  EXPECT_EQ(dataset.test.count(), 2U);
  ASSERT_EQ(dataset.files.size(), 4U);
  EXPECT_FALSE(dataset.files[0].verified);
}

TEST_F(SmallDataset, MayBePackedAndSpelledWithDots) {
  fs::remove(directory / "train-images-idx3-ubyte");
  gzFile file = gzopen((directory / "train-images.idx3-ubyte.gz").c_str(), "wb");
  const Bytes contents = images(3, 2, 4);
  gzwrite(file, contents.data(), static_cast<unsigned>(contents.size()));
  gzclose(file);
  fs::rename(directory / "t10k-labels-idx1-ubyte", directory / "t10k-labels.idx1-ubyte");
  const Dataset dataset = load_dataset(directory.path());
  EXPECT_EQ(dataset.train.image(1)[0], 8);
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{1, 1}));
}

TEST_F(SmallDataset, CanLeaveOutTheTestSplit) {
  fs::remove(directory / "t10k-images-idx3-ubyte");
  const Dataset dataset = load_dataset(directory.path(), Splits::train_only);
  EXPECT_EQ(dataset.train.count(), 3U);
  EXPECT_EQ(dataset.test.count(), 0U);
  EXPECT_EQ(dataset.test.image_size(), 0U);
  EXPECT_EQ(dataset.files.size(), 2U);
}

TEST_F(SmallDataset, NeedsAllFiles) {
  fs::remove(directory / "t10k-labels-idx1-ubyte");
  expect_error(ErrorKind::data, {"no t10k-labels-idx1-ubyte"}, [&] { load_dataset(directory.path()); });
}

TEST_F(SmallDataset, NeedsALabelForEachImage) {
  put("train-labels-idx1-ubyte", labels({0, 1}));
  expect_error(ErrorKind::data, {"train-images", "3 images", "2 labels in train-labels-idx1-ubyte"},
               [&] { load_dataset(directory.path()); });
}

TEST_F(SmallDataset, NeedsImagesOfOneSize) {
  put("t10k-images-idx3-ubyte", images(2, 3, 4));
  expect_error(ErrorKind::data, {"t10k-images", "3 by 4", "2 by 4"}, [&] { load_dataset(directory.path()); });
  put("t10k-images-idx3-ubyte", images(2, 2, 5));
  expect_error(ErrorKind::data, {"t10k-images", "2 by 5", "2 by 4"}, [&] { load_dataset(directory.path()); });
}

TEST_F(SmallDataset, NeedsKnownLabelsInTheTestSplit) {
  put("t10k-labels-idx1-ubyte", labels({1, 3}));
  expect_error(ErrorKind::data, {"t10k-labels", "the label 3", "below 3"},
               [&] { load_dataset(directory.path()); });
}

TEST_F(SmallDataset, RefusesSwappedFiles) {
  put("train-images-idx3-ubyte", labels({0, 2, 1}));
  expect_error(ErrorKind::data, {"train-images", "found labels, expected images"},
               [&] { load_dataset(directory.path()); });
}

TEST_F(SmallDataset, IsNotTakenForMnist) {
  fs::create_directory(directory / "mnist");
  for (const std::string& name : directory.names()) {
    if (name != "mnist") {
      fs::rename(directory / name, directory / "mnist" / name);
    }
  }
  const std::vector<fs::path> search_path = {directory.path()};
  expect_error(ErrorKind::data, {"train-images", "SHA-256", "the published file"},
               [&] { open_dataset("mnist", search_path); });
  EXPECT_EQ(open_dataset((directory / "mnist").string(), search_path).train.count(), 3U);
}

TEST(Datasets, KnowMnist) {
  const std::vector<fs::path> search_path = {"/nonexistent", data_root};
  const Dataset mnist = open_dataset("mnist", search_path);
  EXPECT_EQ(mnist.name, "mnist");
  EXPECT_EQ(mnist.classes(), 10);
  EXPECT_EQ(mnist.train.count(), 60000U);
  EXPECT_EQ(mnist.test.count(), 10000U);
  EXPECT_EQ(mnist.train.image_size(), 784U);
  for (const DatasetFile& file : mnist.files) {
    EXPECT_TRUE(file.verified) << file.path;
  }
  // The first image is a five; 0.1307 is the mean that programs for MNIST subtract.
  EXPECT_EQ(mnist.train.labels[0], 5);
  const double sum = std::accumulate(mnist.train.pixels.begin(), mnist.train.pixels.end(), 0.0);
  EXPECT_NEAR(sum / static_cast<double>(mnist.train.pixels.size()) / 255.0, 0.1307, 5e-5);
}

TEST(Datasets, RecogniseMnistInADirectory) {
  const Dataset mnist = open_dataset((data_root / "mnist").string(), {}, Splits::train_only);
  EXPECT_EQ(mnist.name, "mnist");
  EXPECT_EQ(mnist.train.count(), 60000U);
  EXPECT_EQ(mnist.test.count(), 0U);
}

TEST(Datasets, KnowFashionMnist) {
  if (!fs::exists("/usr/share/datasets/fashion-mnist")) {
    GTEST_SKIP() << "the Debian package dataset-fashion-mnist is not installed";
  }
  const Dataset fashion = open_dataset("fashion-mnist", {}, Splits::train_only);
  EXPECT_EQ(fashion.name, "fashion-mnist");
  EXPECT_EQ(fashion.class_names[9], "Ankle boot");
  EXPECT_EQ(fashion.train.count(), 60000U);
  EXPECT_EQ(fashion.train.labels[0], 9);
}

TEST(Datasets, TellWhereTheyWereLookedFor) {
  const std::vector<fs::path> search_path = {"/nonexistent"};
  expect_error(ErrorKind::data, {"mnist", "/nonexistent or /usr/share/datasets", "data/mnist"},
               [&] { open_dataset("mnist", search_path); });
  expect_error(
      ErrorKind::data,
      {"mnits", "no such file or directory", "mnist, fashion-mnist, stacked-mnist or a path: IDX files"},
      [&] { open_dataset("mnits", search_path); });
}

TEST(Datasets, InNoKnownFormatAreRefusedWithWhatIsKnown) {
  const test::TemporaryDirectory directory;
  std::ofstream(directory / "notes.txt") << "no data";
  expect_error(
      ErrorKind::data,
      {"notes.txt", "a file in no known format", "IDX files", "NumPy's .npz", "a folder of pictures"},
      [&] { load_dataset(directory / "notes.txt"); });
}

TEST_F(SmallDataset, IsItsDirectoryAndNoneOfItsFiles) {
  expect_error(ErrorKind::data,
               {"no known format", "Give the directory of all such files: " + directory.path().string()},
               [&] { load_dataset(directory / "train-images-idx3-ubyte"); });
}

TEST_F(SmallDataset, CutsATestSplitWhereBothOfItsFilesAreMissing) {
  put("train-images-idx3-ubyte", images(4, 2, 4));
  put("train-labels-idx1-ubyte", labels({0, 1, 1, 0}));
  const std::string whole = digest(load_dataset(directory.path(), Splits::train_only));
  fs::remove(directory / "t10k-images-idx3-ubyte");
  fs::remove(directory / "t10k-labels-idx1-ubyte");
  const Dataset dataset = load_dataset(directory.path());
  EXPECT_EQ(dataset.train.count(), 2U);
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{0, 1}));
  EXPECT_EQ(load_dataset(directory.path(), Splits::train_only).train.pixels, dataset.train.pixels);
  EXPECT_NE(digest(dataset), whole);
}

TEST_F(SmallDataset, MayHaveAnAxisOfChannels) {
  Bytes colored = {0, 0, 8, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3};
  colored.resize(colored.size() + 36, 7);
  fs::remove(directory / "train-images-idx3-ubyte");
  put("train-images-idx4-ubyte", colored);
  EXPECT_EQ(load_dataset(directory.path(), Splits::train_only).channels, 3);
  expect_error(ErrorKind::data, {"t10k-images", "2 by 4", "2 by 2 in colour as in the training split"},
               [&] { load_dataset(directory.path()); });
}

TEST_F(SmallDataset, MayBeMadeOfAnotherSize) {
  const Dataset small = load_dataset(directory.path(), Splits::train_and_test, {.size = 2, .fit = Fit::crop});
  EXPECT_EQ(small.width, 2);
  EXPECT_EQ(small.train.image(0), (Bytes{1, 2, 5, 6}));
  EXPECT_EQ(small.test.image_size(), 4U);
  EXPECT_NE(digest(small), digest(load_dataset(directory.path())));
  expect_error(ErrorKind::data, {"images of 2 by 4", "not square", "--fit crop"},
               [&] { load_dataset(directory.path(), Splits::train_and_test, {.size = 2}); });
}

TEST_F(SmallDataset, OfAKnownNameIsNotTakenForThatOne) {
  fs::create_directory(directory / "mnist");
  for (const std::string& name : directory.names()) {
    if (name != "mnist") {
      fs::rename(directory / name, directory / "mnist" / name);
    }
  }
  EXPECT_EQ(load_dataset(directory / "mnist").name, "own-mnist");
}

}  // namespace
}  // namespace ganymede::data
