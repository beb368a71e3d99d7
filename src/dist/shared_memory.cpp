#include "dist/shared_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>

namespace ganymede::dist {

namespace {

/// Where a process has its memory: a file without a name, which the processes of its machine open through
/// /proc. The number at its end tells it from a file of another process with the same numbers.
struct Address {
  std::array<char, 64> host = {};
  pid_t process = 0;
  int file = -1;
  std::uint64_t number = 0;
};

std::byte* map(int file, std::size_t bytes, int access) {
  void* const memory = mmap(nullptr, bytes, access, MAP_SHARED, file, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<std::byte*>(memory);
}

void unmap(const std::byte* memory, std::size_t bytes) {
  if (memory != nullptr) {
    munmap(const_cast<std::byte*>(memory), bytes);
  }
}

/// Of the file, which has the number behind the memory.
std::size_t file_size(std::size_t bytes) {
  return base::aligned_size(bytes) + sizeof(std::uint64_t);
}

std::uint64_t number_of(const std::byte* memory, std::size_t bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, memory + base::aligned_size(bytes), sizeof number);
  return number;
}

const std::byte* open_memory(const Address& address, std::size_t bytes) {
  const int file =
      open(fmt::format("/proc/{}/fd/{}", address.process, address.file).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return nullptr;
  }
  const bool large_enough = lseek(file, 0, SEEK_END) == static_cast<off_t>(file_size(bytes));
  const std::byte* memory = large_enough ? map(file, file_size(bytes), PROT_READ) : nullptr;
  close(file);
  if (memory != nullptr && number_of(memory, bytes) != address.number) {
    unmap(memory, file_size(bytes));
    return nullptr;
  }
  return memory;
}

/// Gives every process each one's row of `all`, [processes, row], in bytes.
void gather_rows(const Processes& processes, void* all, std::size_t row) {
  std::vector<int> bytes(static_cast<std::size_t>(processes.count), static_cast<int>(row));
  std::vector<int> offsets(bytes.size());
  for (std::size_t rank = 1; rank < offsets.size(); ++rank) {
    offsets[rank] = offsets[rank - 1] + static_cast<int>(row);
  }
  processes.gather(all, bytes.data(), offsets.data());
}

}  // namespace

SharedMemory::SharedMemory(const Processes& processes, std::size_t bytes)
    : bytes_(bytes),
      rank_(processes.rank),
      theirs_(static_cast<std::size_t>(processes.count)),
      readers_(static_cast<std::size_t>(processes.count)) {
  const int file = processes.count > 1 && bytes > 0 ? memfd_create("ganymede", MFD_CLOEXEC) : -1;
  if (file >= 0 && ftruncate(file, static_cast<off_t>(file_size(bytes))) == 0) {
    own_ = map(file, file_size(bytes), PROT_READ | PROT_WRITE);
  }
  if (own_ == nullptr) {
    buffer_ = base::Buffer(bytes);
  }
  if (processes.count > 1 && bytes > 0) {
    open_those_of_others(processes, file);
  }
  if (file >= 0) {
    close(file);
  }
  own_ = own_ == nullptr ? buffer_.data() : own_;
  theirs_[rank_] = own_;
}

void SharedMemory::open_those_of_others(const Processes& processes, int file) {
  std::vector<Address> addresses(static_cast<std::size_t>(processes.count));
  Address own;
  gethostname(own.host.data(), own.host.size() - 1);
  if (own_ != nullptr) {
    std::random_device random;
    own.process = getpid();
    own.file = file;
    own.number = static_cast<std::uint64_t>(random()) << 32U | random();
    std::memcpy(own_ + base::aligned_size(bytes_), &own.number, sizeof own.number);
  }
  addresses[rank_] = own;
  gather_rows(processes, addresses.data(), sizeof(Address));

  const auto count = static_cast<std::size_t>(processes.count);
  std::vector<unsigned char> reads(count * count);  // [reader, read]
  for (int rank = 0; rank < processes.count; ++rank) {
    const Address& address = addresses[rank];
    if (rank != rank_ && address.file >= 0 && address.host == own.host) {
      theirs_[rank] = open_memory(address, bytes_);
      reads[static_cast<std::size_t>(rank_) * count + rank] = theirs_[rank] != nullptr ? 1 : 0;
    }
  }
  gather_rows(processes, reads.data(), count);
  for (std::size_t rank = 0; rank < count; ++rank) {
    readers_[rank] = reads[rank * count + static_cast<std::size_t>(rank_)];
  }
  const auto shared = static_cast<std::size_t>(std::ranges::count(reads, 1));
  sharing_ = shared == 0 ? Sharing::none : shared == count * (count - 1) ? Sharing::all : Sharing::some;
}

SharedMemory::~SharedMemory() {
  for (int rank = 0; rank < static_cast<int>(theirs_.size()); ++rank) {
    if (rank != rank_ || buffer_.size() == 0) {
      unmap(theirs_[rank], file_size(bytes_));
    }
  }
}

}  // namespace ganymede::dist
