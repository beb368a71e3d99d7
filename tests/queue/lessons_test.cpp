#include "queue/lessons.h"

#include <gmock/gmock.h>

#include <ostream>
#include <set>
#include <string>

#include "artifacts/recipe_source.h"
#include "io/temporary_directory.h"
#include "runs/run_directory.h"
#include "runs/verdict_lines.h"
#include "session/session.h"

namespace ganymede::queue {

/// What GoogleTest shows of a lesson in the names of tests.
void PrintTo(const Lesson& lesson, std::ostream* out) {
  *out << lesson.key;
}

namespace {

using testing::Contains;

std::string name_of_case(const testing::TestParamInfo<Lesson>& info) {
  std::string name = info.param.key;
  std::erase(name, '-');
  return name + "Slow";
}

class LessonTest : public testing::TestWithParam<Lesson> {
 protected:
  /// What the doctor finds in a run of the lesson with these settings.
  std::set<train::Ailment> findings(const std::vector<std::string>& settings) const {
    const session::Observer silent;
    session::Start start = session::prepare(GetParam().recipe, settings, silent);
    const test::TemporaryDirectory place;
    start.out = place / "run";
    start.recipe.training.threads = 1;
    start.settings.steps = GetParam().steps;
    session::Session session(start, silent);
    session.run({});
    std::set<train::Ailment> found;
    for (const train::Finding& finding :
         runs::read_history(session.directory().metrics(), session.recipe()).findings) {
      found.insert(finding.ailment);
    }
    return found;
  }
};

TEST_P(LessonTest, BreaksAsItSays) {
  EXPECT_THAT(findings(GetParam().settings), Contains(GetParam().ailment));
}

TEST_P(LessonTest, IsCured) {
  EXPECT_TRUE(findings(GetParam().cure_settings).empty());
}

INSTANTIATE_TEST_SUITE_P(Lessons, LessonTest, testing::ValuesIn(lessons().begin(), lessons().end()),
                         name_of_case);

TEST(Lessons, HaveKeysOfTheirOwn) {
  std::set<std::string> keys;
  for (const Lesson& lesson : lessons()) {
    EXPECT_TRUE(keys.insert(lesson.key).second) << lesson.key;
  }
  EXPECT_EQ(keys.size(), 8U);
}

}  // namespace
}  // namespace ganymede::queue
