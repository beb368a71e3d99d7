#include "runs/metrics_file.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "io/temporary_directory.h"

namespace ganymede::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Key;
using testing::UnorderedElementsAre;

TEST(MetricsColumns, HaveAValueForEachLineWithTheKey) {
  const TemporaryDirectory place;
  std::ofstream(place / "metrics.jsonl") << R"({"step": 2, "loss": 0.5}
{"event": "verdict", "step": 2, "kind": "collapse"}
{"step": 4, "loss": 0.25, "accuracy": 0.75}
{"step": 4, "score": 3}
)";
  const auto columns = runs::metrics_columns(place / "metrics.jsonl", "loss");
  EXPECT_THAT(columns, UnorderedElementsAre(Key("step"), Key("loss"), Key("accuracy")));
  EXPECT_THAT(columns.at("step"), ElementsAre(2.0, 4.0));
  EXPECT_THAT(columns.at("loss"), ElementsAre(0.5, 0.25));
  EXPECT_TRUE(std::isnan(columns.at("accuracy")[0]));
  EXPECT_EQ(columns.at("accuracy")[1], 0.75);
}

TEST(MetricsColumns, AreNoneWhereNoLineHasTheKey) {
  const TemporaryDirectory place;
  EXPECT_THAT(runs::metrics_columns(place / "metrics.jsonl", "loss"), IsEmpty());
}

}  // namespace
}  // namespace ganymede::test
