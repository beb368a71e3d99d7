#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "artifacts/classifier_file.h"
#include "artifacts/generator_file.h"
#include "cli/workplace.h"
#include "data/data_source.h"
#include "io/files/npy.h"
#include "io/official_reader.h"
#include "io/pictures/png.h"

namespace ganymede::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

/// A workplace with a classifier of its digits and a generator trained for two epochs.
class Evaluation : public testing::Test {
 protected:
  static const Workplace& place() {
    static const Workplace workplace;
    static const bool made = train_classifier(workplace, "digits.safetensors").status == 0 &&
                             workplace.run(Workplace::train("small.toml")).status == 0;
    EXPECT_TRUE(made);
    return workplace;
  }

  static Ended train_classifier(const Workplace& workplace, const std::string& file) {
    return workplace.run({"classifier", "train", "--data", "digits", "--epochs", "10", "--batch-size", "16",
                          "--threads", "1", "--out", file});
  }

  static Ended eval(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"eval", "--classifier", "digits.safetensors", "--resamples", "10"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return place().run(arguments);
  }
};

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(json::parse(line));
  }
  return lines;
}

TEST(ShippedClassifier, ReadsMnistsTestImagesAsWellAsItsFileSays) {
  const data::Dataset mnist = data::open_data("mnist", data::Splits::train_and_test);
  const ops::Device device;
  const std::filesystem::path path = artifacts::find_classifier("mnist");
  EXPECT_LE(std::filesystem::file_size(path), 2'000'000U);
  artifacts::SavedClassifier saved = artifacts::open_classifier(path, mnist, device);
  const double accuracy = eval::accuracy(saved.classifier.read(mnist.test.pixels), mnist.test.labels);
  EXPECT_GE(accuracy, 0.994);
  // Kernels of another processor round differently, which may change the label of an image or two.
  EXPECT_NEAR(accuracy, saved.info.accuracy, 0.0003);
  EXPECT_EQ(saved.info.dataset_digest, data::digest(mnist));
}

TEST_F(Evaluation, ClassifierTrainWritesTheSameFileAgain) {
  const std::string first = contents(place() / "digits.safetensors");
  const Ended again = train_classifier(place(), "again.safetensors");
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.errors, HasSubstr("test images are classified correctly"));
  EXPECT_EQ(contents(place() / "again.safetensors"), first);
}

TEST_F(Evaluation, PrintsEveryScoreWithItsIntervalAndFloor) {
  const Ended ended = eval({"run", "--count", "40"});
  ASSERT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(ended.output,
              AllOf(HasSubstr("Fréchet distance (not FID)"), HasSubstr("95% interval"), HasSubstr("floor"),
                    HasSubstr("precision (k = 3)"), HasSubstr("share of near copies"),
                    HasSubstr("40 images against the 16 test images of digits, seed 0"), HasSubstr("sha256 "),
                    HasSubstr("leaky_relu_6")));
  EXPECT_THAT(ended.output, testing::Not(HasSubstr("label accuracy")));
  const auto columns_of = [&](const std::string& title) {
    const std::size_t begin = ended.output.find(title);
    const std::string line = ended.output.substr(begin, ended.output.find('\n', begin) - begin);
    return std::ranges::count_if(line,
                                 [](char byte) { return (byte & 0xC0) != 0x80; });  // but continuation bytes
  };
  EXPECT_EQ(columns_of("Fréchet distance (not FID)"), columns_of("precision (k = 3)"))
      << "accents take no column";
}

TEST_F(Evaluation, MeasuresThePixelsAndWhatIsBrokenBesideBothFloors) {
  const json scores = json::parse(eval({"run", "--count", "40", "--json"}).output)["scores"];
  for (const char* key :
       {"pixel_frechet", "pixel_precision", "pixel_recall", "black_pixels", "white_pixels", "laplacian"}) {
    EXPECT_TRUE(scores[key]["value"].is_number()) << key;
    EXPECT_TRUE(scores[key]["floor"].is_number()) << key;
    EXPECT_TRUE(scores[key]["training_floor"].is_number()) << key;
  }
  EXPECT_TRUE(scores["broken"]["floor"].is_number());
  // No classifier ships for these digits, and 16 test images are too few to tell two samples by.
  EXPECT_TRUE(scores["independent_frechet"]["value"].is_null());
  EXPECT_TRUE(scores["two_sample_accuracy"]["value"].is_null());
}

TEST_F(Evaluation, AsJsonHasTheSameNumbersEachTime) {
  const Ended ended = eval({"run", "--count", "40", "--json"});
  ASSERT_EQ(ended.status, 0) << ended.errors;
  json first = json::parse(ended.output);
  EXPECT_EQ(first["count"], 40);
  EXPECT_EQ(first["label_shares"].size(), 10U);
  EXPECT_EQ(first["data_label_shares"].size(), 10U);
  EXPECT_TRUE(first["scores"]["label_accuracy"]["value"].is_null());
  const json frechet = first["scores"]["frechet_distance"];
  EXPECT_GT(frechet["value"], frechet["floor"]);
  EXPECT_LT(frechet["interval"][0], frechet["value"]);
  EXPECT_GT(frechet["interval"][1], frechet["value"]);
  json second = json::parse(eval({"run", "--count", "40", "--json"}).output);
  EXPECT_EQ(first["scores"], second["scores"]);
  EXPECT_NE(json::parse(eval({"run", "--count", "40", "--seed", "1", "--json"}).output)["scores"],
            first["scores"]);
}

TEST_F(Evaluation, QuicklyMeasuresTheSameDistancesWithoutIntervals) {
  const json whole = json::parse(eval({"run", "--count", "40", "--json"}).output)["scores"];
  const json quick = json::parse(eval({"run", "--count", "40", "--quick", "--json"}).output)["scores"];
  for (const char* key : {"frechet_distance", "precision", "recall", "pixel_frechet", "black_pixels"}) {
    EXPECT_EQ(quick[key]["value"], whole[key]["value"]) << key;
    EXPECT_EQ(quick[key]["floor"], whole[key]["floor"]) << key;
    EXPECT_TRUE(quick[key]["interval"][0].is_null()) << key;
    EXPECT_TRUE(quick[key]["training_floor"].is_null()) << key;
  }
  for (const char* key : {"broken", "near_copies"}) {
    EXPECT_TRUE(whole[key]["value"].is_number()) << key;
    EXPECT_TRUE(quick[key]["value"].is_null()) << key;
  }
}

TEST_F(Evaluation, SaysThatAnIntervalFromOneSubsetIsNone) {
  const std::vector<std::string> few = {"run", "--count", "12"};
  EXPECT_THAT(eval(few).output, HasSubstr("kernel distance: no interval"));
  const json report = json::parse(eval({"run", "--count", "12", "--json"}).output);
  EXPECT_TRUE(report["scores"]["kernel_distance"]["value"].is_number());
  EXPECT_TRUE(report["scores"]["kernel_distance"]["interval"][0].is_null());
  EXPECT_THAT(report.value("note", ""), HasSubstr("12 images are a single subset"));
  EXPECT_THAT(eval({"run", "--count", "40"}).output, testing::Not(HasSubstr("no interval")));
}

TEST_F(Evaluation, AtAnotherTemperatureIsAnotherAndSaysSo) {
  const auto at = [](const std::string& temperature) {
    return json::parse(eval({"run", "--json", "--temperature", temperature}).output);
  };
  const json usual = at("1");
  const json cold = at("0.5");
  EXPECT_EQ(usual["images"], "run (small after epoch 2)");
  EXPECT_EQ(cold["images"], "run (small after epoch 2, temperature 0.5)");
  EXPECT_EQ(usual["scores"], json::parse(eval({"run", "--json"}).output)["scores"]);
  EXPECT_NE(cold["scores"]["frechet_distance"], usual["scores"]["frechet_distance"]);
}

TEST_F(Evaluation, OfAnArrayTakesTheLabelsBesideIt) {
  const auto eval_labelled = [](const std::vector<std::uint8_t>& labels) {
    io::write_npy(place() / "labelled.labels.npy", labels, {static_cast<std::int64_t>(labels.size())});
    return eval({"labelled.npy", "--data", "digits", "--json"});
  };
  const auto share_as_asked = [&](const std::vector<std::uint8_t>& labels) {
    const Ended ended = eval_labelled(labels);
    EXPECT_EQ(ended.status, 0) << ended.errors;
    return json::parse(ended.output)["scores"]["label_accuracy"]["value"].get<double>();
  };
  const data::Dataset digits = data::open_data((place() / "digits").string(), data::Splits::train_and_test);
  io::write_npy(place() / "labelled.npy", digits.train.pixels, {64, 28, 28, 1});
  // Each image is read as one class: the shares that are read as each of them make up all.
  double all = 0.0;
  for (int label = 0; label < 10; ++label) {
    all += share_as_asked(std::vector<std::uint8_t>(64, static_cast<std::uint8_t>(label)));
  }
  EXPECT_NEAR(all, 1.0, 1e-6);
  for (const std::vector<std::uint8_t>& wrong :
       {std::vector<std::uint8_t>(63), std::vector<std::uint8_t>(64, 10)}) {
    const Ended ended = eval_labelled(wrong);
    EXPECT_EQ(ended.status, 4);
    EXPECT_THAT(ended.errors, HasSubstr("labelled.labels.npy: found values of type |u1 and shape"));
  }
  std::filesystem::remove(place() / "labelled.labels.npy");
  const json unlabelled = json::parse(eval({"labelled.npy", "--data", "digits", "--json"}).output);
  EXPECT_TRUE(unlabelled["scores"]["label_accuracy"]["value"].is_null());
}

TEST_F(Evaluation, OfArraysAndPicturesIsThatOfTheGeneratorTheyCameFrom) {
  ASSERT_EQ(place().run({"sample", "run", "--count", "30", "--seed", "0", "--out", "images.npy"}).status, 0);
  const io::NpyArray array = io::read_npy(place() / "images.npy");
  std::filesystem::create_directories(place() / "pictures");
  for (int n = 0; n < 30; ++n) {
    io::Image image{.height = 28, .width = 28, .channels = 1, .pixels = {}};
    for (int pixel = 0; pixel < 784; ++pixel) {
      const float value = 127.5F * (array.values[n * 784 + pixel] + 1.0F);
      image.pixels.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F))));
    }
    io::write_png(place() / ("pictures/" + std::to_string(100 + n) + ".png"), image);
  }
  const auto scores = [](const std::vector<std::string>& arguments) {
    const Ended ended = eval(arguments);
    EXPECT_EQ(ended.status, 0) << ended.errors;
    return json::parse(ended.output)["scores"]["frechet_distance"]["value"].get<double>();
  };
  const double expected = scores({"run", "--count", "30", "--json"});
  EXPECT_EQ(scores({"images.npy", "--data", "digits", "--json"}), expected);
  // A value halfway between two bytes may go either way.
  EXPECT_NEAR(scores({"pictures", "--data", "digits", "--json"}), expected, 1e-3 * expected);
}

TEST_F(Evaluation, CountsTheModesOfStacks) {
  std::vector<float> stacks(std::size_t{30} * 28 * 28 * 3);
  for (std::size_t n = 0; n < stacks.size(); ++n) {
    stacks[n] = n / (28 * 28 * 3) % 2 == 0 ? 0.0F : 1.0F;
  }
  io::write_npy(place() / "stacks.npy", stacks, {30, 28, 28, 3});
  const Ended ended = eval({"stacks.npy", "--stacked", "--data", "digits", "--json"});
  ASSERT_EQ(ended.status, 0) << ended.errors;
  const json scores = json::parse(ended.output)["scores"];
  EXPECT_LE(scores["modes"]["value"], 2);
  EXPECT_GT(scores["divergence"]["value"], std::log(1000.0 / 2.0) - 1e-6);
  EXPECT_GT(scores["modes"]["floor"], scores["modes"]["value"]);
}

TEST_F(Evaluation, TrainsAClassifierOnGeneratedImages) {
  std::string recipe = contents(place() / "small.toml");
  const std::string label = "{ kind = \"join_label\", classes = 10 }, ";
  recipe.insert(recipe.find("{ kind = \"dense\", units = 784 }"), label);
  recipe.insert(recipe.find("{ kind = \"dense\", units = 1 }"), label);
  std::ofstream(place() / "labels.toml") << recipe;
  ASSERT_EQ(place()
                .run({"train", "labels.toml", "--data", "digits", "--batch-size", "8", "--out", "labels"})
                .status,
            0);
  const Ended ended = eval({"labels", "--cas", "--json"});
  ASSERT_EQ(ended.status, 0) << ended.errors;
  const json report = json::parse(ended.output);
  EXPECT_EQ(report["count"], 64);
  for (const char* score : {"train_on_generated", "test_on_generated"}) {
    EXPECT_GE(report["scores"][score]["value"], 0.0);
    EXPECT_LE(report["scores"][score]["value"], 1.0);
    EXPECT_EQ(report["scores"][score]["floor"], report["classifier"]["accuracy"]);
  }
  const Ended refused = eval({"run", "--cas"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.errors, HasSubstr("a generator that takes a label"));
}

TEST_F(Evaluation, RefusesWhatItCannotMeasure) {
  const Ended nothing = eval({"digits"});
  EXPECT_EQ(nothing.status, 6);
  EXPECT_THAT(nothing.errors, HasSubstr("neither a run nor PNG files in it"));
  const Ended images = eval({"run/samples", "--temperature", "0.9"});
  EXPECT_EQ(images.status, 2);
  EXPECT_THAT(images.errors, HasSubstr("--temperature: found images in run/samples, expected a generator"));
  EXPECT_THAT(eval({"run", "--temperature", "nan"}).errors, HasSubstr("expected a number from 0 to 10"));
  const Ended seen = eval({"run", "--by-held-out"});
  EXPECT_EQ(seen.status, 2);
  EXPECT_THAT(seen.errors, HasSubstr("Train with --held-out 10000"));
  const Ended sheet = eval({"run/samples", "--data", "digits"});
  EXPECT_EQ(sheet.status, 4);
  EXPECT_THAT(sheet.errors, HasSubstr("a file per image, not a sheet"));
  Start without_cache = place().start({"eval", "run"});
  without_cache.environment = {{"XDG_CACHE_HOME", (place() / "small.toml").string()}};
  const Ended classifier = Process(without_cache).wait();
  EXPECT_EQ(classifier.status, 6);
  EXPECT_THAT(classifier.errors, HasSubstr("ganymede classifier train --data PATH --out FILE"));
  const Ended other = place().run({"eval", "run", "--classifier", "run/generator.safetensors"});
  EXPECT_EQ(other.status, 6);
  EXPECT_THAT(other.errors, HasSubstr("ganymede-classifier"));
}

TEST_F(Evaluation, InTrainingScoresAndKeepsTheBest) {
  const std::vector<std::string> arguments = {
      "train",    "small.toml", "--data",       "digits", "--batch-size", "8",
      "--epochs", "4",          "--eval-every", "2",      "--classifier", "digits.safetensors",
      "--out",    "scored",     "--held-out",   "16",     "--json"};
  const Ended ended = place().run(arguments);
  ASSERT_EQ(ended.status, 0) << ended.errors;
  EXPECT_THAT(
      ended.errors,
      testing::ContainsRegex("epoch 2/4  Fréchet distance \\(not FID\\) [0-9.]+ \\(best\\), floor [0-9.]+"));
  std::vector<json> scored;
  for (const json& line : lines_of(contents(place() / "scored/metrics.jsonl"))) {
    if (line.contains("frechet_distance")) {
      scored.push_back(line);
    }
  }
  ASSERT_EQ(scored.size(), 2U);
  EXPECT_EQ(scored[0]["epoch"], 2);
  EXPECT_EQ(scored[1]["epoch"], 4);
  EXPECT_TRUE(scored[1].contains("precision"));
  const json protocol = json::parse(contents(place() / "scored/scores.json"));
  for (const json& line : scored) {
    EXPECT_EQ(line["frechet_distance_floor"], protocol["floor"]["frechet_distance"]);
  }
  EXPECT_THAT(place().names("scored/checkpoints"),
              AllOf(Contains("best.safetensors"), Contains("generator_best.safetensors")));
  EXPECT_THAT(contents(place() / "scored/scores.tsv"),
              testing::StartsWith("step\tepoch\tfrechet_distance\t"));
  EXPECT_EQ(contents(place() / "scored/losses.tsv").find("\t\t"), std::string::npos);

  // The best generator has the score that its line says.
  const bool first = scored[0]["frechet_distance"] <= scored[1]["frechet_distance"];
  const json best =
      json::parse(eval({"scored/checkpoints/generator_best.safetensors", "--by-held-out", "--json"}).output);
  EXPECT_EQ(best["compared_with"], "held-out images");
  EXPECT_NEAR(best["scores"]["frechet_distance"]["value"].get<double>(),
              scored[first ? 0 : 1]["frechet_distance"].get<double>(), 1e-9);
}

TEST_F(Evaluation, InTrainingKeepsTheBestOfAResumedRun) {
  const std::vector<std::string> scores = {"--eval-every", "1", "--classifier", "digits.safetensors"};
  const auto with_scores = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), scores.begin(), scores.end());
    return place().run(arguments);
  };
  ASSERT_EQ(with_scores({"train", "small.toml", "--data", "digits", "--batch-size", "8", "--epochs", "1",
                         "--out", "remembered"})
                .status,
            0);
  const std::filesystem::path run = place() / "remembered";
  const std::string best = contents(run / "checkpoints/generator_best.safetensors");
  double score = 0.0;

  // The lines of an abandoned branch are removed; its best generator stays.
  std::string kept;
  for (const json& line : lines_of(contents(run / "metrics.jsonl"))) {
    score = line.value("frechet_distance", score);
    kept += line.contains("frechet_distance") ? "" : line.dump() + "\n";
  }
  std::ofstream(run / "metrics.jsonl") << kept;
  std::filesystem::remove(run / "checkpoints/generator_best.safetensors");
  const Ended resumed = with_scores({"train", "--resume", "remembered", "--epochs", "2", "--set",
                                     "generator_optimizer.learning_rate=1000"});
  ASSERT_EQ(resumed.status, 0) << resumed.errors;
  for (const json& line : lines_of(contents(run / "metrics.jsonl"))) {
    ASSERT_GT(line.value("frechet_distance", score + 1.0), score) << "it was to get worse";
  }
  EXPECT_TRUE(contents(run / "checkpoints/generator_best.safetensors") == best);
}

TEST_F(Evaluation, InTrainingIsShownByTensorBoardAndOnTheModelCard) {
  const Ended run =
      place().run({"train", "small.toml", "--data", "digits", "--batch-size", "8", "--epochs", "2",
                   "--eval-every", "2", "--classifier", "digits.safetensors", "--out", "shown"});
  ASSERT_EQ(run.status, 0) << run.errors;
  const json protocol = json::parse(contents(place() / "shown/scores.json"));
  EXPECT_EQ(protocol["count"], 10'000);
  EXPECT_EQ(protocol["seed"], 0);
  EXPECT_EQ(protocol["test_images"], 10);
  EXPECT_EQ(protocol["compared_with"], "training images");
  const std::string digest = protocol["classifier"]["sha256"];

  ASSERT_EQ(place().run({"export", "shown", "--out", "shown.onnx"}).status, 0);
  const std::string card = contents(place() / "shown.onnx.md");
  EXPECT_THAT(card, HasSubstr("| in metrics.jsonl | value | floor | after step |"));
  EXPECT_THAT(card, testing::ContainsRegex("\\| frechet_distance \\| [0-9.e+-]+ \\| [0-9.e+-]+ \\| 16 \\|"));
  EXPECT_THAT(card, testing::ContainsRegex("\\| loss_g \\| [0-9.e+-]+ \\|  \\| 16 \\|"));
  EXPECT_THAT(card,
              HasSubstr("Scores: 10,000 images of seed 0 against the 10 training images of digits, read by "
                        "the "
                        "classifier of SHA-256 `" +
                        digest));

  const auto printed = run_python("check_tensorboard.py", {(place() / "shown").string()});
  if (!printed) {
    GTEST_SKIP() << no_python;
  }
  EXPECT_THAT(*printed, testing::ContainsRegex("scalar frechet_distance 16:[0-9.e+]+\n"));
  EXPECT_THAT(*printed, HasSubstr("scalar precision 16:"));
  EXPECT_THAT(*printed, HasSubstr("scalar frechet_distance_floor 16:"));
}

TEST_F(Evaluation, InTrainingDoesNotChangeWhatIsLearnt) {
  const std::vector<std::string> plain = {"train", "small.toml", "--data", "digits", "--batch-size",
                                          "8",     "--epochs",   "1",      "--out"};
  std::vector<std::string> scored = plain;
  scored.insert(scored.end(), {"with", "--eval-every", "1", "--classifier", "digits.safetensors"});
  std::vector<std::string> unscored = plain;
  unscored.emplace_back("without");
  ASSERT_EQ(place().run(scored).status, 0);
  ASSERT_EQ(place().run(unscored).status, 0);
  const auto weights = [](const char* run) {
    return artifacts::open_generator(place() / run / "generator.safetensors").weights;
  };
  net::Weights with = weights("with");
  net::Weights without = weights("without");
  EXPECT_TRUE(std::ranges::equal(with.parameters(), without.parameters()));
}

}  // namespace
}  // namespace ganymede::test
