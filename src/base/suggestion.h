#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganymede::base {

/// "Did you mean "WORD"?" with the `known` word closest to `word`, or "Known are: ..." when none is close.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace ganymede::base
