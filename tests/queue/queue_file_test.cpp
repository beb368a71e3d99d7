#include "queue/queue_file.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "extending/text_of.h"
#include "io/temporary_directory.h"

namespace ganymede::queue {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class QueueFileTest : public testing::Test {
 protected:
  QueueFile open(const std::filesystem::path& root) {
    return {root, [this](std::string_view line) { warnings_.emplace_back(line); }};
  }
  void write(const std::string& text) const { std::ofstream(root_ / "queue.json") << text; }

  test::TemporaryDirectory root_;
  std::vector<std::string> warnings_;
};

const Order timed = {.recipe = "dense", .settings = {"training.seed=7"}, .steps = 5, .run = "timed"};
const Order plain = {.recipe = "best", .run = "plain"};

TEST_F(QueueFileTest, HasTheOrdersThatTheLastProgramWrote) {
  open(root_.path()).write({timed, plain});
  const std::vector<Order> orders = open(root_.path()).read();
  ASSERT_THAT(orders, SizeIs(2));
  EXPECT_EQ(orders[0].recipe, "dense");
  EXPECT_THAT(orders[0].settings, ElementsAre("training.seed=7"));
  EXPECT_EQ(orders[0].steps, 5);
  EXPECT_EQ(orders[1].run, "plain");
  EXPECT_FALSE(orders[1].steps.has_value());
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(QueueFileTest, IsThereOnlyWhileOrdersWait) {
  QueueFile file = open(root_.path());
  EXPECT_THAT(file.read(), IsEmpty());
  file.write({plain});
  EXPECT_TRUE(std::filesystem::exists(root_ / "queue.json"));
  file.write({});
  EXPECT_FALSE(std::filesystem::exists(root_ / "queue.json"));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(QueueFileTest, ThatIsDamagedIsKeptUnderAnotherName) {
  for (const char* damaged :
       {"", "[]", R"({"waiting": 3})", R"({"waiting": [{}]})", R"({"waiting": [3]})", R"({"waiting": [)",
        R"({"waiting": [], "more": 1})", R"({"waiting": [{"recipe": "dense", "more": 1}]})",
        R"({"waiting": [{"recipe": "dense", "run": "../outside"}]})",
        R"({"waiting": [{"recipe": "dense", "steps": 0}]})"}) {
    write(damaged);
    warnings_.clear();
    QueueFile file = open(root_.path());
    EXPECT_THAT(file.read(), IsEmpty()) << damaged;
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr("queue.json.damaged"))) << damaged;
    EXPECT_EQ(test::text_of(root_ / "queue.json.damaged"), damaged);
    EXPECT_FALSE(std::filesystem::exists(root_ / "queue.json"));
    std::filesystem::remove(root_ / "queue.json.damaged");
  }
}

TEST_F(QueueFileTest, ThatIsDamagedDoesNotReplaceAnotherOne) {
  for (const char* damaged : {"first", "second"}) {
    write(damaged);
    EXPECT_THAT(open(root_.path()).read(), IsEmpty());
  }
  EXPECT_EQ(test::text_of(root_ / "queue.json.damaged"), "first");
  EXPECT_EQ(test::text_of(root_ / "queue.json.damaged-2"), "second");
}

TEST_F(QueueFileTest, OfAnotherProgramIsLeftToIt) {
  QueueFile owner = open(root_.path());
  owner.write({timed});
  const std::string before = test::text_of(root_ / "queue.json");
  QueueFile other = open(root_.path());
  EXPECT_THAT(other.read(), IsEmpty());
  other.write({});
  EXPECT_THAT(warnings_, IsEmpty());
  other.write({plain});
  other.write({plain, plain});
  EXPECT_THAT(warnings_, ElementsAre(AllOf(HasSubstr("forgotten"), HasSubstr("Another program"))));
  EXPECT_EQ(test::text_of(root_ / "queue.json"), before);
}

TEST_F(QueueFileTest, ThatCannotBeWrittenIsSaidOnce) {
  QueueFile file = open(root_ / "none");
  file.write({plain});
  file.write({timed});
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("forgotten")));
}

}  // namespace
}  // namespace ganymede::queue
