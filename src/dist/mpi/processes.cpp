/// What dist/processes.h asks for, in MPI 3.1: a library of its own, which dist/world.cpp loads.

#include "dist/processes.h"

#include <mpi.h>

#include <algorithm>
#include <array>
#include <string>

namespace {

using ganymede::dist::Processes;

// Errors end the program in MPI itself (MPI_ERRORS_ARE_FATAL, the default), with a message.

void gather(void* all, const int* bytes, const int* offsets) {
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, bytes, offsets, MPI_BYTE, MPI_COMM_WORLD);
}

void exchange(const void* send, const int* send_bytes, const int* send_offsets, void* receive,
              const int* receive_bytes, const int* receive_offsets) {
  MPI_Alltoallv(send, send_bytes, send_offsets, MPI_BYTE, receive, receive_bytes, receive_offsets, MPI_BYTE,
                MPI_COMM_WORLD);
}

void broadcast(void* data, int bytes) {
  MPI_Bcast(data, bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
}

void wait() {
  MPI_Barrier(MPI_COMM_WORLD);
}

void end() {
  MPI_Finalize();
}

void abort(int status) {
  MPI_Abort(MPI_COMM_WORLD, status);
}

}  // namespace

extern "C" {

/// Joins the processes that the launcher started.
void ganymede_join_processes(Processes* processes) {
  int provided = 0;
  // One thread of several calls MPI at a time: the parts of a process meet before and after it.
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &processes->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &processes->count);
  processes->gather = gather;
  processes->exchange = exchange;
  processes->broadcast = broadcast;
  processes->wait = wait;
  processes->end = end;
  processes->abort = abort;
}

const char* ganymede_mpi_version() {
  static const std::string version = [] {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    // "Open MPI v4.1.4, package: ...", or lines such as "MPICH Version:	4.0.2".
    std::string first(text.begin(), std::find_if(text.begin(), text.begin() + length,
                                                 [](char c) { return c == ',' || c == '\n'; }));
    std::ranges::replace(first, '\t', ' ');
    return first;
  }();
  return version.c_str();
}
}
