#include "serve/http/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <system_error>

#include "base/error.h"

namespace ganymede::serve {
namespace {

std::thread start_thread(Workers::Work work) {
  return std::thread(std::move(work));
}

/// Starts `most` threads and no more, as a system at its limit of processes.
Workers::Start start_at_most(int most) {
  return [left = std::make_shared<std::atomic<int>>(most)](Workers::Work work) {
    if (left->fetch_sub(1) <= 0) {
      throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }
    return start_thread(std::move(work));
  };
}

TEST(Workers, DoAsManyThingsAtATimeAsThereMayBeThreads) {
  std::latch together(4);
  std::atomic<int> done = 0;
  Workers workers(4, start_thread);
  for (int n = 0; n < 4; ++n) {
    workers.give([&] {
      together.arrive_and_wait();
      ++done;
    });
  }
  workers.finish();
  EXPECT_EQ(done, 4);
}

TEST(Workers, AreOnlyAsManyAsAreNeeded) {
  Workers workers(96, start_at_most(1));
  std::atomic<int> done = 0;
  for (int n = 0; n < 10; ++n) {
    workers.give([&] { ++done; });
    while (done <= n) {
      std::this_thread::yield();
    }
    while (!workers.spare()) {  // the only thread becomes free after its work
      std::this_thread::yield();
    }
  }
  EXPECT_EQ(done, 10);
}

TEST(Workers, DoEverythingWhereTheSystemAllowsFewThreads) {
  for (const int allowed : {1, 2, 3}) {
    std::atomic<int> done = 0;
    Workers workers(96, start_at_most(allowed));
    for (int n = 0; n < 100; ++n) {
      workers.give([&] { ++done; });
    }
    workers.finish();
    EXPECT_EQ(done, 100);
  }
}

TEST(Workers, HaveNoneToSpareWhereAllAreBusyAndNoMoreMayBeStarted) {
  std::latch busy(3);
  std::latch release(1);
  Workers workers(96, start_at_most(2));
  EXPECT_TRUE(workers.spare());
  for (int n = 0; n < 2; ++n) {
    workers.give([&] {
      busy.count_down();
      release.wait();
    });
  }
  busy.arrive_and_wait();
  EXPECT_FALSE(workers.spare());
  release.count_down();
  workers.finish();
}

TEST(Workers, GoOnAfterWorkThatThrows) {
  std::atomic<int> done = 0;
  Workers workers(1, start_thread);
  workers.give([] { throw std::runtime_error("lost"); });
  workers.give([&] { ++done; });
  workers.finish();
  EXPECT_EQ(done, 1);
}

TEST(Workers, AreRefusedIfTheSystemAllowsNoThread) {
  EXPECT_THROW(Workers(96, start_at_most(0)), base::Error);
}

}  // namespace
}  // namespace ganymede::serve
