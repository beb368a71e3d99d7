#include <gmock/gmock.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "io/mutation.h"
#include "io/temporary_directory.h"
#include "runs/metrics_file.h"
#include "scores/evaluation.h"
#include "session/session.h"

namespace ganymede::test {
namespace {

using testing::SizeIs;

/// Images in memory in two classes: a bright left or upper half.
class ArraysInMemory : public testing::Test {
 protected:
  ArraysInMemory() {
    setenv("XDG_CACHE_HOME", (place_ / "cache").c_str(), 1);
    for (int n = 0; n < 104; ++n) {
      for (int pixel = 0; pixel < 64; ++pixel) {
        const bool bright = n % 2 == 0 ? pixel % 8 < 4 : pixel / 8 < 4;
        pixels_.push_back(static_cast<std::uint8_t>(bright ? 150 + n : n));
      }
      labels_.push_back(static_cast<std::uint8_t>(n % 2));
    }
  }
  ~ArraysInMemory() override { unsetenv("XDG_CACHE_HOME"); }

  data::ImageArrays arrays() const {
    return {.images = {.shape = {104, 8, 8}, .type = "|u1", .values = std::as_bytes(std::span(pixels_))},
            .labels =
                codecs::NpyView{.shape = {104}, .type = "|u1", .values = std::as_bytes(std::span(labels_))}};
  }

  void train(std::vector<std::string> overrides = {}) const {
    overrides.insert(overrides.end(), {"training.batch_size=8", "training.precision=f32"});
    session::Start start = session::prepare(artifacts::recipe_text("best"), overrides, {}, arrays());
    start.out = place_ / "run";
    start.settings.steps = 3;
    session::Session(std::move(start), session::Observer{}).run({});
  }

  TemporaryDirectory place_;
  std::vector<std::uint8_t> pixels_, labels_;
};

TEST_F(ArraysInMemory, AreTrainedOnAndScoredWithTheirOwnTestImages) {
  train({"output.eval_every_epochs=1"});
  EXPECT_THAT(runs::metrics_columns(place_ / "run/metrics.jsonl", "frechet_distance").at("step"), SizeIs(1));
  const scores::EvaluationReport report =
      scores::evaluate({.images = place_ / "run", .count = 20, .arrays = arrays()}, [](std::string_view) {});
  EXPECT_EQ(report.yardstick.test_images, 10);
}

TEST_F(ArraysInMemory, AreGivenAgainToGoOn) {
  train();
  expect_error(base::ErrorKind::data, {"arrays", "no such file or directory"},
               [&] { session::Session(session::Resume{.run = place_ / "run"}, session::Observer{}); });
  const session::Observer observer;
  session::Session session(
      session::Resume{.run = place_ / "run", .settings = {.steps = 5, .classifier = {}}, .arrays = arrays()},
      observer);
  session.run({});
  EXPECT_EQ(session.position().step, 5);
}

TEST_F(ArraysInMemory, AreRefusedToGoOnWithWhereOneHasChanged) {
  train();
  pixels_[5] ^= 1;
  expect_error(base::ErrorKind::data, {"arrays", "other images than the run began with"}, [&] {
    session::Session(session::Resume{.run = place_ / "run", .arrays = arrays()}, session::Observer{});
  });
}

}  // namespace
}  // namespace ganymede::test
