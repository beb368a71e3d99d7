#include "queue/queue_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/refusal.h"
#include "io/files/file.h"
#include "io/files/json.h"
#include "runs/staged_run.h"
#include "serve/http/body.h"

namespace ganymede::queue {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::vector<Order> parse(const fs::path& path) {
  constexpr std::size_t largest = std::size_t{1} << 24;
  const Json json = io::parse_foreign(io::read_text(path, largest));
  const bool lists = json.is_object() && json.value("waiting", Json()).is_array();
  if (!lists) {
    constexpr base::Refusal refuse{base::ErrorKind::file};
    refuse(path, "something else", R"({"waiting": [...]})");
  }
  serve::require_keys(json, path, {"waiting"});
  std::vector<Order> orders;
  std::ranges::transform(json["waiting"], std::back_inserter(orders), read_order);
  for (const Order& order : orders) {
    require_name(order.run);
  }
  return orders;
}

}  // namespace

QueueFile::QueueFile(const fs::path& root, std::function<void(std::string_view)> warn)
    : path_(root / "queue.json"), warn_(std::move(warn)) {
  try {
    if (auto taken = runs::RunLock::take_free(runs::RunDirectory(root))) {
      lock_.emplace(std::move(*taken));
    } else {
      obstacle_ = fmt::format("Another program keeps the queue of {}", root.string());
    }
  } catch (const base::Error& error) {
    obstacle_ = error.what();
  }
}

std::vector<Order> QueueFile::read() {
  std::error_code error;
  if (!lock_ || !fs::exists(path_, error)) {
    return {};
  }
  try {
    return parse(path_);
  } catch (const base::Error& damage) {
    const fs::path kept =
        path_.parent_path() / runs::unused_name("queue.json.damaged", [&](const std::string& name) {
          return fs::exists(path_.parent_path() / name, error);
        });
    fs::rename(path_, kept, error);
    if (error) {
      lock_.reset();
      obstacle_ = damage.what();
    } else {
      warn_(fmt::format(
          "The trainings that waited cannot be read, and the queue begins empty: the file is now {}. {}",
          kept.string(), damage.what()));
    }
    return {};
  }
}

void QueueFile::write(const std::vector<Order>& orders) {
  if (lock_) {
    try {
      if (orders.empty()) {
        fs::remove(path_);
      } else {
        Json waiting = Json::array();
        std::ranges::transform(orders, std::back_inserter(waiting), as_json);
        io::write_file(path_, Json{{"waiting", waiting}}.dump(2) + "\n");
      }
    } catch (const std::exception& error) {  // what waits is trained all the same
      lock_.reset();
      obstacle_ = error.what();
    }
  }
  if (!orders.empty() && !obstacle_.empty()) {
    warn_(fmt::format("Trainings that wait will be forgotten when this program ends. {}",
                      std::exchange(obstacle_, "")));
  }
}

}  // namespace ganymede::queue
