#include "data/formats/cifar.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::data {
namespace {

using base::ErrorKind;
using test::expect_error;

class Cifar : public testing::Test {
 protected:
  /// A record: red is 1, 2, ..., green and blue are of one value.
  static std::string record(int label) {
    std::string text(1, static_cast<char>(label));
    for (int n = 0; n < 1024; ++n) {
      text += static_cast<char>(n + 1);
    }
    return text + std::string(1024, '\x64') + std::string(1024, '\x0A');
  }
  void put(const std::string& name, const std::string& contents) const {
    std::ofstream(directory / name, std::ios::binary) << contents;
  }
  Dataset load() const { return load_dataset(directory.path()); }

  test::TemporaryDirectory directory;
};

TEST_F(Cifar, IsReadFromItsBatches) {
  put("data_batch_1.bin", record(3) + record(9));
  put("data_batch_2.bin", record(0));
  put("test_batch.bin", record(7));
  const Dataset dataset = load();
  EXPECT_EQ(dataset.height, 32);
  EXPECT_EQ(dataset.channels, 3);
  EXPECT_EQ(dataset.classes(), 10);
  EXPECT_EQ(dataset.train.labels, (std::vector<std::uint16_t>{3, 9, 0}));
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{7}));
  const std::vector<std::uint8_t> image = dataset.train.image(2);
  EXPECT_EQ(std::vector<std::uint8_t>(image.begin(), image.begin() + 6),
            (std::vector<std::uint8_t>{1, 100, 10, 2, 100, 10}));
  put("batches.meta.txt", "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
  EXPECT_EQ(load().class_names[9], "truck");
}

TEST_F(Cifar, CutsTestImagesWhereTheirBatchIsMissing) {
  put("data_batch_1.bin", record(3) + record(3) + record(4));
  const Dataset dataset = load();
  EXPECT_EQ(dataset.train.count(), 2U);
  EXPECT_EQ(dataset.test.labels, (std::vector<std::uint16_t>{3}));
}

TEST_F(Cifar, RefusesOtherFiles) {
  put("data_batch_1.bin", record(3) + "x");
  expect_error(ErrorKind::data, {"data_batch_1.bin", "3074 bytes", "records of 3073"}, [&] { load(); });
  put("data_batch_1.bin", "");
  expect_error(ErrorKind::data, {"data_batch_1.bin"}, [&] { load(); });
  put("data_batch_1.bin", record(10));
  expect_error(ErrorKind::data, {"the label 10", "0 to 9"}, [&] { load(); });
  put("data_batch_1.bin", record(1));
  put("batches.meta.txt", "one two");
  expect_error(ErrorKind::data, {"batches.meta.txt", "2 names"}, [&] { load(); });
}

}  // namespace
}  // namespace ganymede::data
