#include "train/recipe/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace ganymede::train {
namespace {

using testing::HasSubstr;

const Variables sizes = {{"height", 28}, {"map_height", 7}};

std::string message_of(const std::string& text) {
  try {
    evaluate(text, sizes, "here");
  } catch (const base::Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Expression, IsCalculatedInWholeNumbers) {
  EXPECT_EQ(evaluate("height", sizes, ""), 28);
  EXPECT_EQ(evaluate(" 2+3 * 4 ", sizes, ""), 14);
  EXPECT_EQ(evaluate("(2 + 3) * 4", sizes, ""), 20);
  EXPECT_EQ(evaluate("10 - 3 - 2", sizes, ""), 5);
  EXPECT_EQ(evaluate("map_height * map_height * 16", sizes, ""), 784);
  EXPECT_EQ(evaluate("height / 3", sizes, ""), 9);
  EXPECT_EQ(evaluate("max(1, min(height, 4) - 9)", sizes, ""), 1);
}

TEST(Expression, IsATextThatUsesAVariable) {
  EXPECT_TRUE(uses_variable("2 * height", sizes));
  EXPECT_TRUE(uses_variable("(height)", sizes));
  EXPECT_FALSE(uses_variable("nearest", sizes));
  EXPECT_FALSE(uses_variable("heights", sizes));
  EXPECT_FALSE(uses_variable("3 * 4", sizes));
}

TEST(Expression, IsRefusedWhereItHasNoValue) {
  EXPECT_THAT(message_of("height *"), HasSubstr("here: found an end after \"height *\""));
  EXPECT_THAT(message_of("hieght"), HasSubstr("the unknown name \"hieght\""));
  EXPECT_THAT(message_of("hieght"), HasSubstr("height, map_height"));
  EXPECT_THAT(message_of("height / 0"), HasSubstr("28 / 0"));
  EXPECT_THAT(message_of("(height"), HasSubstr("no \")\""));
  EXPECT_THAT(message_of("max(height)"), HasSubstr("no \",\""));
  EXPECT_THAT(message_of("height height"), HasSubstr("\"height\" in \"height height\""));
  EXPECT_THAT(message_of("height * -1"), HasSubstr("\"-1\""));
  EXPECT_THAT(message_of("99999 * 99999"), HasSubstr("a number beyond 1000000000"));
  EXPECT_THAT(message_of("99999999999999999999"), HasSubstr("99999999999999999999"));
  EXPECT_THAT(message_of(std::string(1000, '(')), HasSubstr("parentheses"));
}

}  // namespace
}  // namespace ganymede::train
