#include "data/contents.h"

#include <gtest/gtest.h>

namespace ganymede::data {
namespace {

Dataset with_files(std::vector<DatasetFile> files) {
  Dataset dataset;
  dataset.files = std::move(files);
  return dataset;
}

TEST(Contents, IsPublishedWhereEveryFileIs) {
  EXPECT_TRUE(is_published(with_files({{"images", "1", true}, {"labels", "2", true}})));
  EXPECT_FALSE(is_published(with_files({{"images", "1", true}, {"labels", "2", false}})));
}

TEST(Contents, IsNotPublishedWhereTheImagesWereResizedOrCutApart) {
  Dataset dataset = with_files({{"images", "1", true}});
  dataset.as_in_files = false;
  EXPECT_FALSE(is_published(dataset));
}

TEST(Contents, IsNotPublishedWithoutFiles) {
  EXPECT_FALSE(is_published(with_files({})));
}

}  // namespace
}  // namespace ganymede::data
