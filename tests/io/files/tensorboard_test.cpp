#include "io/files/tensorboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "io/official_reader.h"
#include "io/pictures/png.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

using Scalars = std::vector<EventFile::Scalar>;

TEST(EventFile, IsReadByTensorBoard) {
  const test::TemporaryDirectory directory;
  write_png(directory / "grey.png",
            {.height = 3, .width = 5, .channels = 1, .pixels = std::vector<std::uint8_t>(15)});
  {
    EventFile file(directory.path(), 0);
    file.add_scalars(20, Scalars{{"loss_g", 0.5F}, {"loss_d_real", 0.25F}});
    file.add_scalars(40, Scalars{{"loss_g", 0.75F}, {"loss_d_real", -1.0F}});
    file.add_image(20, "samples", read_file(directory / "grey.png", 1 << 20));
    file.add_histogram(20, "weights", std::vector<float>{-1.0F, 0.0F, 0.5F, 2.0F, std::nanf("")});
    file.add_histogram(20, "all the same", std::vector<float>{3.0F, 3.0F});
    file.add_histogram(20, "none finite", std::vector<float>{std::numeric_limits<float>::infinity()});
    file.add_text(0, "recipe", "    name = \"über\"");
  }
  const auto printed = test::run_python("check_tensorboard.py", {directory.path().string()});
  if (!printed) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_EQ(*printed,
            "scalar loss_d_real 20:0.25 40:-1\n"
            "scalar loss_g 20:0.5 40:0.75\n"
            "image samples 20 5x3 b'\\x89PNG'\n"
            "histogram all the same 20 3 3 2 6 18 31 3 2\n"
            "histogram weights 20 -1 2 4 1.5 5.25 31 2 4\n"
            "text recipe 0     name = \"über\"\n");
}

TEST(EventFile, ASessionThatGoesOnReplacesWhatIsBeyondIt) {
  const test::TemporaryDirectory first;
  const test::TemporaryDirectory second;
  const test::TemporaryDirectory both;
  {
    EventFile file(first.path(), 0);
    file.add_scalars(1, Scalars{{"loss_g", 1.0F}});
    file.add_scalars(2, Scalars{{"loss_g", 2.0F}});
    EventFile resumed(second.path(), 1);
    resumed.add_scalars(2, Scalars{{"loss_g", 3.0F}});
  }
  // Under names that are in the order of time, which two files of one second do not have by themselves.
  const auto only = [](const std::filesystem::path& directory) {
    return std::filesystem::directory_iterator(directory)->path();
  };
  std::filesystem::copy(only(first.path()), both / "events.out.tfevents.1");
  std::filesystem::copy(only(second.path()), both / "events.out.tfevents.2");
  const auto printed = test::run_python("check_tensorboard.py", {both.path().string()});
  if (!printed) {
    GTEST_SKIP() << test::no_python;
  }
  EXPECT_EQ(*printed, "scalar loss_g 1:1 2:3\n");
}

}  // namespace
}  // namespace ganymede::io
