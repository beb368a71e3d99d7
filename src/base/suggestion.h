#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ganymede::base {

/// "Did you mean "WORD"?" with the `known` word closest to `word` or the only one that begins with it or that
/// it begins with; "Known are: ..." when there is none.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace ganymede::base
