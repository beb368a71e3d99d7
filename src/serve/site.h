#pragma once

#include <nlohmann/json_fwd.hpp>

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "serve/http/access.h"
#include "serve/http/message.h"
#include "serve/inside/inspector.h"
#include "serve/inside/live_flow.h"
#include "serve/live/trainings.h"
#include "serve/page.h"
#include "serve/runs.h"

namespace ganymede::serve {

/// Answers requests: the page's files, and under /api the runs' data as JSON and PNG:
/// | request | answer |
/// |---|---|
/// | GET /api/runs | the runs: recipe, state, steps, time, scores |
/// | GET /api/runs/NAME | one of them: recipe, description, samples |
/// | GET /api/runs/NAME/metrics | metrics.jsonl |
/// | GET /api/runs/NAME/events | Server-Sent Events, see EventStream; ?after=ID |
/// | GET /api/runs/NAME/samples/EPOCH | the sample of an epoch, PNG |
/// | GET /api/runs/NAME/networks | layers, shapes, parameters |
/// | GET /api/runs/NAME/flow | ?seed&point&label&image&open=NETWORK.LAYER: Inspector::flow() |
/// | GET /api/runs/NAME/sheet | ?seed&count&columns: new images, PNG |
/// | GET /api/runs/NAME/generator.onnx | the generator for ONNX Runtime |
/// | POST /api/runs/NAME/nearest | {"image": [bytes]}: the nearest training images |
/// | POST /api/runs/NAME/control | {"command": "pause", "step", "phase", "resume", "stop" or "undo"} |
/// | POST /api/runs/NAME/changes | {"settings": ["KEY=VALUE", ...]}: of a run that trains, before its next
/// step | | /api/recipes, /api/trainings | see Trainings::answer |
class Site {
 public:
  /// Runs accept commands if `trainings` has their controls.
  Site(Runs runs, AccessPolicy policy, Trainings trainings, std::span<const PageFile> page);

  /// Never throws: a bad request gets a status of 4xx, a defect 500.
  Answer answer(const Request& request);

 private:
  /// A request for something of a run.
  struct RunRequest {
    const Request& request;
    const Target& target;
    std::string name;
    RunFiles files;
  };

  Answer dispatch(const Request& request);
  Answer page_file(const Request& request, const Target& target) const;
  Answer api(const Request& request, const Target& target);
  Answer of_run(const Request& request, const Target& target);
  Answer list_runs() const;
  nlohmann::ordered_json list_entry(const std::string& name, const RunFiles& files) const;
  Answer describe(const RunRequest& run);
  Answer metrics(const RunRequest& run);
  Answer events(const RunRequest& run);
  Answer sample(const RunRequest& run);
  Answer networks(const RunRequest& run);
  Answer flow(const RunRequest& run);
  Answer sheet(const RunRequest& run);
  Answer generator_onnx(const RunRequest& run);
  Answer nearest_images(const RunRequest& run);
  Answer control(const RunRequest& run);
  Answer change(const RunRequest& run);

  train::Recipe recipe_of(const RunRequest& run) const;
  std::shared_ptr<Inspector> inspector(const RunRequest& run);
  std::shared_ptr<LiveFlow> live_flow(const RunRequest& run, const std::shared_ptr<Control>& control);

  /// The networks of a run at a time.
  struct Opened {
    std::string name;
    std::filesystem::file_time_type time;
    std::shared_ptr<Inspector> inspector;
  };

  Runs runs_;
  AccessPolicy policy_;
  Trainings trainings_;
  std::span<const PageFile> page_;
  std::mutex opening_;
  std::list<Opened> opened_;  // the last used first
  /// The flow of the run that trains, after so many changes of its settings.
  struct Live {
    std::shared_ptr<Control> control;
    std::int64_t changes = 0;
    std::shared_ptr<LiveFlow> flow;
  };
  Live live_;
};

}  // namespace ganymede::serve
