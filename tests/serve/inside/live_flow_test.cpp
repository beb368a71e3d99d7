#include "serve/inside/live_flow.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "serve/runs_fixture.h"

namespace ganymede::serve {
namespace {

using Json = nlohmann::ordered_json;

/// A thread that takes steps as fast as it can, each of which raises the last bias of the discriminator.
class MovingNetworks {
 public:
  explicit MovingNetworks(Control& control) {
    thread_ = std::jthread([this, &control] {
      while (!stop_.stop_requested()) {
        control.wait_for_leave(networks_, stop_.get_token());
        bias_ += 1e-3F;
      }
    });
  }
  ~MovingNetworks() { stop_.request_stop(); }

 private:
  train::NetworkPair networks_{train::parse_recipe(test::small_recipe, "small"), {4, 4, 1}, 2};
  net::Weights& weights_ = networks_.partner().weights();
  float& bias_ = weights_.values(weights_.table().back()).back();
  std::stop_source stop_;
  std::jthread thread_;
};

class LiveFlowTest : public testing::Test {
 protected:
  LiveFlow::Wish wish(const std::string& key) const {
    return {.key = key,
            .sample = {.latent = flow_.inspector().latent({.point = key == "first" ? 0 : 1}), .image = {}},
            .open = {}};
  }

  std::shared_ptr<Control> control_ = std::make_shared<Control>(train::Position{}, [] {});
  LiveFlow flow_{test::small_networks(), control_};
};

TEST_F(LiveFlowTest, IsEmptyWhileNobodyMayLook) {
  EXPECT_EQ(flow_.flow(wish("first")), "");
}

TEST_F(LiveFlowTest, ComputesEachWishOnceForAllViewersAndSaysWhenThereIsMore) {
  const MovingNetworks training(*control_);
  std::string first = flow_.flow(wish("first"));
  bool is_shared = false;
  for (int n = 0; n < 20 && !is_shared; ++n) {  // a thread may be kept waiting until there is something new
    is_shared = first == flow_.flow(wish("first"));
    first = is_shared ? first : flow_.flow(wish("first"));
  }
  EXPECT_TRUE(is_shared);
  EXPECT_NE(flow_.flow(wish("second")), first);
  const Json json = Json::parse(first);
  const std::int64_t wait = json["wait"];
  EXPECT_GE(wait, 200);
  std::this_thread::sleep_for(std::chrono::milliseconds(Json::parse(flow_.flow(wish("second")))["wait"]));
  const Json later = Json::parse(flow_.flow(wish("first")));
  EXPECT_GT(later["verdicts"]["fake"]["logit"], json["verdicts"]["fake"]["logit"]);
}

TEST_F(LiveFlowTest, StaysTheSameWhileTheRunIsPaused) {
  control_->give(Command::pause);
  const MovingNetworks training(*control_);
  const std::string first = flow_.flow(wish("first"));
  EXPECT_EQ(flow_.flow(wish("first")), first);
  control_->give(Command::step);
  std::string next = first;
  while (next == first) {
    next = flow_.flow(wish("first"));
  }
  EXPECT_GT(Json::parse(next)["verdicts"]["fake"]["logit"], Json::parse(first)["verdicts"]["fake"]["logit"]);
}

}  // namespace
}  // namespace ganymede::serve
