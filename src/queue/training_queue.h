#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "queue/order.h"
#include "queue/queue_file.h"
#include "serve/live/control.h"
#include "session/session.h"

/// Trainings that a page asks for.
namespace ganymede::queue {

/// An order that waits for its turn; its run has a name.
struct Waiting {
  std::int64_t id = 0;
  Order order;
};

/// A training that could not be started, or was ended by an error.
struct Failure {
  std::string run;
  std::string why;
};

/// What an order would train.
struct Preview {
  std::string toml;  ///< the run's config.toml
  train::Recipe recipe;
  std::int64_t steps = 0;         ///< of the run
  std::optional<double> seconds;  ///< that they take here, about; nothing until a step was measured
};

/// Where the queue stands.
struct Standing {
  std::optional<Order> starting;  ///< whose data and networks are made ready, until its run can be resumed
  std::string running;            ///< the run that trains; empty: none
  std::vector<Waiting> waiting;   ///< in their order
  std::vector<Failure> failures;  ///< the newest last
};

/// Trains orders one after the other on a thread of its own, in runs of one directory, and keeps those that
/// wait in a QueueFile there. Its functions may be called from several threads.
class TrainingQueue {
 public:
  /// Messages for people, from the queue's thread and those that call.
  struct Voice {
    std::function<void(std::string_view)> say = [](std::string_view) {};
    std::function<void(std::string_view)> warn = [](std::string_view) {};
  };

  /// Goes on with the orders that waited when the last queue of the directory ended. `open` opens data sets
  /// for runs and previews. Throws Error(usage) if the system allows no thread.
  TrainingQueue(std::filesystem::path root, session::OpenData open, Voice voice);
  /// As finish().
  ~TrainingQueue();
  TrainingQueue(const TrainingQueue&) = delete;
  TrainingQueue& operator=(const TrainingQueue&) = delete;

  /// What an order would train. Throws Error(configuration), Error(data) or Error(usage) for one that cannot
  /// be trained. If no step of its recipe was measured yet, that is done as soon as nothing trains.
  Preview preview(const Order& order);
  /// The seconds that an embedded recipe takes as it is; nothing until a step was measured.
  std::optional<double> seconds_of(const std::string& recipe) const;
  /// Queues an order; returns it with its id and the name of its run. Throws as preview() does, and
  /// Error(usage) for a name that no run can have.
  Waiting add(Order order);
  /// Takes an order out of the queue; false if it does not wait.
  bool remove(std::int64_t id);
  Standing standing() const;
  /// The control of a run that trains or has trained here; null for others.
  std::shared_ptr<serve::Control> control(const std::string& run) const;
  /// Stops the run that trains, with a checkpoint, waits for that and leaves the rest to the next queue.
  void finish();

 private:
  /// The measured step of a recipe as it is.
  struct Measured {
    train::Recipe recipe;
    double seconds_a_step = 0.0;
    double seconds = 0.0;  // of all steps
  };

  session::Start prepare(const Order& order) const;
  void work();
  void train(const Order& order, const std::stop_source& stop);
  void measure(const std::string& recipe);
  void name_run(Order& order) const;
  void enqueue(Order order);
  void keep();

  const std::filesystem::path root_;
  const session::OpenData open_;
  const Voice voice_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Standing standing_;
  QueueFile file_;
  std::map<std::string, std::shared_ptr<serve::Control>> controls_;
  std::map<std::string, Measured> measured_;
  std::deque<std::string> to_measure_;
  std::int64_t last_id_ = 0;
  bool ending_ = false;
  std::stop_source stop_;  // of the run that trains
  std::thread thread_;
};

}  // namespace ganymede::queue
