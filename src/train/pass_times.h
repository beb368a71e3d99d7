#pragma once

#include <string>
#include <vector>

#include "net/program.h"
#include "train/network.h"

namespace ganymede::train {

/// Appends what the layers of a program took, as "PROGRAM dense_1".
void append_times(const std::string& program, const net::Program& timed, std::vector<net::PassTime>& times);

/// Appends what a network's optimiser took, if it has run, as "NETWORK adam".
void append_update_time(const Network& network, std::vector<net::PassTime>& times);

}  // namespace ganymede::train
