#include "train/pass_times.h"

namespace ganymede::train {

namespace {

void append(const std::string& owner, const net::PassTime& time, std::vector<net::PassTime>& times) {
  times.push_back(time);
  times.back().layer = owner + " " + time.layer;
}

}  // namespace

void append_times(const std::string& program, const net::Program& timed, std::vector<net::PassTime>& times) {
  for (const net::PassTime& time : timed.pass_times()) {
    append(program, time, times);
  }
}

void append_update_time(const Network& network, std::vector<net::PassTime>& times) {
  if (network.update_time().calls > 0) {
    append(network.spec().name, network.update_time(), times);
  }
}

}  // namespace ganymede::train
