#include "serve/site.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <cmath>
#include <string>
#include <vector>

#include "codecs/png.h"
#include "io/mutation.h"
#include "io/pictures/png.h"
#include "serve/runs_fixture.h"

namespace ganymede::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

std::string gzip(const std::string& text) {
  std::string packed(compressBound(text.size()) + 32, '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

class SiteTest : public testing::Test {
 protected:
  Request request(const std::string& target, const std::string& method = "GET",
                  const std::string& body = "") const {
    return {.method = method,
            .target = target,
            .headers = {{"host", "localhost"}, {"content-type", "application/json"}},
            .body = body};
  }
  Answer get(const std::string& target) { return site_.answer(request(target)); }
  Answer post(const std::string& target, const std::string& body) {
    return site_.answer(request(target, "POST", body));
  }
  Json json(const std::string& target) {
    const Answer answer = get(target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body, nullptr, false);
  }

  test::RunsFixture fixture_;
  std::shared_ptr<Control> shared_ =
      std::make_shared<Control>(train::Position{.step = 0, .total_steps = 8, .steps_an_epoch = 4}, [] {});
  Control& control_ = *shared_;
  std::string index_ = gzip("<p>page</p>"), script_ = gzip("script");
  std::vector<PageFile> page_ = {{"index.html", index_}, {"assets/a.js", script_}};
  Site site_{fixture_.runs(), {}, only_training("one", shared_), page_};
};

TEST_F(SiteTest, ListsTheRuns) {
  fixture_.add_run("two");
  const Json runs = json("/api/runs");
  EXPECT_EQ(runs["live"], "one");
  ASSERT_EQ(runs["runs"].size(), 2);
  EXPECT_EQ(runs["runs"][0]["name"], "one");
  EXPECT_EQ(runs["runs"][0]["live"], true);
  EXPECT_EQ(runs["runs"][0]["state"], "training");
  EXPECT_EQ(runs["runs"][0]["total_steps"], 8);  // as its training says, not as its files do
  EXPECT_EQ(runs["runs"][1]["live"], false);
  EXPECT_EQ(runs["runs"][1]["recipe"], "small");
  EXPECT_EQ(runs["runs"][1]["newest_sample"], 0);
}

TEST_F(SiteTest, TellsOfAStoppedRunHowToResumeIt) {
  fixture_.add_run("two");
  EXPECT_EQ(json("/api/runs")["runs"][1]["state"], "stopped");
  EXPECT_EQ(json("/api/runs")["runs"][1]["resume"], nullptr);  // since there is no checkpoint
  fixture_.add_checkpoint("two", 20, 30);
  const Json run = json("/api/runs")["runs"][1];
  EXPECT_EQ(run["state"], "stopped");
  EXPECT_EQ(run["step"], 20);
  EXPECT_EQ(run["total_steps"], 30);
  EXPECT_THAT(run["resume"].get<std::string>(), HasSubstr("train --resume"));
  fixture_.add_checkpoint("two", 30, 30);
  EXPECT_EQ(json("/api/runs")["runs"][1]["state"], "finished");
  EXPECT_EQ(json("/api/runs")["runs"][1]["resume"], nullptr);
}

TEST_F(SiteTest, DescribesARun) {
  const Json run = json("/api/runs/one");
  EXPECT_EQ(run["recipe"], "small");
  EXPECT_EQ(run["latent_size"], 4);
  EXPECT_EQ(run["samples"], Json({0}));
  EXPECT_EQ(run["settings"]["generator_optimizer.learning_rate"], 0.001);
  EXPECT_FALSE(run["fields"].empty());
  EXPECT_THAT(run["config"].get<std::string>(), HasSubstr("name = \"small\""));
}

TEST_F(SiteTest, HasTheMetricsAndTheSamples) {
  EXPECT_EQ(get("/api/runs/one/metrics").body, "{\"step\": 20, \"epoch\": 1, \"loss_g\": 0.5}\n");
  const Answer sample = get("/api/runs/one/samples/0");
  EXPECT_EQ(sample.type, "image/png");
  const auto bytes = std::as_bytes(std::span(sample.body));
  EXPECT_EQ(codecs::decode_png(bytes, "sample").pixels, std::vector<std::uint8_t>{9});
  EXPECT_EQ(get("/api/runs/one/samples/7").status, 404);
}

TEST_F(SiteTest, LooksInsideTheNetworks) {
  fixture_.add_run("two");
  EXPECT_EQ(json("/api/runs/one/networks")["generator"]["layers"].size(), 5);
  const Json flow = json("/api/runs/two/flow?seed=3&point=2&image=1&open=generator.2");
  EXPECT_EQ(flow["passages"]["generator"]["layers"].size(), 5);
  EXPECT_EQ(flow["passages"]["fake"]["layers"].size(), 4);
  EXPECT_EQ(flow["image_label"], 1);
  EXPECT_EQ(flow["opened"]["weights"].size(), 2);
  EXPECT_NE(flow["verdicts"]["real"], json("/api/runs/two/flow?image=0")["verdicts"]["real"]);
  EXPECT_EQ(json("/api/runs/two/flow")["real"], nullptr);
  EXPECT_EQ(get("/api/runs/one/sheet?count=4&columns=2").type, "image/png");
}

TEST_F(SiteTest, FindsTheNearestTrainingImages) {
  std::string image = "0";
  for (int n = 1; n < 16; ++n) {
    image += ",250";
  }
  const Json found = Json::parse(post("/api/runs/one/nearest", "{\"image\": [" + image + "]}").body);
  ASSERT_EQ(found.size(), 3);
  EXPECT_EQ(found[0]["index"], 1);
  EXPECT_EQ(found[0]["label"], "bright");
  EXPECT_NEAR(found[0]["distance"].get<double>(), std::sqrt(255.0 * 255.0 + 15 * 5.0 * 5.0) / 255.0, 1e-12);
  for (const std::string& body :
       {std::string("{}"), std::string("{\"image\": [1]}"), "{\"image\": [" + image + ",1]}",
        "{\"image\": [-1," + image.substr(2) + "]}", "{\"image\": [256," + image.substr(2) + "]}",
        "{\"image\": [0.5," + image.substr(2) + "]}"}) {
    EXPECT_EQ(post("/api/runs/one/nearest", body).status, 400) << body;
  }
}

TEST_F(SiteTest, SaysWhereTheGeneratorCannotBeExported) {
  EXPECT_EQ(get("/api/runs/one/generator.onnx").status, 404);
}

TEST_F(SiteTest, RefusesNumbersBeyondWhatThereIs) {
  fixture_.add_run("two");
  for (const char* target :
       {"flow?point=10000", "flow?point=-1", "flow?label=1", "flow?seed=x", "flow?image=3",
        "flow?image=", "flow?open=generator", "flow?open=generator.5", "flow?open=other.0",
        "flow?open=generator.x", "sheet?count=0", "sheet?count=401", "sheet?columns=0",
        "sheet?count=4&columns=5", "samples/x", "samples/-1", "samples/1e3"}) {
    EXPECT_EQ(get(std::string("/api/runs/two/") + target).status, 400) << target;
  }
}

TEST_F(SiteTest, CommandsTheRunThatTrains) {
  EXPECT_EQ(post("/api/runs/one/control", R"({"command": "pause"})").status, 200);
  EXPECT_EQ(control_.status().state, RunState::paused);
  EXPECT_EQ(post("/api/runs/one/control", R"({"command": "resume"})").status, 200);
  EXPECT_EQ(control_.status().state, RunState::training);
}

TEST_F(SiteTest, RefusesCommandsThatAreNone) {
  fixture_.add_run("two");
  for (const char* body :
       {"", "pause", "{}", "[]", R"({"command": 1})", R"({"command": "rm"})", "{\"command\": \"pause\""}) {
    EXPECT_EQ(post("/api/runs/one/control", body).status, 400) << body;
  }
  EXPECT_EQ(post("/api/runs/two/control", R"({"command": "pause"})").status, 409);
  EXPECT_EQ(get("/api/runs/one/control").status, 405);
  EXPECT_EQ(post("/api/runs/one", "{}").status, 405);
  EXPECT_EQ(post("/api/runs", "{}").status, 405);
  EXPECT_EQ(post("/index.html", "{}").status, 405);
  Request foreign = request("/api/runs/one/control", "POST", R"({"command": "pause"})");
  foreign.headers["origin"] = "http://evil.example";
  EXPECT_EQ(site_.answer(foreign).status, 403);
  EXPECT_EQ(control_.status().state, RunState::training);
}

TEST_F(SiteTest, RefusesAKeyThatABodyDoesNotHave) {
  const auto refusal = [&](const std::string& resource, const std::string& body) {
    const Answer answer = post("/api/runs/one/" + resource, body);
    EXPECT_EQ(answer.status, 400) << body;
    return answer.body;
  };
  EXPECT_THAT(refusal("control", R"({"command": "pause", "comand": "stop"})"),
              HasSubstr(R"(found the unknown key "comand")"));
  EXPECT_EQ(control_.status().state, RunState::training);
  EXPECT_THAT(refusal("changes", R"({"setting": ["objective.real_label=0.9"]})"),
              HasSubstr(R"(Did you mean "settings"?)"));
  EXPECT_THAT(refusal("nearest", R"({"pixels": [1]})"), HasSubstr("Known are: image"));
}

TEST_F(SiteTest, LetsNoPathLeaveTheRuns) {
  std::filesystem::create_directory_symlink(fixture_.outside(), fixture_.root() / "link");
  std::filesystem::create_symlink(fixture_.root() / "../secret.txt",
                                  fixture_.root() / "one/samples/epoch_5.png");
  for (const char* target :
       {"/api/runs/link", "/api/runs/link/metrics", "/api/runs/..%2foutside", "/api/runs/../outside",
        "/api/runs/..", "/api/runs/.", "/api/runs/%2e%2e/outside", "/api/runs/one/samples/5",
        "/api/runs/one/samples/..%2f..%2fsecret", "/../secret.txt", "/assets/../../secret.txt",
        "/api/runs//etc", "/api/runs/one/../../secret.txt"}) {
    const Answer answer = get(target);
    EXPECT_THAT(answer.status, testing::AnyOf(400, 404)) << target;
    EXPECT_THAT(answer.body, testing::Not(HasSubstr("secret\n"))) << target;
  }
  EXPECT_THAT(fixture_.runs().names(), ElementsAre("one"));
}

TEST_F(SiteTest, ShowsALinkToARunBesideIt) {
  std::filesystem::create_directory_symlink("one", fixture_.root() / "latest");
  EXPECT_EQ(get("/api/runs/latest").status, 200);
  EXPECT_THAT(fixture_.runs().names(), ElementsAre("one"));
}

TEST_F(SiteTest, ShowsOnlyTheRunItWasAskedFor) {
  fixture_.add_run("two");
  Site site(fixture_.runs("one"), {}, {}, page_);
  EXPECT_EQ(site.answer(request("/api/runs/one")).status, 200);
  EXPECT_EQ(site.answer(request("/api/runs/two")).status, 404);
}

TEST_F(SiteTest, HasThePageCompressedOrNot) {
  const Answer plain = get("/");
  EXPECT_EQ(plain.body, "<p>page</p>");
  EXPECT_EQ(plain.type, "text/html; charset=utf-8");
  EXPECT_THAT(plain.headers.at("Content-Security-Policy"), HasSubstr("default-src 'self'"));
  Request browser = request("/assets/a.js");
  browser.headers["accept-encoding"] = "gzip, deflate";
  const Answer packed = site_.answer(browser);
  EXPECT_EQ(packed.body, script_);
  EXPECT_EQ(packed.headers.at("Content-Encoding"), "gzip");
  EXPECT_EQ(get("/assets/b.js").status, 404);
}

TEST_F(SiteTest, SaysWhatIsMissingWithoutAPage) {
  Site site(fixture_.runs(), {}, {}, {});
  const Answer answer = site.answer(request("/"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("./ganymede page"));
  EXPECT_EQ(site.answer(request("/api/runs")).status, 200);
}

TEST_F(SiteTest, AnswersDamagedRequestsAndChangesNothing) {
  fixture_.add_run("two");
  const std::string body = R"({"command": "pause"})";
  const std::vector<std::string> targets = {"/api/runs/one/samples/0",
                                            "/api/runs/one/sheet?seed=1&count=2&columns=2",
                                            "/api/runs/two/flow?image=1&label=0", "/assets/a.js"};
  int refused = 0;
  for (std::uint64_t trial = 0; trial < 4000; ++trial) {
    const std::string& sound = targets[trial % targets.size()];
    const auto bytes = test::damaged(std::vector<char>(sound.begin(), sound.end()), trial);
    const Answer answer = get({bytes.begin(), bytes.end()});
    ASSERT_LT(answer.status, 500) << answer.body;
    refused += answer.status >= 400 ? 1 : 0;

    const auto damaged_body = test::damaged(std::vector<char>(body.begin(), body.end()), trial);
    const std::string command(damaged_body.begin(), damaged_body.end());
    const Json parsed = Json::parse(command, nullptr, false);
    const bool sound_command =
        parsed.is_object() && parsed.contains("command") && parsed["command"] == "pause";
    const Answer commanded = post("/api/runs/one/control", command);
    ASSERT_EQ(commanded.status, sound_command ? 200 : 400) << command;
    ASSERT_EQ(control_.status().state, sound_command ? RunState::paused : RunState::training) << command;
    control_.give(Command::resume);
  }
  EXPECT_GT(refused, 2000);
}

}  // namespace
}  // namespace ganymede::serve
