#include "sweep/expansion.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <compare>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "base/number.h"
#include "base/random.h"
#include "base/refusal.h"
#include "base/sha256.h"
#include "net/toml_fields.h"

namespace ganymede::sweep {

namespace {

constexpr base::Refusal refuse{base::ErrorKind::configuration};

std::string short_hash(const std::string& text) {
  constexpr std::size_t digits = 8;
  return base::sha256(std::as_bytes(std::span(text))).substr(0, digits);
}

/// A text as a part of a directory's name.
std::string file_name(const std::string& text) {
  std::string name;
  for (const unsigned char letter : text) {
    const bool plain = std::isalnum(letter) != 0 || letter == '_' || letter == '.' || letter == '-';
    if (plain) {
      name += static_cast<char>(letter);
    } else if (!name.empty() && name.back() != '-' && name.back() != '_') {
      name += '-';
    }
  }
  name.erase(0, name.find_first_not_of("-."));
  while (name.ends_with('-')) {
    name.pop_back();
  }
  constexpr std::size_t longest = 80;
  return name.size() <= longest ? name : name.substr(0, longest - 9) + "-" + short_hash(text);
}

/// The end of a dotted key from its last dot but `parts` - 1.
std::string tail(const std::string& key, int parts) {
  std::size_t begin = key.size();
  while (parts-- > 0 && begin != std::string::npos) {
    begin = begin == 0 ? std::string::npos : key.rfind('.', begin - 1);
  }
  return begin == std::string::npos ? key : key.substr(begin + 1);
}

/// What the axes are called in labels: the shortest ends of their first keys that tell them apart.
std::vector<std::string> axis_names(const std::vector<Axis>& axes) {
  std::vector<std::string> names;
  for (const Axis& axis : axes) {
    const std::string& key = axis.keys.front();
    int parts = 1;
    while (tail(key, parts) != key && std::ranges::count_if(axes, [&](const Axis& other) {
                                        return tail(other.keys.front(), parts) == tail(key, parts);
                                      }) > 1) {
      ++parts;
    }
    names.push_back(tail(key, parts));
  }
  return names;
}

/// A value of TOML for people: texts without quotes.
std::string shown(const std::string& value) {
  const toml::table parsed = toml::parse("value = " + value);
  const auto text = parsed["value"].value_exact<std::string>();
  return text.value_or(value);
}

/// A number of a range at `place` from 0 to 1, of three digits where it is not whole, as TOML.
std::string value_in(const Range& range, double place) {
  const double low = range.log ? std::log(range.low) : range.low;
  const double high = range.log ? std::log(range.high) : range.high;
  if (range.whole) {
    const double width = range.log ? high - low : high - low + 1.0;
    const double drawn = low + place * width;
    const double number = range.log ? std::round(std::exp(drawn)) : std::floor(drawn);
    return net::written(static_cast<std::int64_t>(std::clamp(number, range.low, range.high)));
  }
  const double drawn = low + place * (high - low);
  const double number = range.log ? std::exp(drawn) : drawn;
  return net::written(std::clamp(base::to_number<double>(fmt::format("{:.3g}", number)).value_or(number),
                                 range.low, range.high));
}

/// What a setting is made of: the number of its recipe, of its variant and of each axis' value, 0 for a
/// range; and a range's value as TOML, empty for the others.
struct Choices {
  std::vector<std::size_t> numbers;
  std::vector<std::string> drawn;

  friend auto operator<=>(const Choices&, const Choices&) = default;
};

/// Puts settings together.
class Combiner {
 public:
  explicit Combiner(const Description& description)
      : description_(description),
        variants_(description.variants.all),
        names_(axis_names(description.grid.axes)) {
    if (variants_.empty()) {
      variants_.emplace_back();
    }
    require_few_different_keys();
    for (const Axis& axis : description.grid.axes) {
      std::ranges::transform(axis.values, std::back_inserter(shown_.emplace_back()), shown);
    }
  }

  /// How many values each choice has; a range counts as one.
  std::vector<std::size_t> sizes() const {
    std::vector<std::size_t> sizes = {description_.recipe.all.size(), variants_.size()};
    for (const Axis& axis : description_.grid.axes) {
      sizes.push_back(axis.range ? 1 : axis.values.size());
    }
    return sizes;
  }

  Setting combine(const Choices& choices) const {
    Setting setting{
        .label = {}, .name = {}, .recipe = description_.recipe.all[choices.numbers[0]], .overrides = {}};
    const Variant& variant = variants_[choices.numbers[1]];
    if (description_.recipe.all.size() > 1) {
      add_label(setting, setting.recipe);
    }
    add_label(setting, variant.name);
    add(setting, description_.set);
    add(setting, variant.settings);
    for (std::size_t n = 0; n < names_.size(); ++n) {
      const Axis& axis = description_.grid.axes[n];
      const std::size_t number = choices.numbers[n + 2];
      const std::string& value = axis.range ? choices.drawn[n] : axis.values[number];
      for (const std::string& key : axis.keys) {
        setting.overrides.push_back(key + "=" + value);
      }
      add_label(setting, names_[n] + "=" + (axis.range ? value : shown_[n][number]));
    }
    if (setting.label.empty()) {
      setting.label = std::filesystem::path(setting.recipe).stem().string();
    }
    return setting;
  }

 private:
  void require_few_different_keys() const {
    constexpr std::size_t most_axes = 32;
    const std::string where = description_.where + ": sweep.grid";
    if (description_.grid.axes.size() > most_axes) {
      refuse(where, fmt::format("{} settings", description_.grid.axes.size()),
             fmt::format("at most {}", most_axes), "Put those of one value into [set]");
    }
    std::set<std::string> known;
    for (const Axis& axis : description_.grid.axes) {
      for (const std::string& key : axis.keys) {
        if (!known.insert(key).second) {
          refuse(where, key + " twice", "each setting once", "Take one out");
        }
      }
    }
  }

  static void add(Setting& setting, const Settings& more) {
    setting.overrides.insert(setting.overrides.end(), more.assignments.begin(), more.assignments.end());
  }
  /// Adds to the label and, with an underscore, to the name.
  static void add_label(Setting& setting, const std::string& part) {
    if (!part.empty()) {
      setting.label += (setting.label.empty() ? "" : ", ") + part;
      setting.name += (setting.name.empty() ? "" : "_") + file_name(part);
    }
  }

  const Description& description_;
  std::vector<Variant> variants_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> shown_;  // of each axis' values
};

/// The product of `sizes`, or more than most_runs.
std::size_t product(const std::vector<std::size_t>& sizes) {
  std::size_t all = 1;
  for (const std::size_t size : sizes) {
    all = std::min(all * size, static_cast<std::size_t>(most_runs) + 1);
  }
  return all;
}

std::vector<Setting> all_settings(const Combiner& combiner) {
  const std::vector<std::size_t> sizes = combiner.sizes();
  std::vector<Setting> settings;
  for (std::size_t n = 0; n < product(sizes); ++n) {
    Choices choices{std::vector<std::size_t>(sizes.size()), {}};
    std::size_t rest = n;
    for (std::size_t choice = sizes.size(); choice-- > 0;) {
      choices.numbers[choice] = rest % sizes[choice];
      rest /= sizes[choice];
    }
    settings.push_back(combiner.combine(choices));
  }
  return settings;
}

/// Choices that depend on the sample's seed and the number of the draw alone.
Choices draw(const Description& description, const std::vector<std::size_t>& sizes, std::size_t number) {
  const auto word = [&](std::size_t choice) {
    return base::random_word({.seed = static_cast<std::uint64_t>(description.sample_seed),
                              .purpose = base::Purpose::sweep_setting,
                              .stream = static_cast<std::uint32_t>(choice),
                              .step = number},
                             0);
  };
  Choices choices;
  for (std::size_t choice = 0; choice < sizes.size(); ++choice) {
    choices.numbers.push_back(base::bounded(word(choice), static_cast<std::uint32_t>(sizes[choice])));
  }
  for (const Axis& axis : description.grid.axes) {
    const double place = static_cast<double>(base::unit_uniform(word(choices.drawn.size() + 2)));
    choices.drawn.push_back(axis.range ? value_in(*axis.range, place) : "");
  }
  return choices;
}

/// Different settings, drawn at random.
std::vector<Setting> drawn_settings(const Combiner& combiner, const Description& description) {
  const auto count = static_cast<std::size_t>(description.samples);
  const std::vector<std::size_t> sizes = combiner.sizes();
  const bool ranges =
      std::ranges::any_of(description.grid.axes, [](const Axis& axis) { return axis.range.has_value(); });
  const std::size_t there_are = ranges ? count : product(sizes);
  std::set<Choices> known;
  std::vector<Setting> settings;
  const std::size_t most_in_vain = 20 * count + 1000;
  std::size_t in_vain = 0;
  for (std::size_t number = 0; count <= there_are && settings.size() < count && in_vain < most_in_vain;
       ++number) {
    const auto [choices, is_new] = known.insert(draw(description, sizes, number));
    in_vain = is_new ? 0 : in_vain + 1;
    if (is_new) {
      settings.push_back(combiner.combine(*choices));
    }
  }
  if (settings.size() < count) {
    refuse(description.where + ": sweep.samples", fmt::format("{}", count),
           fmt::format("at most as many as there are different settings{}",
                       ranges ? "" : fmt::format(", {}", there_are)),
           "Lower it, or add values to the grid");
  }
  return settings;
}

/// Makes the settings' names different, where labels are that differ in letters that no name has.
void complete_names(std::vector<Setting>& settings, const std::string& where) {
  std::map<std::string, int> count;
  std::set<std::string> labels;
  for (Setting& setting : settings) {
    setting.name = file_name(setting.name.empty() ? setting.label : setting.name);
    setting.name = setting.name.empty() ? short_hash(setting.label) : setting.name;
    ++count[setting.name];
    if (!labels.insert(setting.label).second) {
      refuse(where, "the setting " + setting.label + " twice", "each setting once", "Take one out");
    }
  }
  for (Setting& setting : settings) {
    if (count[setting.name] > 1) {
      setting.name += "-" + short_hash(setting.label);
    }
  }
}

}  // namespace

Expansion expand(const Description& description) {
  const Combiner combiner(description);
  const std::size_t settings =
      description.samples > 0 ? static_cast<std::size_t>(description.samples) : product(combiner.sizes());
  const std::size_t seeds = description.seeds.values.size();
  if (product({settings, seeds}) > static_cast<std::size_t>(most_runs)) {
    refuse(description.where, fmt::format("more than {} runs", most_runs), "at most as many",
           "Draw some settings: samples = N");
  }
  Expansion expansion;
  expansion.settings =
      description.samples > 0 ? drawn_settings(combiner, description) : all_settings(combiner);
  complete_names(expansion.settings, description.where);
  for (const std::int64_t seed : description.seeds.values) {
    for (std::size_t setting = 0; setting < expansion.settings.size(); ++setting) {
      expansion.runs.push_back({.name = fmt::format("{}_seed-{}", expansion.settings[setting].name, seed),
                                .setting = setting,
                                .seed = seed});
    }
  }
  return expansion;
}

}  // namespace ganymede::sweep
