#include "serve/http/target.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "io/mutation.h"

namespace ganymede::serve {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Target, HasTheDecodedPartsOfThePathAndTheQuery) {
  const Target target = parse_target("/api/runs/a%20b/sheet?seed=7&name=x%2Fy&empty=");
  EXPECT_THAT(target.path, ElementsAre("api", "runs", "a b", "sheet"));
  EXPECT_THAT(target.query, ElementsAre(Pair("empty", ""), Pair("name", "x/y"), Pair("seed", "7")));
  EXPECT_TRUE(parse_target("/").path.empty());
}

TEST(Target, IsRefusedWhereAPartOfThePathCouldLeadElsewhere) {
  for (const char* text :
       {"/..", "/../etc/passwd", "/a/../b", "/%2e%2e/etc", "/a%2fb", "/a/..%2f..%2fsecret", "/a%5cb",
        "/.hidden", "/a//b", "/%00", "/a%00.png", "/a\n", "/%0d%0aSet-Cookie:x"}) {
    EXPECT_THROW(parse_target(text), base::Error) << text;
  }
}

TEST(Target, IsRefusedWhereItIsNoAddress) {
  for (const std::string& text :
       {std::string(), std::string("api"), std::string("http://else/"), std::string("/%"), std::string("/%4"),
        std::string("/%zz"), std::string("/%+1"), std::string("/a?x=%q0"), std::string("/?a=1&a=2"),
        "/" + std::string(5000, 'a')}) {
    EXPECT_THROW(parse_target(text), base::Error) << text.substr(0, 20);
  }
}

TEST(Target, HasNumbersInTheirRangeOnly) {
  const Target target = parse_target("/?seed=7&big=99999999999999999999&word=ten&part=7x&none=&minus=-1");
  EXPECT_EQ(number(target, "seed", 0, 0, 10), 7);
  EXPECT_EQ(number(target, "missing", 3, 0, 10), 3);
  for (const char* key : {"big", "word", "part", "none", "minus"}) {
    EXPECT_THROW(number(target, key, 0, 0, 10), base::Error) << key;
  }
  EXPECT_THROW(number(target, "seed", 0, 0, 6), base::Error);
}

TEST(Target, StaysInsideItsPathWhateverIsDamaged) {
  const std::string sound = "/api/runs/a%20run/samples/12?seed=7&label=%31&count=40&columns=10";
  test::expect_damage_is_harmless(
      std::vector<char>(sound.begin(), sound.end()), [](const std::vector<char>& bytes) {
        const Target target = parse_target(std::string_view(bytes.data(), bytes.size()));
        for (const std::string& part : target.path) {
          ASSERT_FALSE(part.empty());
          ASSERT_NE(part.front(), '.');
          ASSERT_EQ(part.find_first_of(std::string("/\\\0", 3)), std::string::npos);
        }
        number(target, "seed", 0, 0, 100);
      });
}

}  // namespace
}  // namespace ganymede::serve
