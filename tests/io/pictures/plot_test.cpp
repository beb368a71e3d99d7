#include "io/pictures/plot.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>

#include "io/files/file.h"
#include "io/files/process.h"
#include "io/mutation.h"
#include "io/pictures/png.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

using base::ErrorKind;
using test::expect_error;

/// A plot of two panels in a directory whose name needs care.
class PlotOfLosses : public testing::Test {
 protected:
  PlotOfLosses() {
    std::filesystem::create_directory(table.parent_path());
    plot.title = "it's 100% \"quoted\" \\ `date`";
    plot.x_label = "step";
    plot.panels = {{"Losses", "loss", {{"loss_d", "discriminator"}, {"loss_g", "generator"}}, true},
                   {"Accuracy", "part", {{"accuracy", "both"}}}};
  }

  void write_rows(int rows) const {
    std::string text = "step\tloss_d\tloss_g\taccuracy\n";
    for (int row = 0; row < rows; ++row) {
      text += std::to_string(row) + '\t' + std::to_string(std::exp(-row / 50.0)) + '\t' +
              (row % 10 == 3 ? "nan" : std::to_string(1.0 + std::sin(row / 20.0))) + '\t' +
              (row % 2 == 0 ? "" : "0.5") + '\n';
    }
    write_file(table, text);
  }

  /// The colours in the picture.
  std::set<std::array<std::uint8_t, 3>> colors() const {
    const Image image = read_png(png);
    EXPECT_EQ(image.width, plot.width);
    EXPECT_EQ(image.height, plot.height);
    std::set<std::array<std::uint8_t, 3>> found;
    for (std::size_t n = 0; n + 2 < image.pixels.size(); n += 3) {
      found.insert({image.pixels[n], image.pixels[n + 1], image.pixels[n + 2]});
    }
    return found;
  }

  test::TemporaryDirectory directory;
  std::filesystem::path table = directory / "it's a \"run\" $HOME" / "losses.tsv";
  std::filesystem::path png = directory / "it's a \"run\" $HOME" / "los'ses.png";
  Plot plot;
};

constexpr std::array<std::uint8_t, 3> blue = {0x00, 0x72, 0xB2};
constexpr std::array<std::uint8_t, 3> vermilion = {0xD5, 0x5E, 0x00};

/// As above, where gnuplot is installed.
class PlotDrawn : public PlotOfLosses {
 protected:
  void SetUp() override {
    if (!run_program({.name = "gnuplot", .arguments = {"--version"}, .input = ""})) {
      GTEST_SKIP() << "gnuplot is not installed";
    }
  }
};

TEST_F(PlotDrawn, ShowsEachSeriesInItsColor) {
  write_rows(500);
  ASSERT_EQ(draw_plot(table, png, plot), PlotStatus::drawn);
  EXPECT_TRUE(colors().contains(blue));
  EXPECT_TRUE(colors().contains(vermilion));
}

TEST_F(PlotDrawn, ShowsAFewValues) {
  for (const int rows : {1, 2}) {
    write_rows(rows);
    ASSERT_EQ(draw_plot(table, png, plot), PlotStatus::drawn);
    EXPECT_TRUE(colors().contains(blue)) << rows << " rows";
  }
}

TEST_F(PlotDrawn, ShowsEmptyAxesWithoutValues) {
  write_rows(0);
  ASSERT_EQ(draw_plot(table, png, plot), PlotStatus::drawn);
  EXPECT_GT(colors().size(), 2U);
  EXPECT_FALSE(colors().contains(blue));
}

TEST_F(PlotDrawn, ShowsTheLegendOfASeriesWithoutValues) {
  write_file(table, "step\tloss_d\tloss_g\taccuracy\n1\tnan\tinf\t\n2\t-nan\t-inf\t\n");
  ASSERT_EQ(draw_plot(table, png, plot), PlotStatus::drawn);
  EXPECT_TRUE(colors().contains(blue));
}

TEST_F(PlotDrawn, IgnoresALineThatIsStillBeingWritten) {
  write_rows(5);
  AppendFile(table).append_line("5\t1\t2\t3\n6\t1");
  const std::vector<std::byte> bytes = read_file(table, 10000);
  write_file(table, std::span(bytes).first(bytes.size() - 1));
  EXPECT_EQ(draw_plot(table, png, plot), PlotStatus::drawn);
}

TEST_F(PlotOfLosses, ReportsThatGnuplotIsMissing) {
  write_rows(5);
  const char* path = ::getenv("PATH");
  const std::string before = path == nullptr ? "" : path;
  ::setenv("PATH", "/nonexistent", 1);
  EXPECT_EQ(draw_plot(table, png, plot), PlotStatus::gnuplot_is_missing);
  ::setenv("PATH", before.c_str(), 1);
  EXPECT_FALSE(std::filesystem::exists(png));
}

TEST_F(PlotOfLosses, NeedsItsColumns) {
  write_file(table, "step\tloss_d\n1\t2\n");
  expect_error(ErrorKind::file, {"losses.tsv", "no column \"loss_g\""}, [&] { draw_plot(table, png, plot); });
}

TEST_F(PlotOfLosses, NeedsNumbers) {
  write_file(table, "step\tloss_d\tloss_g\taccuracy\n1\t2\tthree\t4\n");
  expect_error(ErrorKind::file, {"losses.tsv, line 2", "\"three\"", "a number"},
               [&] { draw_plot(table, png, plot); });
  write_file(table, "step\tloss_d\tloss_g\taccuracy\n1\t2\n");
  expect_error(ErrorKind::file, {"losses.tsv, line 2", "2 columns", "4"},
               [&] { draw_plot(table, png, plot); });
  write_file(table, "");
  expect_error(ErrorKind::file, {"no column"}, [&] { draw_plot(table, png, plot); });
}

}  // namespace
}  // namespace ganymede::io
