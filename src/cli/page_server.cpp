#include "cli/page_server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <utility>

#include "base/error.h"
#include "cli/commands.h"
#include "queue/control_link.h"
#include "serve/run_reader.h"

namespace ganymede::cli {

namespace {

namespace fs = std::filesystem;

constexpr int usual_port = 8420;
constexpr int largest_port = 65535;

/// Listens on the given address; without a port on the usual one, or on any if that is in use.
void listen(std::optional<serve::Server>& server, serve::Site& site, const PageAddress& address) {
  if (address.port != 0) {
    server.emplace(site, serve::Address{address.host, address.port});
    return;
  }
  try {
    server.emplace(site, serve::Address{address.host, usual_port});
  } catch (const base::Error&) {
    server.emplace(site, serve::Address{address.host, 0});
  }
}

/// The host name in the URL of a server that listens on `host`.
std::string public_name(const std::string& host) {
  std::array<char, 256> name{};
  if (host == "0.0.0.0" && ::gethostname(name.data(), name.size() - 1) == 0) {
    return name.data();
  }
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

serve::Runs runs_beside(const runs::RunDirectory& run, serve::NamedDataset dataset) {
  const fs::path path = fs::absolute(run.path()).lexically_normal();
  const bool among_runs = path.parent_path().filename() == "runs";
  return {path.parent_path(), among_runs ? "" : path.filename().string(),
          serve::make_run_reader(std::move(dataset))};
}

std::string name_of(const runs::RunDirectory& run) {
  return fs::absolute(run.path()).lexically_normal().filename().string();
}

}  // namespace

void add_page_flags(CLI::App& verb, std::optional<int>& port, std::string& host) {
  CLI::Option* serve =
      verb.add_option_function<std::string>(
              "--serve", [&port](const std::string& text) { port = text.empty() ? 0 : std::stoi(text); },
              fmt::format("Show the run as a web page (default port: {})", usual_port))
          ->type_name("[PORT]")
          ->expected(0, 1);
  serve->check([](const std::string& text) {
    return text.empty() ? std::string() : in_range(1, largest_port)(std::string(text));
  });
  verb.add_option("--host", host, "The page's address; for others than this machine's a token is required")
      ->type_name("ADDRESS")
      ->needs(serve);
}

void add_page_flags(CLI::App& verb, PageAddress& address) {
  verb.add_option("--port", address.port, fmt::format("The page's port (default: {})", usual_port))
      ->type_name("PORT")
      ->check(in_range(1, largest_port));
  verb.add_option("--host", address.host,
                  "The page's address; for others than this machine's a token is required")
      ->type_name("ADDRESS");
}

PageServer::PageServer(serve::Runs runs, serve::Trainings trainings, const PageAddress& address,
                       Console& console)
    : policy_{serve::is_loopback(address.host) ? "" : serve::make_token()},
      site_(std::move(runs), policy_, std::move(trainings), serve::embedded_page()) {
  listen(server_, site_, address);
  url_ = fmt::format("http://{}:{}/", public_name(address.host), server_->port());
  if (!policy_.token.empty()) {
    url_ += "?token=" + policy_.token;
    print_hint("The page, open to everyone with this address: " + url_);
  } else {
    console.say("The page: " + url_);
  }
  if (serve::embedded_page().empty()) {
    console.warn("This program was built without the web page, which needs npm: run `./ganymede page` once");
  }
}

TrainingPage::TrainingPage(const session::Session& session, session::Observer& observer,
                           const StopOnSignal& signals, const PageAddress& address, Console& console)
    : control_(std::make_shared<serve::Control>(session.position(), [&signals] { signals.request_stop(); })),
      server_(runs_beside(session.directory(),
                          {session.recipe().data, session.dataset(), session.recipe().images}),
              serve::only_training(name_of(session.directory()), control_), address, console) {
  queue::follow(observer, control_, signals.token());
}

TrainingPage::~TrainingPage() {
  control_->end(serve::RunState::failed);  // unless the run's end was reported before
}

}  // namespace ganymede::cli
