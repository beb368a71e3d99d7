#include "dist/shared_memory.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>
#include <vector>

#include "dist/forked_processes.h"
#include "dist/group.h"

namespace ganymede::dist {
namespace {

/// As on a machine of its own: no file can be opened, so that no memory is shared.
void share_nothing() {
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_NOFILE, &none);
}

TEST(SharedMemory, IsReadByTheOtherProcesses) {
  EXPECT_EQ(0, test::failed_of(3, 4096, [](const Processes& processes) {
              const SharedMemory memory(processes, 100);
              std::fill_n(memory.own(), 100, std::byte(processes.rank + 1));
              processes.wait();
              bool right = memory.sharing() == Sharing::all;
              for (int rank = 0; rank < 3; ++rank) {
                right = right && memory.of(rank) != nullptr && memory.of(rank)[99] == std::byte(rank + 1);
              }
              processes.wait();
              return right;
            }));
}

TEST(SharedMemory, IsAnyMemoryWhereItCannotBeShared) {
  EXPECT_EQ(0, test::failed_of(3, 4096, [](const Processes& processes) {
              if (processes.rank == 1) {
                share_nothing();
              }
              const SharedMemory memory(processes, 100);
              memory.own()[99] = std::byte(1);
              const bool apart = processes.rank == 1;
              return memory.sharing() == Sharing::some && memory.of(processes.rank) == memory.own() &&
                     (memory.of(0) != nullptr) == !apart && (memory.of(1) != nullptr) == apart &&
                     memory.is_read_by(2) == (processes.rank == 0);
            }));
}

/// A group of `parts` in so many processes, of which those from `apart` on share no memory: whether the mean
/// of a tensor whose number n is 1 / (n + part + 1) in each part, sliced and gathered, is that of one
/// process.
bool exchanges_as_one_process(std::int64_t parts, const Processes& processes, int apart) {
  if (processes.rank >= apart) {
    share_nothing();
  }
  constexpr std::size_t size = 1000;
  Group group(parts, processes);
  std::array<bool, 4> right{};
  std::vector<std::thread> threads;
  for (std::int64_t local = 0; local < group.local(); ++local) {
    threads.emplace_back([&, local] {
      const Part part(group, local);
      Memory memory = part.allocate(size);
      for (int repetition = 0; repetition < 3; ++repetition) {
        for (std::size_t n = 0; n < size; ++n) {
          memory.values()[n] =
              1.0F / static_cast<float>(static_cast<std::int64_t>(n) + part.share().part + 1);
        }
        part.mean_slice(memory);
        part.gather_slices(memory);
        bool all = true;
        for (std::size_t n = 0; n < size; ++n) {
          float sum = 1.0F / static_cast<float>(n + 1);
          for (std::int64_t other = 1; other < parts; ++other) {
            sum += 1.0F / static_cast<float>(static_cast<std::int64_t>(n) + other + 1);
          }
          all = all && memory.values()[n] == sum * (1.0F / static_cast<float>(parts));
        }
        right[static_cast<std::size_t>(local)] = all;
      }
    });
  }
  std::ranges::for_each(threads, &std::thread::join);
  return std::ranges::all_of(std::span(right).first(threads.size()), std::identity());
}

TEST(SharedMemory, ExchangesSlicesAsOneProcessDoes) {
  for (const int processes : {1, 2, 3}) {
    for (const std::int64_t parts : {3, 4}) {
      for (int apart = 0; apart <= processes; ++apart) {
        EXPECT_EQ(0, test::failed_of(
                         processes, 64 * 1024,
                         [&](const Processes& own) { return exchanges_as_one_process(parts, own, apart); }))
            << parts << " parts, " << processes << " processes, no memory shared from " << apart << " on";
      }
    }
  }
}

TEST(SharedMemory, IsCountedAsReadAndOtherMemoryAsSent) {
  for (const int apart : {0, 2}) {
    EXPECT_EQ(0, test::failed_of(2, 64 * 1024, [&](const Processes& processes) {
                if (processes.rank >= apart) {
                  share_nothing();
                }
                Group group(2, processes);
                Memory memory = Part(group, 0).allocate(64);
                Part(group, 0).mean_slice(memory);     // 32 numbers go to each
                Part(group, 0).gather_slices(memory);  // and as many
                constexpr std::uint64_t bytes = 2 * 32 * sizeof(float);
                const Traffic traffic = group.traffic();
                return apart == 0 ? traffic.sent == bytes && traffic.read == 0
                                  : traffic.sent == 0 && traffic.read == bytes;
              }));
  }
}

}  // namespace
}  // namespace ganymede::dist
