#include "serve/live/event_stream.h"

#include <gmock/gmock.h>

#include <regex>
#include <string>

#include "serve/runs_fixture.h"

namespace ganymede::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

class Events : public testing::Test {
 protected:
  EventStream stream(const std::string& last_event_id = "",
                     std::shared_ptr<const Control> control = nullptr) const {
    return {reader_, *fixture_.runs().find("one"), last_event_id, std::move(control)};
  }

  test::RunsFixture fixture_;
  RunReader reader_ = fixture_.reader();
};

/// The id of the last event that has one.
std::string last_id(const std::string& text) {
  const std::size_t begin = text.rfind("id: ") + 4;
  return text.substr(begin, text.find('\n', begin) - begin);
}

TEST_F(Events, BeginWithAllRows) {
  EventStream events = stream();
  const std::string text = events.next();
  EXPECT_THAT(text, HasSubstr("event: metrics\ndata: [{\"step\": 20, \"epoch\": 1, \"loss_g\": 0.5}]\n\n"));
  EXPECT_THAT(text, HasSubstr("event: samples\ndata: [0]\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("event: status")));
  EXPECT_EQ(events.next(), "");
}

TEST_F(Events, SendNewRowsOnce) {
  EventStream events = stream();
  events.next();
  fixture_.add_metrics("one", R"({"step": 40})");
  fixture_.add_sample("one", 1);
  const std::string text = events.finish();
  EXPECT_THAT(text, HasSubstr("data: [{\"step\": 40}]\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("\"step\": 20")));
  EXPECT_THAT(text, HasSubstr("event: samples\ndata: [0,1]\n\n"));
  EXPECT_TRUE(text.ends_with("event: end\ndata: {}\n\n"));
}

TEST_F(Events, SendTheRowsAfterALongLineBeforeTheEnd) {
  fixture_.add_metrics("one", R"({"text": ")" + std::string(200'000, 'x') + "\"}");
  fixture_.add_metrics("one", R"({"step": 40})");
  const std::string text = stream().finish();
  EXPECT_THAT(text, HasSubstr("data: [{\"step\": 40}]\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("xxx")));
}

TEST_F(Events, ContinueAfterTheLastEventId) {
  EventStream before = stream();
  const std::string id = last_id(before.next());
  fixture_.add_metrics("one", R"({"step": 40})");  // while the viewer is away
  fixture_.add_metrics("one", R"({"step": 60})");
  const std::string text = stream(id).next();
  EXPECT_THAT(text, HasSubstr("data: [{\"step\": 40},{\"step\": 60}]\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("event: restart")));
}

TEST_F(Events, StartFromTheBeginningForAnInvalidId) {
  for (const char* id : {"rubbish", "1-99999", "-1--1", ""}) {
    EXPECT_THAT(stream(id).next(), HasSubstr("\"step\": 20")) << id;
  }
}

TEST_F(Events, ReportTheStateOfALiveRun) {
  const auto control =
      std::make_shared<Control>(train::Position{.step = 0, .total_steps = 8, .steps_an_epoch = 4}, [] {});
  EventStream events = stream("", control);
  EXPECT_THAT(events.next(),
              HasSubstr(R"(data: {"state":"training","step":0,"total_steps":8,"epoch":1,"epochs":2)"));
  EXPECT_EQ(events.next(), "");
  control->give(Command::pause);
  EXPECT_THAT(events.next(), HasSubstr(R"("state":"paused")"));
}

TEST_F(Events, ReportTheFinalStateBeforeTheEnd) {
  const auto control =
      std::make_shared<Control>(train::Position{.step = 3, .total_steps = 8, .steps_an_epoch = 4}, [] {});
  EventStream events = stream("", control);
  events.next();
  control->end(RunState::stopped, "ganymede train --resume run");
  const std::string text = events.finish();
  EXPECT_THAT(text, HasSubstr(R"("state":"stopped","step":3,"total_steps":8)"));
  EXPECT_THAT(text, HasSubstr(R"("resume":"ganymede train --resume run")"));
  EXPECT_TRUE(text.ends_with("event: end\ndata: {}\n\n"));
}

}  // namespace
}  // namespace ganymede::serve
