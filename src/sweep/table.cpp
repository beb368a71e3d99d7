#include "sweep/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <utility>

#include "io/files/file.h"

namespace ganymede::sweep {

namespace {

namespace fs = std::filesystem;

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double rest = place - static_cast<double>(below);
  if (rest == 0.0 || sorted[below] == sorted[below + 1]) {
    return sorted[below];
  }
  return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

/// What a diverged run counts as.
double worst(const eval::ScoreInfo& info) {
  const double infinity = std::numeric_limits<double>::infinity();
  return info.better == eval::Better::higher ? -infinity : infinity;
}

std::optional<Quartiles> quartiles_of(const eval::ScoreInfo& info, const std::vector<const Standing*>& runs) {
  std::vector<double> values;
  bool measured = false;
  for (const Standing* run : runs) {
    if (run->state == State::diverged) {
      values.push_back(worst(info));
    } else if (const auto score = run->scores.find(std::string(info.key)); score != run->scores.end()) {
      values.push_back(score->second);
      measured = true;
    }
  }
  return measured ? std::optional(quartiles(std::move(values))) : std::nullopt;
}

bool is_before(const Table& table, const Row& a, const Row& b) {
  const auto& first = a.scores.front();
  const auto& second = b.scores.front();
  if (!first || !second) {
    return first.has_value() && !second;
  }
  return table.columns.front().better == eval::Better::higher ? first->median > second->median
                                                              : first->median < second->median;
}

std::string number(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "diverged";
}

std::string cell(const std::optional<Quartiles>& quartiles, int decimals) {
  return quartiles ? fmt::format("{} ({} to {})", number(quartiles->median, decimals),
                                 number(quartiles->lower, decimals), number(quartiles->upper, decimals))
                   : "-";
}

/// The table's cells, its heading first.
std::vector<std::vector<std::string>> cells_of(const Table& table) {
  std::vector<std::vector<std::string>> lines = {{"setting", "runs", "diverged"}};
  for (const eval::ScoreInfo& column : table.columns) {
    lines.front().emplace_back(column.title);
  }
  for (const Row& row : table.rows) {
    const std::int64_t over = row.finished + row.diverged;
    auto& line = lines.emplace_back(std::vector<std::string>{
        row.label, over == row.runs ? fmt::format("{}", over) : fmt::format("{} of {}", over, row.runs),
        fmt::format("{}", row.diverged)});
    for (std::size_t n = 0; n < table.columns.size(); ++n) {
      line.push_back(cell(row.scores[n], table.columns[n].decimals));
    }
  }
  return lines;
}

constexpr const char* legend = "Median (lower to upper quartile) over the seeds; the best first.";

/// The columns that a text takes: its letters, not its bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char letter : text) {
    quoted += letter == '"' ? "\"\"" : std::string(1, letter);
  }
  return quoted + "\"";
}

}  // namespace

Quartiles quartiles(std::vector<double> values) {
  std::ranges::sort(values);
  return {quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75)};
}

Table make_table(const Plan& plan, const std::vector<Standing>& standings) {
  std::vector<std::vector<const Standing*>> runs_of(plan.candidates.size());
  for (std::size_t n = 0; n < plan.runs.size(); ++n) {
    runs_of[plan.runs[n].setting].push_back(&standings[n]);
  }
  Table table{plan.columns, {}};
  for (std::size_t setting = 0; setting < plan.candidates.size(); ++setting) {
    const std::vector<const Standing*>& runs = runs_of[setting];
    Row& row =
        table.rows.emplace_back(Row{.label = plan.candidates[setting].setting.label,
                                    .runs = std::ssize(runs),
                                    .finished = std::ranges::count(runs, State::finished, &Standing::state),
                                    .diverged = std::ranges::count(runs, State::diverged, &Standing::state),
                                    .scores = {}});
    for (const eval::ScoreInfo& column : table.columns) {
      row.scores.push_back(quartiles_of(column, runs));
    }
  }
  std::ranges::stable_sort(table.rows, [&](const Row& a, const Row& b) { return is_before(table, a, b); });
  return table;
}

std::string as_text(const Table& table) {
  const auto lines = cells_of(table);
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines) {
    for (std::size_t n = 0; n < line.size(); ++n) {
      widths[n] = std::max(widths[n], width(line[n]));
    }
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t n = 0; n < line.size(); ++n) {
      row += line[n] + std::string(widths[n] - width(line[n]) + 2, ' ');
    }
    text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return text + legend + "\n";
}

std::string as_markdown(const Table& table) {
  std::string text;
  for (const auto& line : cells_of(table)) {
    text += fmt::format("| {} |\n", fmt::join(line, " | "));
    if (text.find('\n') + 1 == text.size()) {
      text += "|";
      for (std::size_t n = 0; n < line.size(); ++n) {
        text += "---|";
      }
      text += "\n";
    }
  }
  return fmt::format("{}\n{}\n", text, legend);
}

std::string as_json(const Table& table) {
  using Json = nlohmann::ordered_json;
  const auto finite = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json json = {{"columns", Json::array()}, {"settings", Json::array()}};
  for (const eval::ScoreInfo& column : table.columns) {
    json["columns"].push_back(column.key);
  }
  for (const Row& row : table.rows) {
    Json setting = {{"setting", row.label},
                    {"runs", row.runs},
                    {"finished", row.finished},
                    {"diverged", row.diverged},
                    {"scores", Json::object()}};
    for (std::size_t n = 0; n < table.columns.size(); ++n) {
      if (const auto& scores = row.scores[n]) {
        setting["scores"][std::string(table.columns[n].key)] = {{"median", finite(scores->median)},
                                                                {"lower_quartile", finite(scores->lower)},
                                                                {"upper_quartile", finite(scores->upper)}};
      }
    }
    json["settings"].push_back(std::move(setting));
  }
  return json.dump(2) + "\n";
}

std::string as_csv(const Plan& plan, const std::vector<Standing>& standings) {
  std::string text = "run,setting,recipe,overrides,seed,state,step";
  for (const eval::ScoreInfo& column : plan.columns) {
    text += fmt::format(",{}", column.key);
  }
  text += "\n";
  for (std::size_t n = 0; n < plan.runs.size(); ++n) {
    const Run& run = plan.runs[n];
    const Setting& setting = plan.candidates[run.setting].setting;
    text += fmt::format("{},{},{},{},{},{},{}", run.name, csv_cell(setting.label), csv_cell(setting.recipe),
                        csv_cell(fmt::format("{}", fmt::join(setting.overrides, " "))), run.seed,
                        word(standings[n].state), standings[n].step);
    for (const eval::ScoreInfo& column : plan.columns) {
      const auto score = standings[n].scores.find(std::string(column.key));
      text += score == standings[n].scores.end() ? "," : fmt::format(",{}", score->second);
    }
    text += "\n";
  }
  return text;
}

void write_tables(const Plan& plan, const std::vector<Standing>& standings) {
  const fs::path directory = plan.description.directory();
  make_directory(directory);
  io::write_file(directory / "sweep.md", as_markdown(make_table(plan, standings)));
  io::write_file(directory / "results.csv", as_csv(plan, standings));
}

}  // namespace ganymede::sweep
