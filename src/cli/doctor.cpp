#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/parallel.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/data_source.h"
#include "cli/host.h"
#include "io/process.h"
#include "ops/device.h"
#include "train/recipe.h"

namespace ganymede::cli {

namespace {

std::string line(std::string_view name, std::string_view value) {
  return fmt::format("{:<16}{}\n", name, value);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// The version that `program` tells about itself, or how to get it.
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
    const data::Dataset dataset = open_data(name, data::Splits::train_and_test);
    std::string text = fmt::format("verified, in {}", dataset.files.front().path.parent_path().string());
    for (const data::DatasetFile& file : dataset.files) {
      text += fmt::format("\n{:<16}  {}  {}", "", file.sha256.substr(0, 16), file.path.filename().string());
    }
    return text;
  } catch (const base::Error& error) {
    return error.what();
  }
}

int run_doctor() {
  const ops::Capabilities capabilities = ops::capabilities();
  const bool bf16 = train::resolve(train::Precision::automatic) == base::DType::bf16;
  base::set_thread_count(0);
  print(
      line("ganymede", version()) + line("processor", processor()) +
      line("oneDNN", fmt::format("{}, with {}", capabilities.library_version, capabilities.instruction_set)) +
      line("precision auto", bf16 ? "bf16, which this processor multiplies natively"
                                  : "f32, as this processor has no instructions for bf16") +
      line("threads", std::to_string(base::thread_count())) +
      line("gnuplot", about_program("gnuplot", "--version", "gnuplot-nox", "draws losses.png")) +
      line("dot", about_program("dot", "-V", "graphviz", "draws summary --plot")) +
      line("mnist", about_data("mnist")) + line("fashion-mnist", about_data("fashion-mnist")));
  return 0;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  CLI::App* verb = app.add_subcommand("doctor", "Tell what the program finds on this machine");
  verb->footer(
      "Examples:\n"
      "  ganymede doctor");
  verb->callback([&action] { action = run_doctor; });
}

}  // namespace ganymede::cli
