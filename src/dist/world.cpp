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

}  // namespace

std::optional<int> launched_processes() {
  // Open MPI; MPICH, Intel MPI and srun with PMI; any with PMIx under Slurm.
  constexpr std::array<std::pair<const char*, const char*>, 3> launchers = {
      {{"OMPI_COMM_WORLD_SIZE", nullptr}, {"PMI_SIZE", nullptr}, {"SLURM_NTASKS", "PMIX_RANK"}}};
  for (const auto& [size, needed] : launchers) {
    const char* text = std::getenv(size);
    if (text != nullptr && (needed == nullptr || std::getenv(needed) != nullptr)) {
      const auto count = base::to_number<int>(text);
      return count && *count > 1 ? count : std::nullopt;
    }
  }
  return std::nullopt;
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
