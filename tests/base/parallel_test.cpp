#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <vector>

#include "reference/threads.h"

namespace ganymede::base {
namespace {

TEST(ParallelFor, CallsEachIndexOnceWhateverTheThreadsAndTheGrain) {
  for (const int threads : {1, 2, 3, 7}) {
    const reference::Threads guard(threads);
    for (const std::int64_t count : {0, 1, 2, 5, 64, 1000}) {
      for (const std::int64_t grain : {1, 3, 64, 1000, 5000}) {
        std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count));
        parallel_for(count, grain, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) {
            ++calls[static_cast<std::size_t>(i)];
          }
        });
        for (const auto& called : calls) {
          ASSERT_EQ(called, 1) << threads << " threads, " << count << " by " << grain;
        }
      }
    }
  }
}

TEST(ParallelFor, BeginsRangesAtMultiplesOfTheGrain) {
  const reference::Threads guard(3);
  std::mutex mutex;
  std::set<std::int64_t> begins;
  parallel_for(1000, 16, [&](std::int64_t begin, std::int64_t end) {
    EXPECT_LT(begin, end);
    const std::scoped_lock lock(mutex);
    begins.insert(begin);
  });
  for (const std::int64_t begin : begins) {
    EXPECT_EQ(begin % 16, 0);
  }
}

TEST(ParallelFor, SplitsWorkOnlyPastOneGrain) {
  const reference::Threads guard(2);
  int calls = 0;
  parallel_for(100, 100, [&](std::int64_t, std::int64_t) { ++calls; });
  EXPECT_EQ(calls, 1);
  std::atomic<int> split = 0;
  parallel_for(101, 100, [&](std::int64_t, std::int64_t) { ++split; });
  EXPECT_EQ(split, 2);
}

TEST(ParallelFor, ThrowsWhatARangeThrewOnceAllHaveEnded) {
  for (const int threads : {1, 2, 7}) {
    const reference::Threads guard(threads);
    std::atomic<int> ended = 0;
    try {
      parallel_for(7, 1, [&](std::int64_t begin, std::int64_t) {
        if (begin == 0) {
          throw std::runtime_error("the first range");
        }
        ++ended;
      });
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "the first range");
    }
    EXPECT_EQ(ended, threads - 1);
  }
}

TEST(ThreadCount, IsWhatWasAskedForAndAtLeastOne) {
  {
    const reference::Threads guard(3);
    EXPECT_EQ(thread_count(), 3);
  }
  const reference::Threads guard(0);
  EXPECT_GE(thread_count(), 1);
}

}  // namespace
}  // namespace ganymede::base
