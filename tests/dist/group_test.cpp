#include "dist/group.h"

#include <gmock/gmock.h>

#include <array>
#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"

namespace ganymede::dist {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// Runs `body` for each part of a group, on threads side by side.
void in_parts(std::int64_t parts, const std::function<void(Part)>& body) {
  Group group(parts);
  std::vector<std::thread> threads;
  for (std::int64_t local = 0; local < parts; ++local) {
    threads.emplace_back([&, local] { body(Part(group, local)); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

/// What every part has after `exchange` on values that begin as `of(part, number)`.
std::vector<std::vector<float>> exchanged(std::int64_t parts, std::size_t size,
                                          const std::function<float(std::int64_t, std::size_t)>& of,
                                          const std::function<void(Part, std::span<float>)>& exchange) {
  std::vector<std::vector<float>> all(static_cast<std::size_t>(parts), std::vector<float>(size));
  in_parts(parts, [&](Part part) {
    std::vector<float>& own = all[static_cast<std::size_t>(part.share().part)];
    for (std::size_t n = 0; n < size; ++n) {
      own[n] = of(part.share().part, n);
    }
    exchange(part, own);
  });
  return all;
}

TEST(Part, IsAWholeTrainingByDefault) {
  const Part part;
  std::array values = {1.0F, 2.0F};
  part.sum(values);
  part.mean(values);
  Memory memory = part.allocate(2);
  std::ranges::copy(values, memory.values().begin());
  part.mean_slice(memory);
  part.gather_slices(memory);
  EXPECT_THAT(memory.values(), ElementsAre(1.0F, 2.0F));
  part.broadcast(std::as_writable_bytes(std::span(values)));
  EXPECT_THAT(values, ElementsAre(1.0F, 2.0F));
  EXPECT_TRUE(part.leads());
  EXPECT_EQ(part.share().first(64), 0);
  EXPECT_EQ(part.share().size(64), 64);
  EXPECT_EQ(part.slice(5).count, 5U);
}

TEST(Part, HasEqualStretchesOfABatch) {
  in_parts(4, [](Part part) {
    EXPECT_EQ(part.share().size(64), 16);
    EXPECT_EQ(part.share().first(64), 16 * part.share().part);
    EXPECT_EQ(part.leads(), part.share().part == 0);
  });
}

TEST(Part, SumsInTheOrderOfTheParts) {
  // In this order the large numbers cancel before the small ones come; in others, 1 is lost.
  const std::array<float, 4> terms = {1e8F, -1e8F, 1.0F, 0.25F};
  const auto all = exchanged(
      4, 3, [&](std::int64_t part, std::size_t) { return terms[static_cast<std::size_t>(part)]; },
      [](Part part, std::span<float> values) { part.sum(values); });
  EXPECT_THAT(all, Each(Each(1.25F)));
}

TEST(Part, GivesTheMeanOfAllParts) {
  const auto all = exchanged(
      3, 2,
      [](std::int64_t part, std::size_t n) {
        return static_cast<float>(part) + 10.0F * static_cast<float>(n);
      },
      [](Part part, std::span<float> values) { part.mean(values); });
  EXPECT_THAT(all, Each(ElementsAre(1.0F, 11.0F)));
}

TEST(Part, SlicesCoverATensorOnce) {
  for (const std::size_t size : {0U, 1U, 15U, 17U, 100U, 1000U}) {
    Group group(3);
    std::size_t next = 0;
    for (std::int64_t local = 0; local < 3; ++local) {
      const Slice slice = Part(group, local).slice(size);
      EXPECT_EQ(slice.first, next);
      next += slice.count;
    }
    EXPECT_EQ(next, size);
  }
}

TEST(Part, MeansOfSlicesGatheredAreTheMeansOfAll) {
  constexpr std::size_t size = 70;
  const auto of = [](std::int64_t part, std::size_t n) {
    return static_cast<float>(part + 1) / static_cast<float>(n + 3);
  };
  const auto whole = exchanged(4, size, of, [](Part part, std::span<float> values) { part.sum(values); });
  const auto sliced = exchanged(4, size, of, [](Part part, std::span<float> values) {
    Memory memory = part.allocate(values.size());
    std::ranges::copy(values, memory.values().begin());
    part.mean_slice(memory);
    part.gather_slices(memory);
    std::ranges::copy(memory.values(), values.begin());
  });
  for (const std::vector<float>& values : sliced) {
    for (std::size_t n = 0; n < size; ++n) {
      EXPECT_EQ(values[n], 0.25F * whole[0][n]);
    }
  }
}

TEST(Part, TakesTheBytesOfTheFirst) {
  const auto all = exchanged(
      3, 2, [](std::int64_t part, std::size_t) { return static_cast<float>(part + 7); },
      [](Part part, std::span<float> values) { part.broadcast(std::as_writable_bytes(values)); });
  EXPECT_THAT(all, Each(Each(7.0F)));
}

TEST(Group, ThatFailsLetsNoPartWait) {
  Group group(2);
  std::string message;
  std::thread waiting([&] {
    try {
      std::array values = {1.0F};
      Part(group, 0).sum(values);
    } catch (const base::Error& error) {
      message = error.what();
    }
  });
  EXPECT_TRUE(group.fail());
  EXPECT_FALSE(group.fail());
  waiting.join();
  EXPECT_THAT(message, HasSubstr("a part that ended with an error"));
}

TEST(Group, NeedsAPartForEachProcess) {
  try {
    Group(2, {.rank = 0, .count = 3});
    FAIL() << "three processes have two parts";
  } catch (const base::Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("training.parts: found 2 parts for 3 processes"));
  }
}

TEST(Group, DividesThePartsAmongTheProcesses) {
  std::vector<std::int64_t> locals;
  for (int rank = 0; rank < 3; ++rank) {
    locals.push_back(Group(4, {.rank = rank, .count = 3}).local());
  }
  EXPECT_THAT(locals, ElementsAre(1, 1, 2));
}

}  // namespace
}  // namespace ganymede::dist
