#include "dist/world.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "base/number.h"
#include "base/refusal.h"

namespace ganymede::dist {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::usage};

constexpr const char* library = "libganymede_mpi.so";

/// The function `name` of dist/mpi; null if it is not there, whose reason dlerror() has.
template <class Function>
Function* find(const char* name) {
  // Open MPI's own parts look for its symbols among the global ones.
  void* const mpi = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
  return mpi == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(mpi, name));
}

std::string reason() {
  const char* text = dlerror();
  return text == nullptr ? "no reason given" : text;
}

/// What a launcher tells this process of the processes that it started.
struct Launch {
  int count = 1;
  int rank = 0;
};

/// The variables in which a launcher says so.
struct Launcher {
  const char* size;
  const char* rank;
  bool needs_rank = false;  // the size alone does not mean that processes were started together
};

std::optional<int> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? std::nullopt : base::to_number<int>(text);
}

std::optional<Launch> find_launch() {
  // Open MPI; MPICH, Intel MPI and srun with PMI; any with PMIx under Slurm.
  constexpr std::array<Launcher, 3> launchers = {{{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                                  {"PMI_SIZE", "PMI_RANK"},
                                                  {"SLURM_NTASKS", "PMIX_RANK", true}}};
  for (const auto& [size, rank, needs_rank] : launchers) {
    if (const auto count = number_in(size); count && (!needs_rank || number_in(rank))) {
      return Launch{*count, number_in(rank).value_or(0)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> launched_processes() {
  const std::optional<Launch> launch = find_launch();
  return launch && launch->count > 1 ? std::optional(launch->count) : std::nullopt;
}

int launched_rank() {
  return launched_processes() ? find_launch()->rank : 0;
}

World::World() {
  const std::optional<int> launched = launched_processes();
  if (!launched) {
    return;
  }
  auto* const join = find<void(Processes*)>("ganymede_join_processes");
  if (join == nullptr) {
    refuse(fmt::format("a start as {} processes", *launched),
           fmt::format("a program without MPI ({})", reason()), "one that was built where MPI is",
           "Install libopenmpi-dev, or your cluster's MPI, and build again (docs/scale.md)");
  }
  join(&processes_);
}

World::~World() {
  if (processes_.count > 1) {
    agree_on_parts();
    processes_.end();
  }
}

std::int64_t World::agree_on_parts(std::int64_t parts) {
  if (!std::exchange(agreed_, true) && processes_.count > 1) {
    processes_.broadcast(&parts, sizeof parts);
  }
  return parts;
}

std::string describe_mpi() {
  auto* const version = find<const char*()>("ganymede_mpi_version");
  return version == nullptr ? fmt::format("none ({})", reason()) : version();
}

}  // namespace ganymede::dist
