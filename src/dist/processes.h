#pragma once

namespace ganymede::dist {

/// The processes that train together, and how they exchange bytes: what dist/mpi fills in from MPI. The
/// default is one process by itself, which calls none of the functions. All processes call the same function
/// in the same order. Sizes and offsets are in bytes.
struct Processes {
  int rank = 0;   ///< of this process, from 0
  int count = 1;  ///< of all

  /// Gives every process the `bytes[r]` bytes at `offsets[r]` of `all` that process r has written there.
  void (*gather)(void* all, const int* bytes, const int* offsets) = nullptr;
  /// Sends process r the `send_bytes[r]` at `send_offsets[r]` of `send`, and receives from it likewise.
  void (*exchange)(const void* send, const int* send_bytes, const int* send_offsets, void* receive,
                   const int* receive_bytes, const int* receive_offsets) = nullptr;
  /// Gives every process the bytes of process 0.
  void (*broadcast)(void* data, int bytes) = nullptr;
  /// Returns when all processes have called it.
  void (*wait)() = nullptr;
  /// The last call of a process, once no other may follow.
  void (*end)() = nullptr;
  /// Ends all processes at once, this one with `status`.
  void (*abort)(int status) = nullptr;
};

}  // namespace ganymede::dist
