#include "base/threads/team.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/memory_limit.h"
#include "base/threads/parallel.h"

namespace ganymede::base {
namespace {

TEST(ParallelFor, CallsEachIndexOnceWhateverTheThreadsAndTheGrain) {
  for (const int threads : {1, 2, 3, 7}) {
    const base::Team team(threads);
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
  const base::Team team(3);
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
  const Team team(2);
  int calls = 0;
  parallel_for(100, 100, [&](std::int64_t, std::int64_t) { ++calls; });
  EXPECT_EQ(calls, 1);
  std::atomic<int> split = 0;
  parallel_for(101, 100, [&](std::int64_t, std::int64_t) { ++split; });
  EXPECT_EQ(split, 2);
}

TEST(ParallelParts, RunsEveryPartOnceHoweverManyThereAre) {
  const Team team(3);
  for (const std::int64_t count : {1, 2, 4095, 4096, 4097, 100'000}) {
    std::vector<std::atomic<int>> calls(static_cast<std::size_t>(count));
    parallel_parts(count, [&](std::int64_t part) { ++calls[static_cast<std::size_t>(part)]; });
    EXPECT_TRUE(std::ranges::all_of(calls, [](const auto& called) { return called == 1; })) << count;
  }
}

TEST(ParallelParts, UsesNoMoreThreadsThanAsked) {
  const Team team(4);
  std::atomic<int> highest = 0;
  for (int loop = 0; loop < 200; ++loop) {
    parallel_parts(
        64,
        [&](std::int64_t) {
          int seen = highest;
          while (current_thread() > seen && !highest.compare_exchange_weak(seen, current_thread())) {
          }
        },
        2);
  }
  EXPECT_LT(highest, 2);
}

TEST(ParallelParts, GivesEachThreadOnePartAtATime) {
  const Team team(4);
  std::array<std::atomic<int>, 4> within{};
  for (int loop = 0; loop < 200; ++loop) {
    parallel_parts(16, [&](std::int64_t) {
      std::atomic<int>& mine = within[static_cast<std::size_t>(current_thread())];
      EXPECT_EQ(mine.fetch_add(1), 0);
      std::this_thread::yield();
      --mine;
    });
  }
}

TEST(ParallelParts, RunsALoopWithinAPartOnThatThreadAlone) {
  const Team team(3);
  std::atomic<int> elsewhere = 0;
  parallel_parts(32, [&](std::int64_t) {
    const std::thread::id here = std::this_thread::get_id();
    const int number = current_thread();
    parallel_for(1000, 1, [&](std::int64_t, std::int64_t) {
      elsewhere += std::this_thread::get_id() != here || current_thread() != number;
    });
  });
  EXPECT_EQ(elsewhere, 0);
}

TEST(ParallelParts, ThrowsWhatAPartThrewOnceAllHaveEnded) {
  const Team team(2);
  for (const std::int64_t thrower : {0, 7}) {
    std::atomic<int> running = 0;
    EXPECT_THROW(parallel_parts(8,
                                [&](std::int64_t part) {
                                  ++running;
                                  if (part == thrower) {
                                    --running;
                                    throw std::bad_alloc();
                                  }
                                  --running;
                                }),
                 std::bad_alloc);
    EXPECT_EQ(running, 0);
  }
  std::atomic<int> calls = 0;
  parallel_parts(8, [&](std::int64_t) { ++calls; });
  EXPECT_EQ(calls, 8);
}

/// Ends the process with 0 if a team of more threads than there is memory for is refused with an error.
[[noreturn]] void ask_for_too_many_threads() {
  test::allow_more_memory(std::size_t{100} << 20);
  try {
    const Team team(1000);
  } catch (const Error& error) {
    std::_Exit(std::string(error.what()).find("--threads") == std::string::npos ? 2 : 0);
  }
  std::_Exit(1);
}

TEST(Team, IsRefusedWhereTheSystemAllowsNotSoManyThreads) {
  if (test::under_sanitizer) {
    GTEST_SKIP() << "a sanitizer reserves more memory than the limit";
  }
  EXPECT_EXIT(ask_for_too_many_threads(), testing::ExitedWithCode(0), "");
}

TEST(Team, SharesTheLoopsOfItsMakerAlone) {
  const Team team(3);
  EXPECT_EQ(thread_count(), 3);
  int elsewhere = 0;
  std::thread([&] { elsewhere = thread_count(); }).join();
  EXPECT_EQ(elsewhere, 1);
}

TEST(Team, RestoresTheOneBeforeWhenItEnds) {
  EXPECT_EQ(thread_count(), 1);
  const Team outer(2);
  {
    const Team inner(5);
    EXPECT_EQ(thread_count(), 5);
  }
  EXPECT_EQ(thread_count(), 2);
}

TEST(Team, HasAThreadForEachProcessorByDefault) {
  const Team team(0);
  EXPECT_GE(thread_count(), 1);
}

TEST(Team, EndsRightAfterALoop) {
  for (int repetition = 0; repetition < 2000; ++repetition) {
    const Team team(3);
    std::atomic<int> calls = 0;
    parallel_parts(3, [&](std::int64_t) { ++calls; });
    ASSERT_EQ(calls, 3);
  }
}

TEST(Team, FinishesEveryLoopWhileOthersKeepTheProcessorsBusy) {
  std::atomic<bool> stop = false;
  std::vector<std::jthread> busy;
  for (unsigned i = 0; i < 2 * std::thread::hardware_concurrency(); ++i) {
    busy.emplace_back([&] {
      while (!stop) {
      }
    });
  }
  const Team team(4);
  std::vector<std::int64_t> sums(64);
  for (std::int64_t loop = 0; loop < 2000; ++loop) {
    parallel_parts(64, [&](std::int64_t part) { sums[static_cast<std::size_t>(part)] += loop; });
  }
  stop = true;
  EXPECT_THAT(sums, testing::Each(2000 * 1999 / 2));
}

}  // namespace
}  // namespace ganymede::base
