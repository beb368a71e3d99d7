#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ganymede::train {

/// Names that an expression may use, and their values.
using Variables = std::map<std::string, std::int64_t, std::less<>>;

/// Whether a text uses one of the variables, and is therefore an expression.
bool uses_variable(std::string_view text, const Variables& variables);

/// The value of an expression in whole numbers: "map_height * map_width * 16", with + - * / ( ), min(a, b)
/// and max(a, b); a division leaves its remainder out. Throws Error(configuration), which begins with
/// `where`, for anything else, for a division by zero and for results beyond a billion.
std::int64_t evaluate(std::string_view text, const Variables& variables, const std::string& where);

}  // namespace ganymede::train
