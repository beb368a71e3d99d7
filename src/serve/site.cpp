#include "serve/site.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "codecs/png.h"
#include "data/gzip.h"
#include "io/files/file.h"
#include "io/files/json.h"
#include "serve/form/form.h"
#include "serve/http/answers.h"
#include "serve/http/body.h"
#include "serve/http/encoding.h"
#include "serve/inside/flow_request.h"
#include "serve/latent_facts.h"
#include "serve/live/event_stream.h"
#include "serve/nearest.h"

namespace ganymede::serve {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t largest_text = 1 << 20;
constexpr std::size_t largest_metrics = std::size_t{1} << 28;
constexpr std::size_t largest_page_file = std::size_t{1} << 26;
constexpr std::size_t largest_sample = std::size_t{1} << 26;

Answer as_png(std::string bytes) {
  return {.type = "image/png", .body = std::move(bytes), .headers = {{"Cache-Control", "no-cache"}}};
}

std::string_view type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> types = {
      {{".html", "text/html; charset=utf-8"},
       {".js", "text/javascript; charset=utf-8"},
       {".mjs", "text/javascript; charset=utf-8"},
       {".css", "text/css; charset=utf-8"},
       {".svg", "image/svg+xml"},
       {".json", "application/json"},
       {".wasm", "application/wasm"}}};
  const auto found =
      std::ranges::find_if(types, [&](const auto& type) { return path.ends_with(type.first); });
  return found == types.end() ? "application/octet-stream" : found->second;
}

/// Allows scripts, styles, images and connections only from this server, and no framing.
constexpr const char* content_policy =
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'wasm-unsafe-eval'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The bytes of {"image": [0, 255, ...]}. Throws Error(usage) unless there are `size`.
std::vector<std::uint8_t> parse_image(const std::string& body, std::size_t size) {
  const Json image = parse_body(body, {"image"}).value("image", Json());
  const bool bytes =
      image.is_array() && image.size() == size && std::ranges::all_of(image, [](const Json& value) {
        return value.is_number_unsigned() &&
               value.get<std::uint64_t>() <= std::numeric_limits<std::uint8_t>::max();
      });
  if (!bytes) {
    throw base::Error(base::ErrorKind::usage,
                      {.where = "image",
                       .found = "something else",
                       .expected = fmt::format("an array of {} numbers from 0 to 255", size)});
  }
  return image.get<std::vector<std::uint8_t>>();
}

std::string path_of(const Target& target) {
  std::string path;
  for (const std::string& part : target.path) {
    path += (path.empty() ? "" : "/") + part;
  }
  return path.empty() ? "index.html" : path;
}

int status_of(const base::Error& error) {
  return error.kind() == base::ErrorKind::usage ? 400 : error.kind() == base::ErrorKind::file ? 404 : 422;
}

}  // namespace

Site::Site(Runs runs, AccessPolicy policy, Trainings trainings, std::span<const PageFile> page)
    : runs_(std::move(runs)), policy_(std::move(policy)), trainings_(std::move(trainings)), page_(page) {}

Answer Site::answer(const Request& request) {
  Answer answer;
  try {
    const auto refused = refuse(request, policy_);
    answer = refused ? *refused : dispatch(request);
  } catch (const base::Error& error) {
    answer = say(status_of(error), error.what());
  } catch (const std::exception& error) {
    answer = say(500, fmt::format("Unexpected error: {}.", error.what()));
  }
  answer.headers.merge(std::map<std::string, std::string>{{"Content-Security-Policy", content_policy},
                                                          {"X-Content-Type-Options", "nosniff"},
                                                          {"Referrer-Policy", "no-referrer"}});
  return answer;
}

Answer Site::dispatch(const Request& request) {
  if (request.header("range").find(',') != std::string::npos) {
    return say(416, "Request one range at a time.");
  }
  const Target target = parse_target(request.target);
  return !target.path.empty() && target.path.front() == "api" ? api(request, target)
                                                              : page_file(request, target);
}

Answer Site::page_file(const Request& request, const Target& target) const {
  if (request.method == "POST") {
    return say(405, "Files can only be read.");
  }
  if (page_.empty()) {
    return say(503,
               "This program was built without the web page, which needs npm: run `./ganymede page` in the "
               "source directory, then start it again. /api/runs is available.");
  }
  const std::string path = path_of(target);
  const auto file = std::ranges::find(page_, path, &PageFile::path);
  if (file == page_.end()) {
    return not_found("file of that name");
  }
  // The names of the assets change with their contents.
  const bool forever = path.starts_with("assets/");
  Answer answer = {
      .type = std::string(type_of(path)),
      .headers = {{"Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache"},
                  {"Vary", "Accept-Encoding"}}};
  if (request.header("accept-encoding").find("gzip") != std::string::npos) {
    answer.headers["Content-Encoding"] = "gzip";
    answer.body = file->gzip;
  } else {
    const std::vector<std::uint8_t> bytes =
        data::gunzip({reinterpret_cast<const std::uint8_t*>(file->gzip.data()), file->gzip.size()},
                     largest_page_file, path);
    answer.body.assign(bytes.begin(), bytes.end());
  }
  return answer;
}

Answer Site::api(const Request& request, const Target& target) {
  const std::string resource = target.path.size() < 2 ? "" : target.path[1];
  if (resource == "recipes" || resource == "trainings") {
    return trainings_.answer
               ? trainings_.answer(request, target)
               : say(404,
                     "This program starts no trainings from the page: use ganymede play, or ganymede "
                     "serve with a directory of runs.");
  }
  if (resource != "runs") {
    return not_found("such resource");
  }
  if (target.path.size() == 2) {
    return request.method == "POST" ? say(405, "The list can only be read.") : list_runs();
  }
  return of_run(request, target);
}

Answer Site::of_run(const Request& request, const Target& target) {
  struct Resource {
    std::string_view name;
    std::size_t parts;  // of the path
    bool posted;
    Answer (Site::*handler)(const RunRequest&);
  };
  static constexpr std::array<Resource, 11> resources = {{{"", 3, false, &Site::describe},
                                                          {"metrics", 4, false, &Site::metrics},
                                                          {"events", 4, false, &Site::events},
                                                          {"samples", 5, false, &Site::sample},
                                                          {"networks", 4, false, &Site::networks},
                                                          {"flow", 4, false, &Site::flow},
                                                          {"sheet", 4, false, &Site::sheet},
                                                          {"generator.onnx", 4, false, &Site::generator_onnx},
                                                          {"nearest", 4, true, &Site::nearest_images},
                                                          {"control", 4, true, &Site::control},
                                                          {"changes", 4, true, &Site::change}}};
  const std::string name = target.path.size() > 3 ? target.path[3] : "";
  const auto resource = std::ranges::find_if(
      resources, [&](const Resource& one) { return one.name == name && one.parts == target.path.size(); });
  auto files = runs_.find(target.path[2]);
  if (resource == resources.end() || !files) {
    return not_found(files ? "such resource" : "run of that name");
  }
  if (resource->posted != (request.method == "POST")) {
    return say(405, resource->posted ? "Send this with POST." : "This can only be read.");
  }
  return (this->*resource->handler)({request, target, target.path[2], *std::move(files)});
}

Answer Site::list_runs() const {
  Json runs = Json::array();
  for (const std::string& name : runs_.names()) {
    if (const auto files = runs_.find(name)) {
      runs.push_back(list_entry(name, *files));
    }
  }
  const std::string running = trainings_.running();
  return as_json({{"runs", runs},
                  {"live", running.empty() ? Json() : Json(running)},
                  {"starts", trainings_.answer != nullptr}});
}

Json Site::list_entry(const std::string& name, const RunFiles& files) const {
  const std::shared_ptr<const Control> control = trainings_.control(name);
  RunSummary summary = runs_.reader().summarise(files);
  const bool complete = summary.total_steps > 0 && summary.step >= summary.total_steps;
  std::string state(to_string(summary.trains ? RunState::training
                              : complete     ? RunState::finished
                                             : RunState::stopped));
  if (control) {
    const LiveStatus status = control->status();
    state = to_string(status.state);
    summary.step = status.position.step;
    summary.total_steps = status.position.total_steps;
  }
  Json scores = Json::object();
  for (const auto& [score, found] : summary.scores) {
    scores[score] = {{"value", found.value ? Json(*found.value) : Json()}, {"floor", found.floor}};
  }
  std::error_code ignored;
  return {{"name", name},
          {"recipe", summary.recipe},
          {"data", summary.data},
          {"batch_size", summary.batch_size},
          {"state", state},
          {"step", summary.step},
          {"total_steps", summary.total_steps},
          {"seconds", summary.seconds},
          {"scores", scores},
          {"resume",
           state == to_string(RunState::stopped) && !summary.resume.empty() ? Json(summary.resume) : Json()},
          {"newest_sample", files.samples.empty() ? Json() : Json(files.samples.rbegin()->first)},
          {"networks", fs::exists(files.generator, ignored)},
          {"live", name == trainings_.running()}};
}

Answer Site::describe(const RunRequest& run) {
  const train::Recipe recipe = recipe_of(run);
  Json samples = Json::array();
  for (const auto& [epoch, file] : run.files.samples) {
    samples.push_back(epoch);
  }
  std::error_code ignored;
  Json meta = fs::exists(run.files.meta, ignored)
                  ? io::parse_foreign(io::read_text(run.files.meta, largest_text))
                  : Json();
  Json description = {{"name", run.name},
                      {"recipe", recipe.name},
                      {"description", recipe.description},
                      {"data", recipe.data},
                      {"epochs", recipe.training.epochs},
                      {"batch_size", recipe.training.batch_size},
                      {"seed", recipe.training.seed},
                      {"grid_columns", recipe.output.grid_columns},
                      {"grid_rows", recipe.output.grid_rows},
                      {"samples", samples},
                      {"live", run.name == trainings_.running()},
                      {"onnx", runs_.reader().export_onnx != nullptr},
                      {"meta", meta.is_discarded() ? Json() : std::move(meta)},
                      {"settings", field_values(recipe)},
                      {"fields", describe_fields()},
                      {"config", io::read_text(run.files.config, largest_text)}};
  description.update(latent_facts(recipe));
  return as_json(description);
}

Answer Site::metrics(const RunRequest& run) {
  std::error_code ignored;
  return {
      .type = "application/x-ndjson",
      .body = fs::exists(run.files.metrics, ignored) ? io::read_text(run.files.metrics, largest_metrics) : "",
      .headers = {{"Cache-Control", "no-store"}}};
}

Answer Site::events(const RunRequest& run) {
  std::string last = run.request.header("last-event-id");
  if (const auto after = run.target.query.find("after"); last.empty() && after != run.target.query.end()) {
    last = after->second;  // of a page that opens a new stream
  }
  return {
      .type = "text/event-stream",
      .headers = {{"Cache-Control", "no-store"}},
      .events = std::make_shared<EventStream>(runs_.reader(), run.files, last, trainings_.control(run.name))};
}

Answer Site::sample(const RunRequest& run) {
  const std::int64_t epoch =
      parse_number(run.target.path[4], "epoch", 0, std::numeric_limits<std::int64_t>::max());
  const auto found = run.files.samples.find(epoch);
  return found != run.files.samples.end() && runs_.contains(found->second)
             ? as_png(io::read_text(found->second, largest_sample))
             : not_found("sample of that epoch");
}

Answer Site::networks(const RunRequest& run) {
  return as_json(inspector(run)->describe());
}

Answer Site::flow(const RunRequest& run) {
  const std::optional<LayerChoice> open = layer_choice(run.target);
  const std::shared_ptr<Control> control = trainings_.control(run.name);
  if (control && !has_ended(control->status().state)) {
    const auto live = live_flow(run, control);
    std::string key;
    for (const auto& [name, value] : run.target.query) {
      key += fmt::format("{}={}&", name, value);
    }
    std::string json = live->flow({.key = std::move(key),
                                   .sample = sample_of(run.target, live->inspector(), runs_.reader()),
                                   .number = latent_choice(run.target).point,
                                   .open = open});
    if (!json.empty()) {
      return {
          .type = "application/json", .body = std::move(json), .headers = {{"Cache-Control", "no-store"}}};
    }
  }
  const auto opened = inspector(run);
  return as_json(opened->flow(sample_of(run.target, *opened, runs_.reader()), open));
}

Answer Site::sheet(const RunRequest& run) {
  constexpr std::int64_t most = 400;
  const std::int64_t count = number(run.target, "count", 64, 1, most);
  const io::Image image = inspector(run)->sheet(latent_choice(run.target).seed, count,
                                                number(run.target, "columns", 8, 1, count));
  const std::vector<std::byte> bytes = codecs::encode_png(image);
  return as_png({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Answer Site::generator_onnx(const RunRequest& run) {
  if (!runs_.reader().export_onnx) {
    return say(404, "This program cannot export ONNX, which the browser needs to run the generator.");
  }
  return {.type = "application/octet-stream",
          .body = runs_.reader().export_onnx(run.files.directory),
          .headers = {{"Cache-Control", "no-store"}}};
}

Answer Site::nearest_images(const RunRequest& run) {
  constexpr std::size_t shown = 6;
  const auto opened = inspector(run);
  const auto dataset = runs_.reader().open_data(opened->recipe());
  const std::vector<std::uint8_t> image = parse_image(run.request.body, dataset->train.image_size());
  Json found = Json::array();
  for (const Neighbour& neighbour : nearest(dataset->train, image, shown)) {
    found.push_back({{"index", neighbour.index},
                     {"label", dataset->class_of(neighbour.index)},
                     {"distance", neighbour.distance},
                     {"image", base64(dataset->train.image(neighbour.index))}});
  }
  return as_json(found);
}

Answer Site::control(const RunRequest& run) {
  const std::shared_ptr<Control> control = trainings_.control(run.name);
  if (!control) {
    return say(409, "This run is not training in this program.");
  }
  const Json word = parse_body(run.request.body, {"command"}).value("command", Json());
  const auto command = word.is_string() ? parse_command(word.get<std::string>()) : std::nullopt;
  if (!command) {
    return say(400, "Send {\"command\": \"pause\"}, or step, phase, resume, stop or undo.");
  }
  control->give(*command);
  return as_json({{"state", to_string(control->status().state)}});
}

Answer Site::change(const RunRequest& run) {
  const std::shared_ptr<Control> control = trainings_.control(run.name);
  if (!control) {
    return say(409, "This run is not training in this program.");
  }
  const std::vector<std::string> settings =
      read_settings(parse_body(run.request.body, {"settings"}).value("settings", Json()));
  require_change(recipe_of(run), settings);
  return control->change(settings) ? as_json({{"settings", settings}})
                                   : say(409, "This run is ending: start another one.");
}

train::Recipe Site::recipe_of(const RunRequest& run) const {
  return train::parse_recipe(io::read_text(run.files.config, largest_text), run.name + "/config.toml");
}

std::shared_ptr<Inspector> Site::inspector(const RunRequest& run) {
  constexpr std::size_t most = 4;
  const std::lock_guard lock(opening_);
  std::error_code ignored;
  const auto time = fs::last_write_time(run.files.generator, ignored);
  const auto known = std::ranges::find(opened_, run.name, &Opened::name);
  if (known != opened_.end() && known->time == time) {
    opened_.splice(opened_.begin(), opened_, known);
    return known->inspector;
  }
  auto opened = std::make_shared<Inspector>(runs_.reader().open_networks(run.files.directory));
  if (known != opened_.end()) {
    opened_.erase(known);
  }
  opened_.push_front({run.name, time, opened});
  opened_.resize(std::min(opened_.size(), most));
  return opened;
}

std::shared_ptr<LiveFlow> Site::live_flow(const RunRequest& run, const std::shared_ptr<Control>& control) {
  const std::lock_guard lock(opening_);
  const std::int64_t changes = control->status().changes;
  if (live_.control != control || live_.changes != changes) {
    TrainedNetworks networks = runs_.reader().open_networks(run.files.directory);
    networks.recipe = recipe_of(run);  // which may have changed since they were saved
    live_ = {control, changes, std::make_shared<LiveFlow>(std::move(networks), control)};
  }
  return live_.flow;
}

}  // namespace ganymede::serve
