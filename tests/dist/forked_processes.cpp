#include "dist/forked_processes.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <vector>

namespace ganymede::test {
namespace {

/// What all processes see, before the stretches by which they exchange.
struct Shared {
  pthread_barrier_t barrier;
};

/// What each process has of its own, in its copy of this program.
struct Own {
  int rank = 0;
  int count = 0;
  std::size_t bytes = 0;  // of a stretch
  std::byte* stretches = nullptr;
};
Shared* shared = nullptr;
Own own;

void meet() {
  pthread_barrier_wait(&shared->barrier);
}

std::byte* at(int rank) {
  return own.stretches + static_cast<std::size_t>(rank) * own.bytes;
}

void gather(void* all, const int* bytes, const int* offsets) {
  auto* const values = static_cast<std::byte*>(all);
  std::memcpy(at(own.rank), values + offsets[own.rank], static_cast<std::size_t>(bytes[own.rank]));
  meet();
  for (int rank = 0; rank < own.count; ++rank) {
    std::memcpy(values + offsets[rank], at(rank), static_cast<std::size_t>(bytes[rank]));
  }
  meet();
}

void exchange(const void* send, const int* send_bytes, const int* send_offsets, void* receive,
              const int* receive_bytes, const int* receive_offsets) {
  for (int round = 0; round < own.count; ++round) {  // to the process so many ranks further
    const int to = (own.rank + round) % own.count;
    const int from = (own.rank + own.count - round) % own.count;
    std::memcpy(at(to), static_cast<const std::byte*>(send) + send_offsets[to],
                static_cast<std::size_t>(send_bytes[to]));
    meet();
    std::memcpy(static_cast<std::byte*>(receive) + receive_offsets[from], at(own.rank),
                static_cast<std::size_t>(receive_bytes[from]));
    meet();
  }
}

void broadcast(void* data, int bytes) {
  if (own.rank == 0) {
    std::memcpy(at(0), data, static_cast<std::size_t>(bytes));
  }
  meet();
  std::memcpy(data, at(0), static_cast<std::size_t>(bytes));
  meet();
}

}  // namespace

int failed_of(int count, std::size_t bytes, const std::function<bool(const dist::Processes&)>& body) {
  const std::size_t size = sizeof(Shared) + static_cast<std::size_t>(count) * bytes;
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  shared = new (memory) Shared;
  pthread_barrierattr_t attributes;
  pthread_barrierattr_init(&attributes);
  pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&shared->barrier, &attributes, static_cast<unsigned>(count));
  std::vector<pid_t> children;
  for (int rank = 0; rank < count; ++rank) {
    children.push_back(fork());
    if (children.back() != 0) {
      continue;
    }
    alarm(60);  // so that none waits for ever for one that has failed
    own = {.rank = rank,
           .count = count,
           .bytes = bytes,
           .stretches = static_cast<std::byte*>(memory) + sizeof(Shared)};
    bool good = false;
    try {
      good = body({.rank = rank,
                   .count = count,
                   .gather = gather,
                   .exchange = exchange,
                   .broadcast = broadcast,
                   .wait = meet});
    } catch (const std::exception& error) {
      std::fprintf(stderr, "process %d: %s\n", rank, error.what());
    }
    _exit(good ? 0 : 1);
  }
  int failed = 0;
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    failed += status == 0 ? 0 : 1;
  }
  munmap(memory, size);
  return failed;
}

}  // namespace ganymede::test
