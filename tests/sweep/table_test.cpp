#include "sweep/table.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace ganymede::sweep {
namespace {

using testing::HasSubstr;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Quartiles, AreNumPysPercentiles) {
  // numpy.percentile([1, 2, 3, 4, 5], [25, 50, 75]) and so on
  const Quartiles five = quartiles({5, 1, 4, 2, 3});
  EXPECT_DOUBLE_EQ(five.lower, 2.0);
  EXPECT_DOUBLE_EQ(five.median, 3.0);
  EXPECT_DOUBLE_EQ(five.upper, 4.0);
  const Quartiles four = quartiles({10, 2, 4, 7});
  EXPECT_DOUBLE_EQ(four.lower, 3.5);
  EXPECT_DOUBLE_EQ(four.median, 5.5);
  EXPECT_DOUBLE_EQ(four.upper, 7.75);
  const Quartiles two = quartiles({3, 1});
  EXPECT_DOUBLE_EQ(two.lower, 1.5);
  EXPECT_DOUBLE_EQ(two.median, 2.0);
  EXPECT_DOUBLE_EQ(two.upper, 2.5);
  EXPECT_DOUBLE_EQ(quartiles({6}).lower, 6.0);
  EXPECT_DOUBLE_EQ(quartiles({6}).upper, 6.0);
}

TEST(Quartiles, BetweenANumberAndInfinityAreInfinite) {
  const Quartiles some = quartiles({1, 2, infinity, infinity});
  EXPECT_DOUBLE_EQ(some.lower, 1.75);
  EXPECT_EQ(some.median, infinity);
  EXPECT_EQ(some.upper, infinity);
}

/// Three settings of three seeds each, nothing of which is on a disk.
class Tables : public testing::Test {
 protected:
  Tables() {
    plan_.columns = {{"frechet_distance", "Fréchet distance", eval::Better::lower, 2},
                     {"recall", "recall", eval::Better::higher, 3}};
    for (const char* label : {"hinge", "minimax", "a, b"}) {
      plan_.candidates.push_back(
          {.setting = {.label = label, .name = label, .recipe = "dense", .overrides = {"x=1"}},
           .recipe = {},
           .total_steps = 5,
           .dataset = nullptr});
    }
    for (std::size_t n = 0; n < 9; ++n) {
      plan_.runs.push_back({"run-" + std::to_string(n), n / 3, static_cast<std::int64_t>(n % 3)});
    }
    standings_.resize(9);
  }

  void finish(std::size_t run, double distance, double recall) {
    standings_[run] = {State::finished, 5, {{"frechet_distance", distance}, {"recall", recall}}};
  }

  Plan plan_;
  std::vector<Standing> standings_;
};

TEST_F(Tables, HaveTheBestMedianFirstAndWhatHasNoScoreLast) {
  finish(0, 9.0, 0.1);
  finish(1, 7.0, 0.2);
  finish(2, 8.0, 0.3);
  finish(6, 1.0, 0.5);
  const Table table = make_table(plan_, standings_);
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].label, "a, b");
  EXPECT_EQ(table.rows[1].label, "hinge");
  EXPECT_EQ(table.rows[2].label, "minimax");
  EXPECT_DOUBLE_EQ(table.rows[1].scores[0]->median, 8.0);
  EXPECT_DOUBLE_EQ(table.rows[1].scores[0]->lower, 7.5);
  EXPECT_DOUBLE_EQ(table.rows[1].scores[0]->upper, 8.5);
  EXPECT_DOUBLE_EQ(table.rows[1].scores[1]->median, 0.2);
  EXPECT_EQ(table.rows[2].scores[0], std::nullopt);
}

TEST_F(Tables, RankByTheDirectionOfTheScore) {
  std::swap(plan_.columns[0], plan_.columns[1]);
  finish(0, 1.0, 0.1);
  finish(3, 9.0, 0.9);
  EXPECT_EQ(make_table(plan_, standings_).rows[0].label, "minimax");
}

TEST_F(Tables, CountDivergedRunsAsWorseThanAllOthers) {
  finish(0, 1.0, 0.9);
  standings_[1].state = State::diverged;
  standings_[2].state = State::diverged;
  finish(3, 50.0, 0.1);
  const Table table = make_table(plan_, standings_);
  EXPECT_EQ(table.rows[0].label, "minimax") << "one lucky seed does not win";
  EXPECT_EQ(table.rows[1].diverged, 2);
  EXPECT_EQ(table.rows[1].scores[0]->median, infinity);
  EXPECT_EQ(table.rows[1].scores[1]->median, -infinity);
  EXPECT_THAT(as_markdown(table), HasSubstr("| hinge | 3 | 2 | diverged (diverged to diverged) |"));
  const auto json = nlohmann::json::parse(as_json(table));
  EXPECT_EQ(json["settings"][1]["diverged"], 2);
  EXPECT_TRUE(json["settings"][1]["scores"]["frechet_distance"]["median"].is_null());
}

TEST_F(Tables, AreWrittenForPeopleAndForPrograms) {
  finish(0, 9.0, 0.1);
  finish(1, 7.0, 0.2);
  finish(2, 8.0, 0.3);
  finish(6, 1.0, 0.5);
  const Table table = make_table(plan_, standings_);
  EXPECT_THAT(as_markdown(table),
              HasSubstr("| setting | runs | diverged | Fréchet distance | recall |\n"
                        "|---|---|---|---|---|\n"
                        "| a, b | 1 of 3 | 0 | 1.00 (1.00 to 1.00) | 0.500 (0.500 to 0.500) |\n"
                        "| hinge | 3 | 0 | 8.00 (7.50 to 8.50) | 0.200 (0.150 to 0.250) |\n"
                        "| minimax | 0 of 3 | 0 | - | - |\n"));
  EXPECT_THAT(as_text(table),
              HasSubstr("hinge    3       0         8.00 (7.50 to 8.50)  0.200 (0.150 to 0.250)\n"));
  const auto json = nlohmann::json::parse(as_json(table));
  EXPECT_EQ(json["columns"], (std::vector<std::string>{"frechet_distance", "recall"}));
  EXPECT_EQ(json["settings"][1]["scores"]["frechet_distance"]["upper_quartile"], 8.5);
  EXPECT_THAT(as_csv(plan_, standings_),
              HasSubstr("run,setting,recipe,overrides,seed,state,step,frechet_distance,recall\n"
                        "run-0,hinge,dense,x=1,0,finished,5,9,0.1\n"));
  EXPECT_THAT(as_csv(plan_, standings_), HasSubstr("run-7,\"a, b\",dense,x=1,1,waiting,0,,\n"));
}

}  // namespace
}  // namespace ganymede::sweep
