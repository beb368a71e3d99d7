#include "serve/live/metrics_tail.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "io/temporary_directory.h"

namespace ganymede::serve {
namespace {

class MetricsTail : public testing::Test {
 protected:
  void append(const std::string& text) const { std::ofstream(path_, std::ios::app) << text; }

  test::TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "metrics.jsonl";
};

TEST_F(MetricsTail, TellsEachWholeLineOnce) {
  append("{\"step\": 1}\n{\"step\": 2}\n{\"st");
  const MetricsChunk first = read_metrics(path_, {});
  EXPECT_EQ(first.rows, R"([{"step": 1},{"step": 2}])");
  EXPECT_EQ(read_metrics(path_, first.place).rows, "");
  append("ep\": 3}\n");
  const MetricsChunk second = read_metrics(path_, first.place);
  EXPECT_EQ(second.rows, R"([{"step": 3}])");
  EXPECT_FALSE(second.restarted);
}

TEST_F(MetricsTail, PassesOverWhatIsNoObject) {
  append("{\"step\": 1}\nrubbish\n[1]\n{\"step\": nan}\n\n{\"step\": 2}\n");
  EXPECT_EQ(read_metrics(path_, {}).rows, R"([{"step": 1},{"step": 2}])");
}

/// A row of `bytes` bytes.
std::string long_row(std::size_t bytes) {
  return R"({"text": ")" + std::string(bytes - 12, 'x') + "\"}";
}

TEST_F(MetricsTail, PassesOverALineThatIsTooLongAndTellsWhatFollows) {
  constexpr std::size_t chunk = 1 << 16;
  for (const std::size_t bytes : {chunk - 1, chunk, chunk + 1, 2 * chunk, 5 * chunk + 7}) {
    std::filesystem::remove(path_);
    append("{\"step\": 1}\n" + long_row(bytes) + "\n{\"step\": 2}\n");
    const MetricsChunk first = read_metrics(path_, {});
    EXPECT_EQ(first.rows, R"([{"step": 1}])") << bytes;
    const MetricsChunk second = read_metrics(path_, first.place);
    EXPECT_TRUE(second.rows.ends_with(R"({"step": 2}])")) << bytes;
    EXPECT_EQ(read_metrics(path_, second.place).rows, "");
  }
}

TEST_F(MetricsTail, TakesNoPartOfALongLineForARow) {
  std::string line = "{\"text\": \"";
  while (line.size() < (1 << 17)) {
    line += R"({"step": 9})";
  }
  append(line + "\"}\n{\"step\": 2}\n");
  EXPECT_EQ(read_metrics(path_, {}).rows, R"([{"step": 2}])");
}

TEST_F(MetricsTail, WaitsForTheEndOfALongLineThatIsBeingWritten) {
  append(std::string(1 << 17, '{'));
  const MetricsChunk first = read_metrics(path_, {});
  EXPECT_EQ(first.rows, "");
  append("{\"step\": 1}\n{\"step\": 2}\n");
  EXPECT_EQ(read_metrics(path_, first.place).rows, R"([{"step": 2}])");
}

TEST_F(MetricsTail, TellsNothingOfALineFromItsMiddle) {
  append("[{\"step\": 1}\n{\"step\": 2}\n");
  MetricsPlace place = read_metrics(path_, {}).place;
  place.offset = 1;  // not an id of the server, but ids come from outside
  EXPECT_EQ(read_metrics(path_, place).rows, R"([{"step": 2}])");
}

TEST_F(MetricsTail, BeginsAnewWhenTheFileWasReplaced) {
  append("{\"step\": 1}\n{\"step\": 2}\n");
  const MetricsPlace place = read_metrics(path_, {}).place;
  const std::filesystem::path other = directory_ / "other";
  std::ofstream(other) << "{\"step\": 1}\n{\"step\": 9}\n{\"step\": 10}\n";
  std::filesystem::rename(other, path_);
  const MetricsChunk chunk = read_metrics(path_, place);
  EXPECT_TRUE(chunk.restarted);
  EXPECT_EQ(chunk.rows, R"([{"step": 1},{"step": 9},{"step": 10}])");
}

TEST_F(MetricsTail, ReadsALongFileInParts) {
  std::string expected;
  for (int step = 0; step < 20'000; ++step) {
    append("{\"step\": " + std::to_string(step) + "}\n");
    expected += (step == 0 ? "" : ",") + ("{\"step\": " + std::to_string(step) + "}");
  }
  std::string all;
  MetricsPlace place;
  int parts = 0;
  for (MetricsChunk chunk = read_metrics(path_, place); !chunk.rows.empty();
       chunk = read_metrics(path_, place)) {
    all += (all.empty() ? "" : ",") + chunk.rows.substr(1, chunk.rows.size() - 2);
    place = chunk.place;
    ++parts;
  }
  EXPECT_EQ(all, expected);
  EXPECT_GT(parts, 1);
}

TEST_F(MetricsTail, HasNothingOfAFileThatIsNotThere) {
  const MetricsChunk chunk = read_metrics(path_, {});
  EXPECT_EQ(chunk.rows, "");
  EXPECT_EQ(chunk.place, MetricsPlace{});
}

TEST(MetricsPlace, IsReadBackFromItsText) {
  const MetricsPlace place{.file = 42, .offset = 1234};
  EXPECT_EQ(parse_place(to_string(place)), place);
  for (const char* text : {"", "-", "1", "1-", "-1", "1--1", "1-2x", "a-b", "99999999999999999999-1"}) {
    EXPECT_EQ(parse_place(text), MetricsPlace{}) << text;
  }
}

}  // namespace
}  // namespace ganymede::serve
