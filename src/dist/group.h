#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "dist/memory.h"
#include "dist/processes.h"
#include "dist/share.h"

namespace ganymede::dist {

/// A stretch of a tensor's numbers.
struct Slice {
  std::size_t first = 0;  ///< its first number
  std::size_t count = 0;  ///< how many it has
};

/// What the exchanges of a process were.
struct Traffic {
  std::uint64_t exchanges = 0;  ///< calls of any of Part's functions
  std::uint64_t sent = 0;       ///< bytes to other processes, through MPI
  std::uint64_t read = 0;       ///< bytes read where other processes of the same machine have them
};

/// The parts of one training, and those of them that this process computes, each on a thread of its own: what
/// they need to exchange. The processes have stretches of the parts, as equal as can be.
class Group {
 public:
  /// `parts` is at least the number of processes; throws Error(usage) elsewhere.
  explicit Group(std::int64_t parts, const Processes& processes = {});
  Group(const Group&) = delete;  // its parts hold on to it

  std::int64_t parts() const { return parts_; }                     ///< of the training
  std::int64_t first() const { return first_of(processes_.rank); }  ///< the first part of this process
  /// How many parts this process computes.
  std::int64_t local() const { return first_of(processes_.rank + 1) - first(); }
  const Processes& processes() const { return processes_; }  ///< Among which the parts are divided.

  const Traffic& traffic() const { return traffic_; }  ///< Since the beginning.

  /// Makes every exchange of this process' parts, those under way too, throw Error(usage). Returns whether it
  /// is the first call.
  bool fail();

 private:
  friend class Part;

  std::int64_t first_of(int rank) const { return parts_ * rank / processes_.count; }
  std::int64_t local_of(int rank) const { return first_of(rank + 1) - first_of(rank); }
  Slice slice(std::int64_t part, std::size_t size) const;
  /// The slices of a process' parts.
  Slice slices_of(int rank, std::size_t size) const;

  /// Waits until all parts of this process are here.
  void meet();
  /// Waits until all have brought their `data`; then one of them runs `exchange`, and all go on.
  template <class Exchange>
  void meet(std::int64_t local, std::span<std::byte> data, const Exchange& exchange);
  std::span<float> floats(std::int64_t local) const;
  /// Puts all parts' numbers where sources_ says.
  void gather_numbers(std::size_t size);
  /// Makes copies_, of so many numbers in each part.
  void allocate(std::size_t size);
  /// Puts all parts' numbers of this process' slices where sources_ says.
  void exchange_slices(const Copies& copies, std::size_t size);
  /// Sends what exchange_slices() cannot read.
  void send_slices(const Copies& copies, std::size_t size);
  /// Puts where sources_ says what each part has, for the numbers of its slice; sources_ count from the first
  /// number.
  void gather_slices(const Copies& copies, std::size_t size);
  /// Waits until no process reads the numbers any more.
  void end_reading(std::int64_t local, const Copies& copies);

  std::int64_t parts_;
  Processes processes_;
  std::vector<std::span<std::byte>> data_;  // [local], what this process' parts exchange now
  std::shared_ptr<Copies> copies_;          // the newest
  std::vector<float> received_, sent_;      // from and for other processes
  std::vector<const float*> sources_;       // [parts]
  std::vector<int> bytes_, offsets_, sent_bytes_, sent_offsets_;  // [processes]
  Traffic traffic_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t waiting_ = 0;
  std::uint64_t meetings_ = 0;
  bool failed_ = false;
};

/// One part of a training, as the thread that computes it sees it. All parts must call the same functions in
/// the same order; each call waits for the others. Sums are taken in the order of the parts, in f32, so that
/// every part gets the same bytes, whichever process computes which part. The default is a training in one
/// part, whose functions do nothing.
class Part {
 public:
  Part() = default;
  /// Part `local` of those that this process computes; `group` must outlive it.
  Part(Group& group, std::int64_t local) : group_(&group), local_(local) {}

  Share share() const;                              ///< Which samples it computes.
  bool leads() const { return share().part == 0; }  ///< Whether it is the first, which writes files.

  /// Zeros for slices of which the functions below exchange.
  Memory allocate(std::size_t numbers) const;

  /// Each number becomes the sum of all parts' numbers.
  void sum(std::span<float> values) const;
  /// Each number becomes the mean of all parts' numbers.
  void mean(std::span<float> values) const;
  /// The numbers, of a tensor of `size`, that this part alone updates.
  Slice slice(std::size_t size) const;
  /// The numbers of this part's slice become the mean of all parts'; the others stay.
  void mean_slice(Memory& memory) const;
  /// Every number becomes that of the part in whose slice it is.
  void gather_slices(Memory& memory) const;
  /// The bytes become those of the first part.
  void broadcast(std::span<std::byte> bytes) const;

 private:
  Group* group_ = nullptr;
  std::int64_t local_ = 0;
};

}  // namespace ganymede::dist
