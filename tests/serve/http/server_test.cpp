#include "serve/http/server.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "serve/runs_fixture.h"

namespace ganymede::serve {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class ServerTest : public testing::Test {
 protected:
  httplib::Client client() const {
    httplib::Client client("127.0.0.1", server_->port());
    client.set_read_timeout(10);
    return client;
  }

  test::RunsFixture fixture_;
  std::shared_ptr<Control> shared_ =
      std::make_shared<Control>(train::Position{.step = 0, .total_steps = 8, .steps_an_epoch = 4}, [] {});
  Control& control_ = *shared_;
  Site site_{fixture_.runs(), {}, only_training("one", shared_), {}};
  std::unique_ptr<Server> server_ = std::make_unique<Server>(site_, Address{});
};

/// A viewer who stores the whole stream.
class Viewer {
 public:
  explicit Viewer(httplib::Client client, const std::string& last_id = "") {
    thread_ = std::thread([this, last_id, held = std::make_shared<httplib::Client>(std::move(client))] {
      held->Get("/api/runs/one/events", {{"Last-Event-ID", last_id}},
                [this](const char* data, std::size_t length) {
                  const std::lock_guard lock(mutex_);
                  text_.append(data, length);
                  return true;
                });
      ended_ = true;
    });
  }
  ~Viewer() { thread_.join(); }

  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool ended() const { return ended_; }
  /// False after a timeout.
  bool wait_for(const std::string& what) const {
    for (int tries = 0; tries < 500 && text().find(what) == std::string::npos; ++tries) {
      std::this_thread::sleep_for(10ms);
    }
    return text().find(what) != std::string::npos;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

TEST_F(ServerTest, AnswersOverHttp) {
  const auto answer = client().Get("/api/runs");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr("\"one\""));
  EXPECT_EQ(answer->get_header_value("X-Content-Type-Options"), "nosniff");
}

TEST_F(ServerTest, SendsEventsToTwentyViewersAndEndsTheStreams) {
  std::vector<std::unique_ptr<Viewer>> viewers;
  for (int n = 0; n < 20; ++n) {
    viewers.push_back(std::make_unique<Viewer>(client()));
  }
  for (const auto& viewer : viewers) {
    EXPECT_TRUE(viewer->wait_for("\"step\": 20"));
  }
  fixture_.add_metrics("one", R"({"step": 40})");
  for (const auto& viewer : viewers) {
    EXPECT_TRUE(viewer->wait_for("\"step\": 40"));
  }
  fixture_.add_metrics("one", R"({"step": 60})");
  server_.reset();
  for (const auto& viewer : viewers) {
    EXPECT_TRUE(viewer->wait_for("\"step\": 60"));
    EXPECT_TRUE(viewer->wait_for("event: end"));
  }
}

TEST_F(ServerTest, IsNotDelayedByAViewerWhoDoesNotRead) {
  httplib::Client stuck = client();
  std::atomic<bool> release = false;
  std::thread reader([&] {
    stuck.Get("/api/runs/one/events", [&](const char*, std::size_t) {
      while (!release) {
        std::this_thread::sleep_for(5ms);
      }
      return false;
    });
  });
  EXPECT_TRUE(client().Get("/api/runs"));
  release = true;
  reader.join();
}

TEST_F(ServerTest, RefusesWhatIsTooLargeOrOfAnotherMethod) {
  auto http = client();
  const httplib::Headers none;
  EXPECT_GE(http.Post("/api/runs/one/control", std::string(1 << 20, 'x'), "application/json")->status, 400);
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH"}) {
    httplib::Request request;
    request.method = method;
    request.path = "/api/runs/one";
    const auto answer = client().send(request);
    ASSERT_TRUE(answer) << method;
    EXPECT_GE(answer->status, 400) << method;
    EXPECT_LT(answer->status, 500) << method;
  }
  const auto long_target = client().Get("/" + std::string(5000, 'a'));
  EXPECT_GE(long_target->status, 400);
  EXPECT_EQ(control_.status().state, RunState::training);
}

TEST_F(ServerTest, RefusesAPortThatIsTaken) {
  EXPECT_THROW(Server(site_, Address{.host = "127.0.0.1", .port = server_->port()}), base::Error);
}

}  // namespace
}  // namespace ganymede::serve
