#include "cli/verbs/sample_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "base/refusal.h"

namespace ganymede::cli {

namespace {

constexpr std::int64_t longest_side = 1000;

constexpr base::Refusal refuse{base::ErrorKind::usage};

SampleLayout parse_grid(const std::string& text) {
  const std::size_t cross = text.find('x');
  const auto rows = base::to_number<std::int64_t>(text.substr(0, cross));
  const auto columns =
      base::to_number<std::int64_t>(cross == std::string::npos ? std::string() : text.substr(cross + 1));
  if (!rows || !columns || std::min(*rows, *columns) < 1 || std::max(*rows, *columns) > longest_side) {
    refuse("--grid", fmt::format("\"{}\"", text),
           fmt::format("rows x columns, each from 1 to {}", longest_side), "Write for example --grid 8x12");
  }
  return {*rows * *columns, *columns};
}

}  // namespace

SampleLayout layout_of(const SampleOptions& options, std::int64_t default_rows,
                       std::int64_t default_columns) {
  if (options.grid) {
    return parse_grid(*options.grid);
  }
  if (!options.count) {
    return {default_rows * default_columns, default_columns};
  }
  const auto square = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(*options.count))));
  // Rows of one digit have the default length without --count.
  return {*options.count, default_columns == default_rows ? square : default_columns};
}

std::optional<std::int64_t> label_of(const SampleOptions& options,
                                     const artifacts::SavedGenerator& generator) {
  if (!options.class_name) {
    return std::nullopt;
  }
  const std::int64_t classes = net::label_classes(generator.spec);
  if (classes == 0) {
    refuse("--class",
           fmt::format("a generator of the recipe {}, which takes no label", generator.info.recipe.name),
           "a conditional one", "Train the recipe conditional, or leave --class out");
  }
  const std::vector<std::string>& names = generator.info.class_names;
  const auto name = std::ranges::find(names, *options.class_name);
  const auto number =
      name == names.end() ? base::to_number<std::int64_t>(*options.class_name) : name - names.begin();
  if (!number || *number < 0 || *number >= classes) {
    refuse("--class", fmt::format("\"{}\"", *options.class_name),
           fmt::format("a number from 0 to {} or one of: {}", classes - 1, fmt::join(names, ", ")),
           "Correct the class");
  }
  return number;
}

}  // namespace ganymede::cli
