#include "data/stacking.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace ganymede::data {

namespace {

void stack(Split& split, std::size_t plane_size, std::uint32_t number) {
  constexpr std::size_t stacks_an_image = 4;
  const auto images = static_cast<std::uint32_t>(split.count());
  const base::RandomKey key{.seed = 0, .purpose = base::Purpose::stack, .stream = number};
  Stacks stacks{.plane_size = plane_size, .planes = {}};
  stacks.planes.resize(split.count() * stacks_an_image);
  std::uint64_t word = 0;
  for (auto& planes : stacks.planes) {
    for (std::uint32_t& plane : planes) {
      plane = base::bounded(base::random_word(key, word++), images);
    }
  }
  split.labels.assign(stacks.planes.size(), 0);
  split.stacks = std::move(stacks);
}

}  // namespace

std::optional<std::string_view> digits_of(std::string_view name) {
  return name.starts_with(stacked_prefix) ? std::optional(name.substr(stacked_prefix.size())) : std::nullopt;
}

Dataset stack(Dataset digits) {
  if (digits.channels != 1) {
    throw base::Error(base::ErrorKind::data, {.where = digits.name,
                                              .found = fmt::format("images of {} channels", digits.channels),
                                              .expected = "images of one channel, which are stacked",
                                              .advice = "Name other data, for example stacked-mnist"});
  }
  const auto plane_size = static_cast<std::size_t>(digits.height) * static_cast<std::size_t>(digits.width);
  stack(digits.train, plane_size, 0);
  stack(digits.test, plane_size, 1);
  digits.name = std::string(stacked_prefix) + digits.name;
  digits.channels = Stacks::channels;
  digits.class_names = {"stack"};
  return digits;
}

}  // namespace ganymede::data
