#include "session/resuming/change.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/number.h"
#include "io/files/file.h"

namespace ganymede::session {

namespace {

/// The settings that may change, by how they begin, and whether they decide how a run learns.
struct Changeable {
  std::string_view key;
  bool learning;
};
constexpr std::array<Changeable, 11> changeable = {{{"generator_optimizer.", true},
                                                    {"discriminator_optimizer.", true},
                                                    {"encoder_optimizer.", true},
                                                    {"objective.", true},
                                                    {"penalty.", true},
                                                    {"augmentation.", true},
                                                    {"schedule.", true},
                                                    {"output.", false},
                                                    {"training.epochs", false},
                                                    {"training.threads", false},
                                                    {"training.discriminator_steps", true}}};

std::string text_of(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_floating_point<decltype(value)>) {
      text << fmt::format("{}", value.get());
    } else {
      text << value;
    }
  });
  return text.str();
}

/// Adds the values of a table by their paths.
void flatten(const toml::table& table, const std::string& before,
             std::vector<std::pair<std::string, std::string>>& values) {
  for (const auto& [key, node] : table) {
    const std::string path = before + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      flatten(*inner, path + ".", values);
    } else {
      values.emplace_back(path, text_of(node));
    }
  }
}

std::vector<std::pair<std::string, std::string>> learning_settings(const train::Recipe& recipe) {
  std::vector<std::pair<std::string, std::string>> values;
  flatten(toml::parse(train::to_toml(recipe)), "", values);
  std::erase_if(values, [](const auto& value) {
    return std::ranges::none_of(
        changeable, [&](const Changeable& one) { return one.learning && value.first.starts_with(one.key); });
  });
  return values;
}

}  // namespace

void require_changeable(const std::vector<std::string>& overrides, const std::string& where) {
  for (const std::string& setting : overrides) {
    const bool may =
        std::ranges::any_of(changeable, [&](const Changeable& one) { return setting.starts_with(one.key); });
    if (!may) {
      std::vector<std::string_view> keys;
      std::ranges::transform(changeable, std::back_inserter(keys), &Changeable::key);
      throw base::Error(base::ErrorKind::usage,
                        {.where = where,
                         .found = "--set " + setting,
                         .expected = "settings that may change when a run is resumed",
                         .advice = fmt::format("Only those that begin with one of these can change: {}",
                                               fmt::join(keys, " "))});
    }
  }
}

std::vector<runs::ChangedSetting> changes_between(const train::Recipe& before, const train::Recipe& after) {
  const auto old = learning_settings(before);
  std::vector<runs::ChangedSetting> changes;
  for (const auto& [key, value] : learning_settings(after)) {
    const auto known = std::ranges::find(old, key, &std::pair<std::string, std::string>::first);
    if (known == old.end() || known->second != value) {
      changes.push_back({key, known == old.end() ? "" : known->second, value});
    }
  }
  return changes;
}

std::unique_ptr<Training> change_settings(std::unique_ptr<Training>& training,
                                          const std::vector<std::string>& overrides,
                                          const runs::RunDirectory& run,
                                          const std::filesystem::path& classifier, const Observer& observer,
                                          Parts* parts) {
  require_changeable(overrides, "a change");
  train::Recipe recipe = train::parse_recipe(train::to_toml(training->recipe), "the run's recipe", overrides,
                                             train::shape_of(*training->dataset));
  const train::Position position = training->trainer.position();
  const artifacts::Checkpoint checkpoint(run.checkpoint(position.step));
  training->snapshots.keep_for_undo(run);
  // First, so that a process that is killed from here on is resumed with the change.
  io::write_file(run.config(), train::to_toml(recipe));
  auto changed = replace(training, std::move(recipe), checkpoint, run, classifier, observer, parts);
  go_on_after_changes(run, *changed, checkpoint.info().recipe, observer);
  return changed;
}

std::unique_ptr<Training> undo_change(std::unique_ptr<Training>& training, const runs::RunDirectory& run,
                                      const std::filesystem::path& classifier, const Observer& observer,
                                      Parts* parts) {
  const std::int64_t from_step = training->trainer.position().step;
  const auto step = run.undo_step();
  if (!step || *step > from_step) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "undo", .found = "no change to undo", .expected = "a change of this run"});
  }
  const artifacts::Checkpoint checkpoint(run.undo_checkpoint(*step));
  auto before = replace(training, checkpoint.info().recipe, checkpoint, run, classifier, observer, parts);
  std::filesystem::rename(run.undo_checkpoint(*step), run.checkpoint(*step));
  const std::string line = runs::undo_line(before->trainer.position(), from_step);
  go_on_from(run, *before, line);
  observer.line(line);
  observer.say(fmt::format("The last change is undone: back from step {} to step {}",
                           base::grouped(from_step), base::grouped(*step)));
  return before;
}

}  // namespace ganymede::session
