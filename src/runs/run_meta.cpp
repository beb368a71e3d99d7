#include "runs/run_meta.h"

#include <nlohmann/json.hpp>

#include <string_view>
#include <system_error>

#include "base/host.h"
#include "io/files/file.h"
#include "io/files/json.h"
#include "ops/device.h"

namespace ganymede::runs {

namespace {

using Json = nlohmann::ordered_json;

/// File names and arguments may be invalid UTF-8; JSON must be valid.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json describe(const data::DatasetFile& file) {
  return {{"name", file.path.filename().string()}, {"sha256", file.sha256}, {"verified", file.verified}};
}

/// The content of meta.json; an empty object if it is missing or invalid.
Json read_meta(const RunDirectory& run) {
  constexpr std::size_t largest_file = 1 << 24;
  std::error_code ignored;
  if (!std::filesystem::exists(run.meta(), ignored)) {
    return Json::object();
  }
  Json meta = io::parse_foreign(io::read_text(run.meta(), largest_file));
  return meta.is_object() ? meta : Json::object();
}

}  // namespace

void write_meta(const RunDirectory& run, const data::Dataset& dataset, const std::string& precision) {
  const ops::Capabilities capabilities = ops::capabilities();
  Json files = Json::array();
  for (const data::DatasetFile& file : dataset.files) {
    files.push_back(describe(file));
  }
  const Json meta = {{"version", base::version()},
                     {"command", base::command_line()},
                     {"started", base::utc_time()},
                     {"processor", base::processor()},
                     {"onednn", capabilities.library_version},
                     {"instruction_set", capabilities.instruction_set},
                     {"precision", precision},
                     {"dataset", {{"name", dataset.name}, {"files", files}}}};
  io::write_file(run.meta(), text_of(meta));
}

std::optional<std::string> precision_at_start(const RunDirectory& run) {
  const Json meta = read_meta(run);
  const auto precision = meta.find("precision");
  return precision != meta.end() && precision->is_string() ? std::optional(precision->get<std::string>())
                                                           : std::nullopt;
}

void add_resumption(const RunDirectory& run, std::int64_t step) {
  Json meta = read_meta(run);
  if (!meta["resumed"].is_array()) {
    meta["resumed"] = Json::array();
  }
  meta["resumed"].push_back({{"time", base::utc_time()}, {"step", step}, {"command", base::command_line()}});
  io::write_file(run.meta(), text_of(meta));
}

}  // namespace ganymede::runs
