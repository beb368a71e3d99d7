#include "session/resuming/resumption.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/memory_limit.h"
#include "base/sha256.h"
#include "cli/run_under_test.h"
#include "data/data_source.h"

namespace ganymede::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// The contents of a run's files by name, except for the records of its sessions.
std::map<std::string, std::string> files_of(const fs::path& run) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(run)) {
    const std::string name = fs::relative(entry.path(), run).string();
    if (entry.is_regular_file() && !name.starts_with("events.out.") && name != "meta.json") {
      files[name] = contents(entry.path());
    }
  }
  return files;
}

TEST(Resumption, OfAFinishedRunWritesTheFilesThatAKillPrevented) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  const auto before = files_of(place / "run");
  const auto expect_made_again = [&] {
    const Ended again = place.run({"train", "--resume", "run"});
    EXPECT_EQ(again.status, 0);
    EXPECT_THAT(again.errors, HasSubstr("has completed all of its 16 steps"));
    EXPECT_TRUE(files_of(place / "run") == before);
  };
  for (const char* file :
       {"generator.safetensors", "losses.tsv", "losses.png", "samples.gif", "samples/epoch_0002.png"}) {
    SCOPED_TRACE(file);
    fs::remove(place / "run" / file);
    expect_made_again();
  }
  std::ofstream(place / "run/.losses.png.12-3.tmp") << "half";
  std::ofstream(place / "run/checkpoints/.step_00000016.safetensors.12-3.tmp") << "half";
  expect_made_again();
}

TEST(Resumption, ReplacesAGeneratorThatIsOlderThanTheCheckpoint) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml", {"--epochs", "1"})).status, 0);
  fs::copy_file(place / "run/generator.safetensors", place / "old");
  ASSERT_EQ(place.run({"train", "--resume", "run", "--epochs", "2"}).status, 0);
  const std::string last = contents(place / "run/generator.safetensors");
  ASSERT_TRUE(contents(place / "old") != last);
  fs::rename(place / "old", place / "run/generator.safetensors");
  ASSERT_EQ(place.run({"train", "--resume", "run"}).status, 0);
  EXPECT_TRUE(contents(place / "run/generator.safetensors") == last);
}

TEST(Resumption, RemovesTheImagesOfAnAbandonedBranch) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml", {"--epochs", "1"})).status, 0);
  fs::copy_file(place / "run/samples/epoch_0001.png", place / "run/samples/epoch_0007.png");
  fs::copy_file(place / "run/generator.safetensors",
                place / "run/checkpoints/generator_epoch_0007.safetensors");
  ASSERT_EQ(place.run({"train", "--resume", "run", "--epochs", "2"}).status, 0);
  EXPECT_THAT(place.names("run/samples"),
              testing::UnorderedElementsAre("epoch_0000.png", "epoch_0001.png", "epoch_0002.png"));
  EXPECT_THAT(place.names("run/checkpoints"), Not(Contains("generator_epoch_0007.safetensors")));
}

/// The contents of a safetensors file with other metadata, and with their digest.
std::string with_format_version(std::string contents, char version) {
  const auto set = [&](const std::string& key, const std::string& value) {
    const std::string begin = "\"" + key + "\":\"";
    contents.replace(contents.find(begin) + begin.size(), value.size(), value);
  };
  set("format_version", {version});
  set("sha256", std::string(64, '0'));
  set("sha256", base::sha256(std::as_bytes(std::span(contents))));
  return contents;
}

class UnusableCheckpoint : public testing::Test {
 protected:
  UnusableCheckpoint() { EXPECT_EQ(place_.run(Workplace::train("small.toml")).status, 0); }

  /// Expects that resuming fails for `reason` and changes nothing; then that it succeeds with the restored
  /// checkpoint.
  void expect_kept(const std::string& reason, const std::string& sound) {
    const Ended refused = place_.run({"train", "--resume", "run", "--epochs", "3"});
    EXPECT_EQ(refused.status, 6);
    EXPECT_THAT(refused.errors, AllOf(HasSubstr(reason), HasSubstr("step_00000016.safetensors")));
    EXPECT_THAT(place_.names("run/checkpoints"),
                testing::UnorderedElementsAre("step_00000008.safetensors", "step_00000016.safetensors"));
    fs::remove_all(newest_);
    std::ofstream(newest_, std::ios::binary) << sound;
    const Ended resumed = place_.run({"train", "--resume", "run", "--epochs", "3"});
    EXPECT_EQ(resumed.status, 0);
    EXPECT_THAT(resumed.errors, HasSubstr("From run/checkpoints/step_00000016.safetensors"));
  }

  Workplace place_;
  const fs::path newest_ = place_ / "run/checkpoints/step_00000016.safetensors";
};

TEST_F(UnusableCheckpoint, OfANewerFormatIsNotCorrupt) {
  const std::string sound = contents(newest_);
  std::ofstream(newest_, std::ios::binary) << with_format_version(sound, '2');
  expect_kept("version 2 of the format", sound);
}

TEST_F(UnusableCheckpoint, ThatCannotBeReadForAMomentIsNotCorrupt) {
  const std::string sound = contents(newest_);
  fs::remove(newest_);
  fs::create_directory(newest_);  // root may read every file
  expect_kept("a directory", sound);
}

TEST_F(UnusableCheckpoint, ThatIsCutOffIsCorrupt) {
  fs::resize_file(newest_, 100);
  const Ended resumed = place_.run({"train", "--resume", "run"});
  EXPECT_EQ(resumed.status, 0);
  EXPECT_THAT(resumed.errors, HasSubstr("step_00000016.safetensors.corrupt"));
  EXPECT_THAT(resumed.errors, HasSubstr("From run/checkpoints/step_00000008.safetensors"));
}

TEST(Resumption, FailsOnUnreadableMetrics) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml")).status, 0);
  fs::rename(place / "run/metrics.jsonl", place / "run/kept");
  fs::create_symlink("metrics.jsonl", place / "run/metrics.jsonl");  // to itself: it cannot be opened
  EXPECT_EQ(place.run({"train", "--resume", "run", "--epochs", "3"}).status, 6);
  EXPECT_TRUE(fs::is_symlink(place / "run/metrics.jsonl"));
  fs::rename(place / "run/kept", place / "run/metrics.jsonl");
  EXPECT_EQ(place.run({"train", "--resume", "run", "--epochs", "3"}).status, 0);
  EXPECT_EQ(objects(contents(place / "run/metrics.jsonl")).size(), 6U);
}

/// A process's anonymous memory in kilobytes.
long resident_kilobytes(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) {
      return std::stol(line.substr(8));
    }
  }
  return 0;
}

TEST(Resumption, DoesNotKeepTheCheckpointInMemory) {
  if (under_sanitizer) {
    GTEST_SKIP() << "a sanitizer keeps memory that was freed";
  }
  const Workplace place;
  // Of 2 million weights, whose checkpoint has 70 MB.
  std::string wide = contents(place / "small.toml");
  const std::string flatten = "{ kind = \"flatten\" },";
  wide.replace(wide.find(flatten), flatten.size(),
               flatten + " { kind = \"dense\", units = 7680 }, { kind = \"relu\" },");
  std::ofstream(place / "wide.toml") << wide;
  const auto memory_of = [&](const std::vector<std::string>& arguments, std::size_t lines) {
    Process process(place.start(arguments));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!fs::exists(place / "run/metrics.jsonl") ||
           objects(contents(place / "run/metrics.jsonl")).size() < lines) {
      EXPECT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const long kilobytes = resident_kilobytes(process.id());
    process.send(SIGTERM);
    process.wait();
    return kilobytes;
  };
  const std::vector<std::string> rarely = {"--steps", "100000", "--set",
                                           "output.checkpoint_every_epochs=10000"};
  std::vector<std::string> first = Workplace::train("wide.toml", rarely);
  const long started = memory_of(first, 3);
  ASSERT_GT(fs::file_size(place / fmt::format("run/checkpoints/step_{:08}.safetensors", newest_step(place))),
            60'000'000U);
  const std::size_t lines = objects(contents(place / "run/metrics.jsonl")).size();
  const long resumed = memory_of({"train", "--resume", "run"}, lines + 3);
  EXPECT_LT(resumed, started + 30'000);
}

/// A small run in this process.
class Branch {
 public:
  Branch() {
    recipe_ =
        artifacts::load_recipe(place_ / "small.toml", std::vector<std::string>{"training.batch_size=8"});
    recipe_.data = place_ / "digits";
    dataset_ = std::make_shared<data::Dataset>(data::open_data(recipe_.data, data::Splits::train_only));
    for (const fs::path& directory : {run_.samples(), run_.checkpoints()}) {
      fs::create_directories(directory);
    }
  }

  std::unique_ptr<session::Training> begin() {
    auto training = std::make_unique<session::Training>(recipe_, dataset_, std::nullopt, fs::path(),
                                                        [](std::string_view) {});
    training->snapshots.write_checkpoint(run_, 0);
    return training;
  }
  const runs::RunDirectory& run() const { return run_; }

 private:
  Workplace place_;
  train::Recipe recipe_;
  std::shared_ptr<const data::Dataset> dataset_;
  runs::RunDirectory run_{place_ / "run"};
};

TEST(Rollback, LeavesTheGeneratorOfItsCheckpointBeforeTheFirstStep) {
  Branch branch;
  auto training = branch.begin();
  const std::int64_t last_good_step = 0;
  std::stop_source never;
  training->trainer.run(never.get_token());
  training->snapshots.write_checkpoint(branch.run(), last_good_step);
  ASSERT_EQ(artifacts::open_generator(branch.run().generator()).info.step, 16);

  const train::Finding finding{
      .ailment = train::Ailment::explosion, .step = 16, .message = "It exploded", .advice = {}};
  training =
      session::roll_back(std::move(training), finding, artifacts::Checkpoint(branch.run().checkpoint(0)),
                         branch.run(), {}, session::Observer());
  training->snapshots.write_checkpoint(branch.run(), last_good_step);  // as Ctrl-C does
  EXPECT_EQ(artifacts::open_generator(branch.run().generator()).info.step, 0);
}

TEST(Snapshots, KeepTheNewestGoodCheckpointBesideTheNewestTwo) {
  Branch branch;
  auto training = branch.begin();
  const auto write_at_every_step = [&](std::int64_t last_good_step) {
    training->trainer.subscribe([&, last_good_step](const train::Event& event) {
      if (std::holds_alternative<train::StepFinished>(event)) {
        training->snapshots.write_checkpoint(branch.run(), last_good_step);
      }
    });
  };
  write_at_every_step(5);
  std::stop_source never;
  training->trainer.run(never.get_token());
  std::vector<std::string> names;
  for (const fs::path& path : branch.run().find_checkpoints()) {
    names.push_back(path.filename().string());
  }
  EXPECT_THAT(names, testing::ElementsAre("step_00000016.safetensors", "step_00000015.safetensors",
                                          "step_00000005.safetensors"));
}

/// Automatic precision may differ on another machine.
TEST(Resumption, WarnsAboutAnotherAutomaticPrecision) {
  const Workplace place;
  ASSERT_EQ(place.run(Workplace::train("small.toml", {"--threads", "0"})).status, 0);
  EXPECT_THAT(contents(place / "run/config.toml"),
              AllOf(HasSubstr("threads = 0"), HasSubstr("precision = 'auto'")));
  EXPECT_THAT(place.run({"train", "--resume", "run", "--epochs", "3"}).errors,
              Not(HasSubstr("was started in")));

  nlohmann::json meta = nlohmann::json::parse(contents(place / "run/meta.json"));
  const std::string here = meta["precision"];
  const std::string there = here == "f32" ? "bf16" : "f32";
  meta["precision"] = there;
  std::ofstream(place / "run/meta.json") << meta;
  const Ended ended = place.run({"train", "--resume", "run", "--epochs", "4"});
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.errors, HasSubstr("was started in " + there + " and is resumed in " + here));
}

}  // namespace
}  // namespace ganymede::test
