#include "queue/order.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

#include "base/refusal.h"
#include "serve/form/form.h"
#include "serve/http/body.h"

namespace ganymede::queue {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t most_steps = 1'000'000'000;

constexpr base::Refusal refuse{base::ErrorKind::usage};

[[noreturn]] void refuse_order() {
  refuse(
      "an order of a training", "something else",
      R"({"recipe": "NAME", "settings": ["KEY=VALUE", ...], "run": "NAME", "steps": N}, the last two or not)");
}

}  // namespace

void require_name(const std::string& run) {
  constexpr std::size_t longest = 100;
  const bool plain =
      run.size() <= longest && !run.starts_with('.') && std::ranges::all_of(run, [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
      });
  if (!plain || run == "latest") {
    refuse("the run's name", "\"" + run + "\"",
           fmt::format(
               "at most {} letters, digits, dots, hyphens and underscores, which do not begin with a dot",
               longest),
           "Leave it empty for a name of the time and the recipe");
  }
}

Order read_order(const Json& json) {
  if (!json.is_object()) {
    refuse_order();
  }
  serve::require_keys(json, "an order of a training", {"recipe", "settings", "run", "steps"});
  const Json recipe = json.value("recipe", Json());
  const Json run = json.value("run", Json());
  const Json steps = json.value("steps", Json());
  const bool counted = steps.is_number_unsigned() && steps >= 1 && steps <= most_steps;
  if (!recipe.is_string() || !(run.is_string() || run.is_null()) || !(counted || steps.is_null())) {
    refuse_order();
  }
  Order order{.recipe = recipe.get<std::string>(),
              .settings = serve::read_settings(json.value("settings", Json::array()))};
  if (counted) {
    order.steps = steps.get<std::int64_t>();
  }
  if (run.is_string()) {
    order.run = run.get<std::string>();
  }
  return order;
}

Json as_json(const Order& order) {
  return {{"recipe", order.recipe},
          {"settings", order.settings},
          {"run", order.run},
          {"steps", order.steps ? Json(*order.steps) : Json()}};
}

}  // namespace ganymede::queue
