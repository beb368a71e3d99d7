#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "base/host.h"
#include "base/number.h"
#include "base/threads/parallel.h"
#include "base/threads/team.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "data/data_source.h"
#include "data/stacking.h"
#include "dist/world.h"
#include "io/files/process.h"
#include "ops/device.h"
#include "runs/run_directory.h"
#include "runs/verdict_lines.h"
#include "train/recipe/recipe.h"

namespace ganymede::cli {

namespace {

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("{:<16}{}\n", name, value);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// The version of `program`, or how to install it.
std::string about_program(const std::string& program, const std::string& flag, const std::string& package,
                          const std::string& use) {
  const auto result = io::run_program({.name = program, .arguments = {flag}, .input = {}});
  if (!result) {
    return fmt::format("missing; it {}: apt install {}", use, package);
  }
  return first_line(result->output.empty() ? result->errors : result->output);
}

std::string about_data(const std::string& name) {
  try {
    const data::Dataset dataset = data::open_data(name, data::Splits::train_and_test);
    std::string text = fmt::format("verified, in {}", dataset.files.front().path.parent_path().string());
    for (const data::DatasetFile& file : dataset.files) {
      text += fmt::format("\n{:<16}  {}  {}", "", file.sha256.substr(0, 16), file.path.filename().string());
    }
    return text;
  } catch (const base::Error& error) {
    return error.what();
  }
}

std::string about_data_sets() {
  std::string lines;
  for (const std::string& name : data::dataset_names()) {
    if (!data::digits_of(name)) {  // stacks are made from another data set
      lines += line(name, about_data(name));
    }
  }
  return lines;
}

int describe_machine() {
  const ops::Capabilities capabilities = ops::capabilities();
  const bool bf16 = train::resolve(train::Precision::automatic) == base::DType::bf16;
  const base::Team team(0);
  print(
      line("ganymede", base::version()) + line("processor", base::processor()) +
      line("oneDNN", fmt::format("{}, with {}", capabilities.library_version, capabilities.instruction_set)) +
      line("precision auto", bf16 ? "bf16, which this processor has instructions for"
                                  : "f32, as this processor has no instructions for bf16") +
      line("threads", std::to_string(base::thread_count())) + line("MPI", dist::describe_mpi()) +
      line("gnuplot", about_program("gnuplot", "--version", "gnuplot-nox", "draws losses.png")) +
      line("dot", about_program("dot", "-V", "graphviz", "draws summary --plot")) + about_data_sets());
  return 0;
}

struct DoctorOptions {
  std::string run;
  bool json = false;
};

nlohmann::ordered_json as_json(const train::Finding& finding) {
  nlohmann::ordered_json json = {{"step", finding.step}};
  json.update(runs::describe(finding));
  return json;
}

std::string as_text(const train::Finding& finding) {
  constexpr int width = 16;
  const std::string step = fmt::format("step {}", base::grouped(finding.step));
  return fmt::format("{:<{}}{}\n", step, width, finding.message) +
         (finding.advice.empty() ? "" : fmt::format("{:<{}}{}\n", "", width, finding.advice));
}

int examine_run(const DoctorOptions& options) {
  const runs::RunDirectory run = runs::RunDirectory::open(options.run);
  const runs::History history =
      runs::read_history(run.metrics(), artifacts::read_recipe_file(run.config().string()));
  if (options.json) {
    nlohmann::ordered_json verdicts = nlohmann::ordered_json::array();
    std::ranges::transform(history.findings, std::back_inserter(verdicts), as_json);
    const nlohmann::ordered_json report = {{"run", run.path().string()},
                                           {"steps", history.last_step},
                                           {"healthy", history.findings.empty()},
                                           {"verdicts", verdicts}};
    print(report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    return 0;
  }
  for (const train::Finding& finding : history.findings) {
    print(as_text(finding));
  }
  if (history.findings.empty()) {
    print(fmt::format("Healthy: no problems in {} steps\n", base::grouped(history.last_step)));
  }
  return 0;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("doctor", "Report the problems of a run, or the state of this machine");
  const auto options = std::make_shared<DoctorOptions>();
  CLI::Option* run = verb->add_option("RUN", options->run,
                                      "The directory of a run, which may be training (default: report the "
                                      "machine, programs and data)")
                         ->type_name("RUN");
  verb->add_flag("--json", options->json, "Print the verdicts on the run as a JSON object")->needs(run);
  verb->footer(
      "Examples:\n"
      "  ganymede doctor                 the processor, oneDNN, the data's checksums\n"
      "  ganymede doctor runs/latest     the problems of a run, and what to change");
  verb->callback([&action, options] {
    action = [options] { return options->run.empty() ? describe_machine() : examine_run(*options); };
  });
}

}  // namespace ganymede::cli
