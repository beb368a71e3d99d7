#include "sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/refusal.h"
#include "data/data_source.h"
#include "data/stacking.h"
#include "eval/stacked.h"
#include "net/toml_fields.h"

namespace ganymede::sweep {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::configuration};

/// The data sets that are open, so that settings share them.
class OpenDataSets {
 public:
  std::shared_ptr<const data::Dataset> open(const train::Recipe& recipe) {
    const auto key = std::tuple(recipe.data, recipe.images.size, recipe.images.fit, recipe.images.split_seed,
                                recipe.images.held_out);
    auto& known = known_[key];
    if (!known) {
      data::require_text(recipe.data);
      known = std::make_shared<data::Dataset>(
          data::open_data(recipe.data, data::Splits::train_only, recipe.images));
    }
    return known;
  }

 private:
  std::map<std::tuple<std::string, std::int64_t, data::Fit, std::int64_t, std::int64_t>,
           std::shared_ptr<const data::Dataset>>
      known_;
};

std::vector<std::string> overrides_of(const Description& description, const Setting& setting,
                                      const std::optional<std::int64_t>& threads) {
  std::vector<std::string> overrides;
  if (description.epochs > 0) {
    overrides.push_back("training.epochs=" + net::written(description.epochs));
  }
  overrides.insert(overrides.end(), setting.overrides.begin(), setting.overrides.end());
  if (threads) {
    overrides.push_back("training.threads=" + net::written(*threads));
  }
  return overrides;
}

Candidate candidate(const Description& description, const Setting& setting,
                    const std::optional<std::int64_t>& threads, OpenDataSets& data) {
  const std::vector<std::string> overrides = overrides_of(description, setting, threads);
  session::Start start = session::prepare(artifacts::recipe_text(setting.recipe), overrides,
                                          [&](const train::Recipe& recipe) { return data.open(recipe); });
  train::check_networks(start.recipe, start.dataset->image_shape(), start.dataset->classes());
  train::resolve(start.recipe.training.precision);
  const std::optional<std::int64_t> steps =
      description.steps > 0 ? std::optional(description.steps) : std::nullopt;
  if (start.recipe.output.eval_every_epochs == 0) {
    start.recipe.output.eval_every_epochs = start.recipe.training.epochs;
  }
  return {.setting = setting,
          .recipe = start.recipe,
          .total_steps = train::total_steps(start.recipe, *start.dataset, steps),
          .dataset = start.dataset};
}

/// The scores that runs on this data have.
std::vector<eval::ScoreInfo> scores_of(const std::string& data) {
  std::vector<eval::ScoreInfo> infos;
  const auto add = [&](const eval::ScoreInfo& info, const eval::Estimate&) { infos.push_back(info); };
  if (data::digits_of(data)) {
    eval::for_each_score(eval::StackedScores(), add);
  } else {
    eval::for_each_score(eval::Scores(), add);
  }
  return infos;
}

eval::ScoreInfo find_score(const std::string& key, const std::string& where, const std::string& data) {
  const std::vector<eval::ScoreInfo> known = scores_of(data);
  const auto found = std::ranges::find(known, key, &eval::ScoreInfo::key);
  if (found != known.end()) {
    return *found;
  }
  std::vector<std::string> keys;
  std::ranges::transform(known, std::back_inserter(keys),
                         [](const auto& info) { return std::string(info.key); });
  net::refuse_word(where, key, keys, "score");
}

std::vector<eval::ScoreInfo> table_columns(const Plan& plan) {
  const Description& description = plan.description;
  const bool stacked = data::digits_of(plan.candidates.front().recipe.data).has_value();
  std::vector<std::string> keys = description.columns.all;
  if (keys.empty()) {
    keys = stacked ? std::vector<std::string>{"modes"} : std::vector<std::string>{"precision", "recall"};
  }
  const std::string usual = stacked ? "divergence" : "frechet_distance";
  const std::string first = description.rank_by.empty() ? usual : description.rank_by;
  std::erase(keys, first);
  keys.insert(keys.begin(), first);
  std::vector<eval::ScoreInfo> columns;
  for (const std::string& key : keys) {
    const std::string where =
        fmt::format("{}: sweep.{}", description.where, key == first ? "rank_by" : "columns");
    for (const Candidate& one : plan.candidates) {
      find_score(key, where, one.recipe.data);
    }
    columns.push_back(find_score(key, where, plan.candidates.front().recipe.data));
  }
  if (columns.front().better == eval::Better::neither) {
    refuse(description.where + ": sweep.rank_by", first, "a score with a better direction",
           "Rank by frechet_distance, and give this one as a column");
  }
  return columns;
}

}  // namespace

runs::RunDirectory Plan::directory(const Run& run) const {
  return runs::RunDirectory(description.directory() / run.name);
}

train::Recipe Plan::recipe(const Run& run) const {
  train::Recipe recipe = candidates[run.setting].recipe;
  recipe.training.seed = run.seed;
  return recipe;
}

Plan prepare(const Description& description, std::optional<std::int64_t> threads) {
  Expansion expansion = expand(description);
  Plan plan{.description = description, .candidates = {}, .runs = std::move(expansion.runs), .columns = {}};
  OpenDataSets data;
  for (const Setting& setting : expansion.settings) {
    try {
      plan.candidates.push_back(candidate(description, setting, threads, data));
    } catch (const base::Error& error) {
      throw base::Error(error.kind(),
                        {.where = fmt::format("{}: {}: {}", description.where, setting.label, error.what())});
    }
  }
  plan.columns = table_columns(plan);
  return plan;
}

}  // namespace ganymede::sweep
