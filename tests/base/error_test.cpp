#include "base/error.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ganymede::base {
namespace {

std::string text(const ErrorText& parts) {
  return Error(ErrorKind::data, parts).what();
}

TEST(Error, ComposesItsFourParts) {
  EXPECT_EQ(text({.where = "layer dense_1",
                  .found = "an input of shape [28, 28]",
                  .expected = "[features]",
                  .advice = "Put a flatten layer before it"}),
            "layer dense_1: found an input of shape [28, 28], expected [features]. "
            "Put a flatten layer before it.");
}

TEST(Error, LeavesOutThePartsThatAreEmpty) {
  EXPECT_EQ(text({.where = "w"}), "w.");
  EXPECT_EQ(text({.where = "w", .found = "f"}), "w: found f.");
  EXPECT_EQ(text({.where = "w", .expected = "e"}), "w: expected e.");
  EXPECT_EQ(text({.where = "w", .advice = "A"}), "w. A.");
  EXPECT_EQ(text({.where = "w", .found = "f", .advice = "A"}), "w: found f. A.");
}

TEST(Error, EndsWithOneFullStopOrQuestionMark) {
  EXPECT_EQ(text({.where = "w", .advice = "Did you mean \"x\"?"}), "w. Did you mean \"x\"?");
  EXPECT_EQ(text({.where = text({.where = "w", .found = "f"})}), "w: found f.");
}

TEST(Error, CarriesItsKindAsTheExitCode) {
  EXPECT_EQ(static_cast<int>(ErrorKind::usage), 2);
  EXPECT_EQ(static_cast<int>(ErrorKind::configuration), 3);
  EXPECT_EQ(static_cast<int>(ErrorKind::data), 4);
  EXPECT_EQ(static_cast<int>(ErrorKind::diverged), 5);
  EXPECT_EQ(static_cast<int>(ErrorKind::file), 6);
  EXPECT_EQ(Error(ErrorKind::file, {.where = "w"}).kind(), ErrorKind::file);
}

TEST(Error, IsCaughtAsARuntimeError) {
  EXPECT_THROW(throw Error(ErrorKind::usage, {.where = "w"}), std::runtime_error);
}

}  // namespace
}  // namespace ganymede::base
