#include "dist/group.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/refusal.h"
#include "base/threads/parallel.h"

namespace ganymede::dist {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::usage};

/// As the functions of Processes count.
int counted(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    refuse("exchange of parts", fmt::format("{} bytes", bytes), "less than 2 GiB",
           "Train smaller networks, or in fewer parts");
  }
  return static_cast<int>(bytes);
}
int bytes_of(std::size_t floats) {
  return counted(floats * sizeof(float));
}

/// dst = scale times the sum of the sources, in their order; all from `first`.
void add_up(std::span<const float* const> sources, std::size_t first, float scale, std::span<float> dst) {
  constexpr std::int64_t grain = 16 * 1024;
  base::parallel_for(static_cast<std::int64_t>(dst.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    constexpr std::int64_t cached = 1024;
    for (std::int64_t block = begin; block < end; block += cached) {
      const std::int64_t last = std::min(block + cached, end);
      std::array<float, cached> sums;
      const float* source = sources[0] + first;
      std::copy(source + block, source + last, sums.begin());
      for (std::size_t part = 1; part < sources.size(); ++part) {
        source = sources[part] + first;
        for (std::int64_t i = block; i < last; ++i) {
          sums[static_cast<std::size_t>(i - block)] += source[i];
        }
      }
      for (std::int64_t i = block; i < last; ++i) {
        dst[static_cast<std::size_t>(i)] = scale * sums[static_cast<std::size_t>(i - block)];
      }
    }
  });
}

void copy(std::span<const float> src, std::span<float> dst) {
  constexpr std::int64_t grain = 64 * 1024;
  base::parallel_for(static_cast<std::int64_t>(dst.size()), grain, [&](std::int64_t begin, std::int64_t end) {
    std::copy(src.begin() + begin, src.begin() + end, dst.begin() + begin);
  });
}

}  // namespace

Group::Group(std::int64_t parts, const Processes& processes)
    : parts_(parts),
      processes_(processes),
      data_(parts >= processes.count ? static_cast<std::size_t>(local_of(processes.rank)) : 0),
      sources_(static_cast<std::size_t>(std::max<std::int64_t>(parts, 0))),
      bytes_(static_cast<std::size_t>(processes.count)),
      offsets_(bytes_),
      sent_bytes_(bytes_),
      sent_offsets_(bytes_) {
  if (parts < processes.count) {
    refuse("training.parts", fmt::format("{} parts for {} processes", parts, processes.count),
           "a part for each process", fmt::format("Start {} processes at most", parts));
  }
}

bool Group::fail() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  return !std::exchange(failed_, true);
}

void Group::meet() {
  const auto local = static_cast<std::int64_t>(data_.size());
  if (local == 1) {
    return;
  }
  std::unique_lock lock(mutex_);
  const std::uint64_t meeting = meetings_;
  if (!failed_ && ++waiting_ == local) {
    waiting_ = 0;
    ++meetings_;
    changed_.notify_all();
    return;
  }
  changed_.wait(lock, [&] { return failed_ || meetings_ != meeting; });
  if (meetings_ == meeting) {
    refuse("training in parts", "a part that ended with an error", "parts that all go on",
           "The error of that part says what to do");
  }
}

template <class Exchange>
void Group::meet(std::int64_t local, std::span<std::byte> data, const Exchange& exchange) {
  data_[static_cast<std::size_t>(local)] = data;
  meet();
  if (local == 0) {
    try {
      exchange();
    } catch (...) {
      fail();
      throw;
    }
  }
  meet();
}

std::span<float> Group::floats(std::int64_t local) const {
  const std::span bytes = data_[static_cast<std::size_t>(local)];
  return {reinterpret_cast<float*>(bytes.data()), bytes.size() / sizeof(float)};
}

Slice Group::slice(std::int64_t part, std::size_t size) const {
  constexpr std::size_t line = 16;  // of a cache, in floats
  const auto parts = static_cast<std::size_t>(parts_);
  const std::size_t length = ((size + parts - 1) / parts + line - 1) / line * line;
  const std::size_t first = std::min(size, length * static_cast<std::size_t>(part));
  return {first, std::min(length, size - first)};
}

Slice Group::slices_of(int rank, std::size_t size) const {
  const Slice begin = slice(first_of(rank), size);
  const Slice last = slice(first_of(rank + 1) - 1, size);
  return {begin.first, last.first + last.count - begin.first};
}

void Group::gather_numbers(std::size_t size) {
  ++traffic_.exchanges;
  received_.resize(std::max(received_.size(), size * static_cast<std::size_t>(parts_)));
  for (std::int64_t part = 0; part < parts_; ++part) {
    sources_[static_cast<std::size_t>(part)] = received_.data() + static_cast<std::size_t>(part) * size;
  }
  for (std::int64_t n = 0; n < local(); ++n) {
    std::ranges::copy(floats(n), received_.begin() + static_cast<std::ptrdiff_t>(first() + n) *
                                                         static_cast<std::ptrdiff_t>(size));
  }
  if (processes_.count > 1) {
    for (int rank = 0; rank < processes_.count; ++rank) {
      bytes_[rank] = bytes_of(static_cast<std::size_t>(local_of(rank)) * size);
      offsets_[rank] = bytes_of(static_cast<std::size_t>(first_of(rank)) * size);
    }
    processes_.gather(received_.data(), bytes_.data(), offsets_.data());
    traffic_.sent += static_cast<std::uint64_t>(processes_.count - 1) *
                     static_cast<std::uint64_t>(bytes_[processes_.rank]);
  }
}

void Group::allocate(std::size_t size) {
  const auto processes = static_cast<std::size_t>(processes_.count);
  const std::size_t stride = base::aligned_size(size * sizeof(float));
  const std::size_t most = (static_cast<std::size_t>(parts_) + processes - 1) / processes;
  copies_ = std::make_shared<Copies>(processes_, most * stride);
  for (int rank = 0; rank < processes_.count; ++rank) {
    const std::byte* memory = copies_->memory.of(rank);
    for (std::int64_t n = 0; n < local_of(rank); ++n) {
      copies_->of_parts.push_back(
          memory == nullptr ? nullptr
                            : reinterpret_cast<const float*>(memory + static_cast<std::size_t>(n) * stride));
    }
  }
}

void Group::exchange_slices(const Copies& copies, std::size_t size) {
  ++traffic_.exchanges;
  const Slice own = slices_of(processes_.rank, size);
  for (std::size_t part = 0; part < sources_.size(); ++part) {
    const float* numbers = copies.of_parts[part];
    sources_[part] = numbers == nullptr ? nullptr : numbers + own.first;
  }
  if (copies.memory.sharing() != Sharing::all && processes_.count > 1) {
    send_slices(copies, size);
  }
  if (copies.memory.sharing() != Sharing::none) {
    processes_.wait();
  }
  const auto readable = std::ranges::count_if(copies.of_parts, [](const float* of) { return of != nullptr; });
  traffic_.read += static_cast<std::uint64_t>(readable - local()) * own.count * sizeof(float);
}

void Group::send_slices(const Copies& copies, std::size_t size) {
  const Slice own = slices_of(processes_.rank, size);
  const bool packed = local() > 1;  // the numbers of several parts for one process, one after the other
  sent_.resize(std::max(sent_.size(), packed ? size * static_cast<std::size_t>(local()) : 0));
  received_.resize(std::max(received_.size(), own.count * static_cast<std::size_t>(parts_)));
  std::size_t sent = 0;
  std::size_t received = 0;
  for (int rank = 0; rank < processes_.count; ++rank) {
    const bool sends = rank != processes_.rank && !copies.memory.is_read_by(rank);
    const bool receives = copies.memory.of(rank) == nullptr;
    const Slice theirs = slices_of(rank, size);
    sent_offsets_[rank] = bytes_of(packed ? sent : theirs.first);
    sent_bytes_[rank] = sends ? bytes_of(theirs.count * static_cast<std::size_t>(local())) : 0;
    traffic_.sent += static_cast<std::uint64_t>(sent_bytes_[rank]);
    for (std::int64_t n = 0; packed && sends && n < local(); ++n, sent += theirs.count) {
      std::ranges::copy(floats(n).subspan(theirs.first, theirs.count),
                        sent_.begin() + static_cast<std::ptrdiff_t>(sent));
    }
    offsets_[rank] = bytes_of(received);
    bytes_[rank] = receives ? bytes_of(own.count * static_cast<std::size_t>(local_of(rank))) : 0;
    for (std::int64_t n = 0; receives && n < local_of(rank); ++n, received += own.count) {
      sources_[static_cast<std::size_t>(first_of(rank) + n)] = received_.data() + received;
    }
  }
  processes_.exchange(packed ? sent_.data() : floats(0).data(), sent_bytes_.data(), sent_offsets_.data(),
                      received_.data(), bytes_.data(), offsets_.data());
}

void Group::gather_slices(const Copies& copies, std::size_t size) {
  ++traffic_.exchanges;
  std::ranges::copy(copies.of_parts, sources_.begin());
  if (processes_.count == 1) {
    return;
  }
  const Slice own = slices_of(processes_.rank, size);
  if (copies.memory.sharing() == Sharing::all) {
    processes_.wait();
    traffic_.read += (size - own.count) * sizeof(float);
    return;
  }
  float* all = floats(0).data();  // in place, where there is one part
  if (local() > 1) {
    received_.resize(std::max(received_.size(), size));
    all = received_.data();
    for (std::int64_t n = 0; n < local(); ++n) {
      const Slice of = slice(first() + n, size);
      std::ranges::copy(floats(n).subspan(of.first, of.count), all + of.first);
    }
  }
  for (int rank = 0; rank < processes_.count; ++rank) {
    const Slice theirs = slices_of(rank, size);
    offsets_[rank] = bytes_of(theirs.first);
    bytes_[rank] = bytes_of(theirs.count);
  }
  processes_.gather(all, bytes_.data(), offsets_.data());
  traffic_.sent += static_cast<std::uint64_t>(processes_.count - 1) * own.count * sizeof(float);
  std::ranges::fill(sources_, all);
}

void Group::end_reading(std::int64_t local, const Copies& copies) {
  meet(local, {}, [&] {
    if (copies.memory.sharing() != Sharing::none) {
      processes_.wait();
    }
  });
}

Share Part::share() const {
  return group_ == nullptr ? Share{} : Share{group_->first() + local_, group_->parts()};
}

void Part::sum(std::span<float> values) const {
  if (group_ == nullptr) {
    return;
  }
  group_->meet(local_, std::as_writable_bytes(values), [&] { group_->gather_numbers(values.size()); });
  add_up(group_->sources_, 0, 1.0F, values);
  group_->meet();
}

void Part::mean(std::span<float> values) const {
  if (group_ == nullptr) {
    return;
  }
  sum(values);
  for (float& value : values) {
    value /= static_cast<float>(group_->parts());
  }
}

Slice Part::slice(std::size_t size) const {
  return group_ == nullptr ? Slice{0, size} : group_->slice(share().part, size);
}

Memory Part::allocate(std::size_t numbers) const {
  Memory memory;
  if (group_ == nullptr) {
    memory.alone_ = base::Buffer(numbers * sizeof(float));
    memory.values_ = memory.alone_.as<float>();
    return memory;
  }
  group_->meet(local_, {}, [&] { group_->allocate(numbers); });
  memory.copies_ = group_->copies_;
  group_->meet();
  const float* own = memory.copies_->of_parts[static_cast<std::size_t>(share().part)];
  memory.values_ = {const_cast<float*>(own), numbers};  // of this process, which may write them
  return memory;
}

void Part::mean_slice(Memory& memory) const {
  if (group_ == nullptr) {
    return;
  }
  const std::span<float> values = memory.values();
  group_->meet(local_, std::as_writable_bytes(values),
               [&] { group_->exchange_slices(*memory.copies_, values.size()); });
  const Slice own = slice(values.size());
  add_up(group_->sources_, own.first - group_->slices_of(group_->processes_.rank, values.size()).first,
         1.0F / static_cast<float>(group_->parts()), values.subspan(own.first, own.count));
  group_->end_reading(local_, *memory.copies_);
}

void Part::gather_slices(Memory& memory) const {
  if (group_ == nullptr) {
    return;
  }
  const std::span<float> values = memory.values();
  group_->meet(local_, std::as_writable_bytes(values),
               [&] { group_->gather_slices(*memory.copies_, values.size()); });
  for (std::int64_t part = 0; part < group_->parts(); ++part) {
    const float* source = group_->sources_[static_cast<std::size_t>(part)];
    if (source != values.data()) {
      const Slice slice = group_->slice(part, values.size());
      copy({source + slice.first, slice.count}, values.subspan(slice.first, slice.count));
    }
  }
  group_->end_reading(local_, *memory.copies_);
}

void Part::broadcast(std::span<std::byte> bytes) const {
  if (group_ == nullptr) {
    return;
  }
  group_->meet(local_, bytes, [&] {
    ++group_->traffic_.exchanges;
    if (group_->processes_.count > 1) {
      group_->processes_.broadcast(bytes.data(), counted(bytes.size()));
    }
  });
  const std::span from = group_->data_.front();
  if (local_ != 0) {
    std::ranges::copy(from, bytes.begin());
  }
  group_->meet();
}

}  // namespace ganymede::dist
