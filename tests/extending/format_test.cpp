#include "data/formats/format.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "io/files/file.h"
#include "io/temporary_directory.h"

/// A format of data that the library does not have, once its pair of files and its row of all_formats are
/// there.
namespace ganymede::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// `count` records, each of 64 pixels of its own number and a label from 0 to 2.
std::string records(int count) {
  std::string text;
  for (int n = 0; n < count; ++n) {
    text += static_cast<char>(n % 3);
    text += std::string(64, static_cast<char>(n));
  }
  return text;
}

auto refuses(const std::string& text) {
  return testing::Throws<base::Error>(testing::Property(&base::Error::what, HasSubstr(text)));
}

TEST(AFormat, IsReadByLoadDataset) {
  const test::TemporaryDirectory directory;
  io::write_file(directory / "mine.tiny", records(100));
  const Dataset dataset = load_dataset(directory / "mine.tiny");
  EXPECT_EQ(dataset.name, "mine");
  EXPECT_EQ(dataset.image_shape(), (base::Shape{8, 8, 1}));
  EXPECT_THAT(dataset.class_names, ElementsAre("0", "1", "2"));
  std::set<int> numbers;
  for (const Split* split : {&dataset.train, &dataset.test}) {
    ASSERT_GT(split->count(), 0U);
    for (std::size_t n = 0; n < split->count(); ++n) {
      const std::vector<std::uint8_t> image = split->image(n);
      EXPECT_THAT(image, testing::Each(image[0]));
      EXPECT_EQ(split->labels[n], image[0] % 3);
      numbers.insert(image[0]);
    }
  }
  EXPECT_EQ(numbers.size(), 100U);
}

TEST(AFormat, RefusesFilesThatAreNotOfIt) {
  const test::TemporaryDirectory directory;
  io::write_file(directory / "short.tiny", records(2).substr(1));
  EXPECT_THAT([&] { load_dataset(directory / "short.tiny"); }, refuses("expected records of 65 bytes"));
}

TEST(AFormat, IsAmongThoseThatErrorsName) {
  const test::TemporaryDirectory directory;
  io::write_file(directory / "unknown", "nothing");
  EXPECT_THAT([&] { load_dataset(directory / "unknown"); }, refuses("tiny records"));
}

}  // namespace
}  // namespace ganymede::data
