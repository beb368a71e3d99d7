#include "queue/training_queue.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "io/temporary_directory.h"
#include "queue/answers.h"
#include "queue/lessons.h"
#include "serve/run_reader.h"
#include "serve/site.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::queue {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Sixty-four grey images, so that no file is read.
std::shared_ptr<const data::Dataset> small_data(const train::Recipe&) {
  data::Dataset dataset;
  dataset.name = "small";
  dataset.height = dataset.width = 28;
  dataset.class_names = {"a", "b"};
  for (int n = 0; n < 64; ++n) {
    dataset.train.labels.push_back(static_cast<std::uint16_t>(n % 2));
    dataset.train.pixels.insert(dataset.train.pixels.end(), std::size_t{28} * 28,
                                static_cast<std::uint8_t>(4 * n));
  }
  return std::make_shared<data::Dataset>(std::move(dataset));
}

class QueueTest : public testing::Test {
 protected:
  /// A run of `steps` steps in one thread.
  static Order order(std::int64_t steps, const std::string& run = "") {
    return {.recipe = "dense-small",
            .settings = {"training.batch_size=8", "training.threads=1", "output.metrics_every_steps=1"},
            .steps = steps,
            .run = run};
  }
  static void wait_until(const TrainingQueue& queue, const std::function<bool(const Standing&)>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done(queue.standing())) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  static bool is_starting(const Standing& now, const std::string& run) {
    return now.starting && now.starting->run == run;
  }
  static bool is_idle(const Standing& now) {
    return !now.starting && now.running.empty() && now.waiting.empty();
  }
  void wait_until(const std::function<bool(const Standing&)>& done) { wait_until(queue_, done); }
  void wait_until_idle() { wait_until(is_idle); }
  void wait_until_runs(const std::string& run) {
    wait_until([&](const Standing& now) { return now.running == run; });
  }

  test::TemporaryDirectory root_;
  TrainingQueue queue_{root_.path(), small_data, {}};
};

constexpr std::int64_t endless = 1'000'000;

/// The whole file.
std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(QueueTest, TrainsTheSameBytesPhaseByPhaseAndWhileItIsLookedAt) {
  constexpr std::int64_t steps = 1000;
  queue_.add(order(steps, "alone"));
  wait_until_idle();
  queue_.add(order(steps, "watched"));
  wait_until_runs("watched");
  const auto control = queue_.control("watched");
  control->give(serve::Command::pause);
  for (int n = 0; n < 6; ++n) {
    const auto before = control->status().phase;
    control->give(serve::Command::phase);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (control->status().phase == before) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
    ASSERT_NE(control->look(std::chrono::seconds(60)), nullptr);
  }
  EXPECT_LT(control->status().position.step, steps) << "it was paused too late to see anything";
  control->give(serve::Command::resume);
  while (!serve::has_ended(control->status().state)) {
    control->look(std::chrono::milliseconds(10));
  }
  wait_until_idle();
  EXPECT_THAT(queue_.standing().failures, IsEmpty());
  const auto checkpoint = [&](const char* run) {
    return bytes_of(root_ / run / "checkpoints/step_00001000.safetensors");
  };
  EXPECT_FALSE(checkpoint("alone").empty());
  EXPECT_EQ(checkpoint("alone") == checkpoint("watched"), true);
}

TEST_F(QueueTest, TrainsAnOrderInARunOfItsName) {
  EXPECT_EQ(queue_.add(order(3, "mine")).order.run, "mine");
  wait_until_idle();
  EXPECT_THAT(queue_.standing().failures, IsEmpty());
  EXPECT_TRUE(std::filesystem::exists(root_ / "mine/checkpoints/step_00000003.safetensors"));
  ASSERT_NE(queue_.control("mine"), nullptr);
  EXPECT_EQ(queue_.control("mine")->status().state, serve::RunState::finished);
  EXPECT_EQ(queue_.control("other"), nullptr);
}

TEST_F(QueueTest, TrainsOneAtATimeInOrder) {
  queue_.add(order(endless, "first"));
  wait_until_runs("first");
  const Waiting second = queue_.add(order(2, "second"));
  queue_.add(order(2, "third"));
  EXPECT_THAT(queue_.standing().waiting, SizeIs(2));
  EXPECT_TRUE(queue_.remove(second.id));
  EXPECT_FALSE(queue_.remove(second.id));
  queue_.control("first")->give(serve::Command::stop);
  wait_until_idle();
  EXPECT_EQ(queue_.control("first")->status().state, serve::RunState::stopped);
  EXPECT_THAT(queue_.control("first")->status().resume, HasSubstr("train --resume"));
  EXPECT_EQ(queue_.control("second"), nullptr);
  EXPECT_EQ(queue_.control("third")->status().state, serve::RunState::finished);
}

TEST_F(QueueTest, NamesRunsSoThatNoneIsOverwritten) {
  queue_.add(order(endless, "same"));
  wait_until_runs("same");
  EXPECT_EQ(queue_.add(order(2, "same")).order.run, "same-2");
  EXPECT_EQ(queue_.add(order(2, "same")).order.run, "same-3");
  EXPECT_THAT(queue_.add(order(2)).order.run, HasSubstr("-dense-small"));
}

TEST_F(QueueTest, StopsTheRunThatTrainsWhenItEnds) {
  queue_.add(order(endless, "run"));
  queue_.add(order(endless, "never"));
  wait_until_runs("run");
  queue_.finish();
  EXPECT_EQ(queue_.control("run")->status().state, serve::RunState::stopped);
  EXPECT_FALSE(std::filesystem::exists(root_ / "never"));
}

TEST_F(QueueTest, GoesOnWithTheOrdersThatWaitedWhenTheLastOneEnded) {
  const test::TemporaryDirectory root;
  {
    TrainingQueue before(root.path(), small_data, {});
    before.add(order(endless, "stopped"));
    wait_until(before, [](const Standing& now) { return now.running == "stopped"; });
    before.add(order(2, "second"));
    const Waiting removed = before.add(order(2, "removed"));
    before.add(order(3, "third"));
    EXPECT_TRUE(before.remove(removed.id));
  }
  std::vector<std::string> said;
  TrainingQueue after(root.path(), small_data,
                      {.say = [&](std::string_view line) { said.emplace_back(line); }});
  wait_until(after, is_idle);
  EXPECT_THAT(after.standing().failures, IsEmpty());
  EXPECT_THAT(said, Contains("second still waits for its turn"));
  EXPECT_EQ(after.control("stopped"), nullptr);
  EXPECT_FALSE(std::filesystem::exists(root / "removed"));
  const auto checkpoint = [&](const std::string& file) {
    return std::filesystem::last_write_time(root / file);
  };
  EXPECT_LE(checkpoint("second/checkpoints/step_00000002.safetensors"),
            checkpoint("third/checkpoints/step_00000000.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(root / "queue.json"));
}

TEST_F(QueueTest, KeepsAnOrderUntilItsRunCanBeResumed) {
  const test::TemporaryDirectory root;
  const test::TemporaryDirectory killed;
  std::promise<void> looked_at;
  const TrainingQueue* asked = nullptr;
  const auto own = std::this_thread::get_id();
  const auto slow_data = [&, ready = looked_at.get_future().share()](const train::Recipe& recipe) {
    if (std::this_thread::get_id() != own && is_starting(asked->standing(), "run")) {
      ready.wait();
    }
    return small_data(recipe);
  };
  TrainingQueue queue(root.path(), slow_data, {});
  asked = &queue;
  queue.add(order(2, "run"));
  wait_until(queue, [](const Standing& now) { return is_starting(now, "run"); });
  std::filesystem::copy(root / "queue.json", killed / "queue.json");
  looked_at.set_value();
  wait_until(queue, is_idle);
  TrainingQueue next(killed.path(), small_data, {});
  wait_until(next, is_idle);
  EXPECT_NE(next.control("run"), nullptr);
}

TEST_F(QueueTest, ChangesARunThatTrains) {
  queue_.add(order(endless, "run"));
  wait_until_runs("run");
  const auto control = queue_.control("run");
  EXPECT_TRUE(control->change({"generator_optimizer.learning_rate=0.0001"}));
  wait_until([&](const Standing&) { return control->status().undo_step.has_value(); });
  control->give(serve::Command::undo);
  wait_until([&](const Standing&) { return !control->status().undo_step.has_value(); });
  control->give(serve::Command::stop);
  wait_until_idle();
  EXPECT_FALSE(control->change({"generator_optimizer.learning_rate=0.0001"}));
}

TEST_F(QueueTest, RefusesWhatCannotBeTrained) {
  const auto refusal = [&](Order bad) -> std::string {
    try {
      queue_.add(std::move(bad));
    } catch (const base::Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal({.recipe = "dens"}), HasSubstr("dense"));
  EXPECT_THAT(refusal({.recipe = "dense", .settings = {"training.batch_size=none"}}),
              HasSubstr("training.batch_size"));
  EXPECT_THAT(refusal({.recipe = "dense"}), HasSubstr("64 training images"));  // a batch has 128
  for (const char* name : {"../out", "a/b", ".hidden", "latest", "a b"}) {
    EXPECT_THAT(refusal(order(1, name)), HasSubstr("the run's name")) << name;
  }
  EXPECT_THAT(queue_.standing().waiting, IsEmpty());
}

TEST_F(QueueTest, PreviewsARecipeAndMeasuresHowLongItTakes) {
  const Order twice{.recipe = "dense-small", .settings = {"training.epochs=2"}};
  const Preview first = queue_.preview(twice);
  EXPECT_THAT(first.toml, HasSubstr("epochs = 2"));
  EXPECT_EQ(first.steps, 2);
  EXPECT_FALSE(first.seconds.has_value());
  wait_until([&](const Standing&) { return queue_.preview(twice).seconds.has_value(); });
  const double two = *queue_.preview(twice).seconds;
  EXPECT_GT(two, 0.0);
  EXPECT_DOUBLE_EQ(*queue_.preview({.recipe = "dense-small", .settings = {"training.epochs=6"}}).seconds,
                   3 * two);
  EXPECT_TRUE(queue_.seconds_of("dense-small").has_value());
  EXPECT_FALSE(queue_.seconds_of("dense").has_value());
}

class AnswersTest : public QueueTest {
 protected:
  serve::Answer ask(const std::string& target, const std::string& method = "GET",
                    const std::string& body = "") {
    return site_.answer({.method = method,
                         .target = target,
                         .headers = {{"host", "localhost"}, {"content-type", "application/json"}},
                         .body = body});
  }
  nlohmann::json json(const std::string& target, const std::string& method = "GET",
                      const std::string& body = "") {
    const serve::Answer answer = ask(target, method, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return nlohmann::json::parse(answer.body, nullptr, false);
  }

  serve::Site site_{serve::Runs(root_.path(), "", serve::make_run_reader()), {}, trainings_of(queue_), {}};
};

TEST_F(AnswersTest, DescribeTheRecipesAndTheirFields) {
  const auto form = json("/api/recipes");
  EXPECT_EQ(form["recipes"].size(), train::embedded_recipes().size());
  EXPECT_EQ(form["default"], "best");
  for (const auto& recipe : form["recipes"]) {
    EXPECT_TRUE(recipe["values"].contains("generator_optimizer.learning_rate")) << recipe["name"];
    EXPECT_FALSE(recipe["description"].get<std::string>().empty());
  }
  for (const auto& field : form["fields"]) {
    EXPECT_FALSE(field["hint"].get<std::string>().empty()) << field["key"];
  }
  EXPECT_EQ(form["lessons"].size(), lessons().size());
}

TEST_F(AnswersTest, PreviewARecipeOrSayWhatIsWrong) {
  const std::string settings = R"({"settings": ["training.epochs=7"]})";
  EXPECT_THAT(json("/api/recipes/dense-small", "POST", settings)["toml"].get<std::string>(),
              HasSubstr("epochs = 7"));
  const serve::Answer bad = ask("/api/recipes/dense-small", "POST", R"({"settings": ["training.epochs=0"]})");
  EXPECT_EQ(bad.status, 422);
  EXPECT_THAT(bad.body, HasSubstr("training.epochs"));
  for (const char* body : {"", "[]", R"({"settings": 3})", R"({"settings": [3]})"}) {
    EXPECT_EQ(ask("/api/recipes/dense-small", "POST", body).status, 400) << body;
  }
}

TEST_F(AnswersTest, StartATrainingAndTakeOneOutOfTheQueue) {
  const auto body = [](const std::string& run, std::int64_t steps) {
    return nlohmann::json{{"recipe", "dense-small"},
                          {"settings", {"training.batch_size=8", "training.threads=1"}},
                          {"run", run},
                          {"steps", steps}}
        .dump();
  };
  EXPECT_EQ(json("/api/trainings", "POST", body("one", endless))["run"], "one");
  wait_until_runs("one");
  EXPECT_EQ(json("/api/runs")["live"], "one");
  EXPECT_EQ(json("/api/runs")["starts"], true);
  const auto two = json("/api/trainings", "POST", body("two", 1));
  EXPECT_EQ(json("/api/trainings")["waiting"][0]["run"], "two");
  const std::string place = "/api/trainings/" + two["id"].dump();
  EXPECT_EQ(ask(place, "POST", R"({"command": "remove"})").status, 200);
  EXPECT_EQ(ask(place, "POST", R"({"command": "remove"})").status, 409);
  EXPECT_EQ(ask("/api/runs/one/control", "POST", R"({"command": "stop"})").status, 200);
  wait_until_idle();
  EXPECT_EQ(json("/api/runs")["live"], nullptr);
  EXPECT_EQ(json("/api/runs")["runs"][0]["state"], "stopped");
}

TEST_F(AnswersTest, RefuseAKeyThatTheyDoNotKnow) {
  const auto refusal = [&](const std::string& target, const std::string& body) {
    const serve::Answer answer = ask(target, "POST", body);
    EXPECT_EQ(answer.status, 400) << body;
    return answer.body;
  };
  EXPECT_THAT(
      refusal("/api/trainings", R"({"recipe": "dense-small", "seting": ["training.epochs=2"]})"),
      AllOf(HasSubstr(R"(found the unknown key "seting")"), HasSubstr(R"(Did you mean "settings"?)")));
  EXPECT_THAT(refusal("/api/trainings", R"({"recipe": "dense-small", "seed": 7})"),
              HasSubstr("Known are: recipe, settings, run, steps"));
  EXPECT_THAT(refusal("/api/trainings", R"({"recipe": "dense-small", "run": 7})"), HasSubstr("\"run\""));
  EXPECT_THAT(refusal("/api/recipes/dense-small", R"({"setings": []})"),
              HasSubstr(R"(Did you mean "settings"?)"));
  EXPECT_THAT(refusal("/api/trainings/1", R"({"command": "remove", "id": 2})"),
              HasSubstr(R"(found the unknown key "id")"));
  EXPECT_THAT(queue_.standing().waiting, IsEmpty());
}

TEST_F(AnswersTest, ChangeOnlyWhatARunCanChangeWhileItTrains) {
  queue_.add(order(endless, "one"));
  wait_until_runs("one");
  const auto change = [&](const std::string& settings) {
    return ask("/api/runs/one/changes", "POST", R"({"settings": [)" + settings + "]}");
  };
  EXPECT_EQ(change("").status, 400);
  EXPECT_EQ(change(R"("training.batch_size=4")").status, 400);
  EXPECT_EQ(change(R"("objective.real_label=7")").status, 400);
  EXPECT_EQ(change(R"("objective.real_label")").status, 400);
  EXPECT_EQ(change(R"("objective.real_label=1")").status, 200);
  wait_until([&](const Standing&) { return queue_.control("one")->status().undo_step.has_value(); });
  EXPECT_EQ(json("/api/runs/one")["settings"]["objective.real_label"], 1.0);
  EXPECT_EQ(ask("/api/runs/two/changes", "POST", R"({"settings": []})").status, 404);
}

TEST_F(AnswersTest, NeedWhatControlsNeed) {
  serve::Request foreign = {.method = "POST",
                            .target = "/api/trainings",
                            .headers = {{"host", "localhost"},
                                        {"content-type", "application/json"},
                                        {"origin", "http://example.org"}},
                            .body = R"({"recipe": "dense-small"})"};
  EXPECT_EQ(site_.answer(foreign).status, 403);
  foreign.headers = {{"host", "localhost"}, {"content-type", "text/plain"}};
  EXPECT_EQ(site_.answer(foreign).status, 415);
  foreign.headers = {{"host", "example.org"}, {"content-type", "application/json"}};
  EXPECT_EQ(site_.answer(foreign).status, 403);
  EXPECT_THAT(queue_.standing().waiting, IsEmpty());
  EXPECT_EQ(ask("/api/trainings/1").status, 405);
  EXPECT_EQ(ask("/api/recipes", "POST", "{}").status, 405);
  EXPECT_EQ(ask("/api/trainings/1/2").status, 404);
}

}  // namespace
}  // namespace ganymede::queue
