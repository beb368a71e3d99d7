#include "serve/http/server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.h"
#include "serve/http/workers.h"
#include "serve/live/event_stream.h"

namespace ganymede::serve {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_threads =
    96;  // one for each viewer, and one for each connection of a browser for a while
constexpr int most_viewers = 64;
constexpr auto interval = 250ms;  // between checks for news
constexpr auto heartbeat = 15s;   // after which an idle stream sends a comment
constexpr int niceness = 10;      // a training run has priority
constexpr std::size_t much = 1 << 15;
constexpr std::size_t largest_body = 1 << 16;

Request as_request(const httplib::Request& request) {
  Request own = {.method = request.method, .target = request.target, .headers = {}, .body = request.body};
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](unsigned char letter) { return std::tolower(letter); });
    own.headers.emplace(std::move(lower), value);
  }
  return own;
}

/// Sends bytes as they are: the library would compress them again.
void send(Answer answer, httplib::Response& response) {
  response.status = answer.status;
  for (const auto& [name, value] : answer.headers) {
    response.set_header(name, value);
  }
  if (answer.body.empty()) {
    return;
  }
  const auto body = std::make_shared<std::string>(std::move(answer.body));
  response.set_content_provider(body->size(), answer.type,
                                [body](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                                  return sink.write(body->data() + offset, length);
                                });
}

/// A thread with a lower priority than training.
std::thread start_thread(std::function<void()> body) {
  return std::thread([body = std::move(body)] {
    ::setpriority(PRIO_PROCESS, 0, niceness);  // of this thread alone
    body();
  });
}

/// Adapts Workers to the library's interface.
class Queue : public httplib::TaskQueue {
 public:
  explicit Queue(Workers& workers) : workers_(workers) {}
  void enqueue(std::function<void()> work) override { workers_.give(std::move(work)); }
  void shutdown() override { workers_.finish(); }

 private:
  Workers& workers_;
};

}  // namespace

class Server::Connection {
 public:
  Connection(Site& site, const Address& address) : site_(site), port_(address.port) {
    set_limits();
    http_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      if (request.method == "POST") {
        return httplib::Server::HandlerResponse::Unhandled;  // its body is still to be read
      }
      answer(request, response);
      return httplib::Server::HandlerResponse::Handled;
    });
    http_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    });
    bind(address);
    listen();
    while (!http_.is_running()) {
      std::this_thread::sleep_for(1ms);  // before that, the library's stop() has no effect
    }
  }

  ~Connection() {
    {
      std::unique_lock lock(mutex_);
      closing_ = true;
      changed_.notify_all();
      changed_.wait_for(lock, 2s, [this] { return viewers_ == 0; });
    }
    http_.stop();
    listener_.join();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int port() const { return port_; }

 private:
  void set_limits() {
    http_.new_task_queue = [this] { return new Queue(workers_); };
    http_.set_payload_max_length(largest_body);
    http_.set_keep_alive_timeout(2);
    http_.set_read_timeout(5);
    http_.set_write_timeout(5);
    http_.set_tcp_nodelay(true);
    // Without the library's SO_REUSEPORT, by which two programs could share a port.
    http_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
  }

  void bind(const Address& address) {
    const bool bound = address.port == 0 ? (port_ = http_.bind_to_any_port(address.host)) > 0
                                         : http_.bind_to_port(address.host, address.port);
    if (!bound) {
      throw base::Error(base::ErrorKind::usage,
                        {.where = fmt::format("{} port {}", address.host, address.port),
                         .found = "an address that is in use or not of this machine",
                         .expected = "one that is free",
                         .advice = "Use another port, or 0 for any free one"});
    }
  }

  void listen() {
    try {
      listener_ = start_thread([this] { http_.listen_after_bind(); });
    } catch (const std::system_error&) {
      refuse_without_threads();
    }
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") {
      send({.status = 405, .body = "Only GET, HEAD and POST are supported.\n"}, response);
      return;
    }
    Answer answer = site_.answer(as_request(request));
    if (answer.events == nullptr) {
      send(std::move(answer), response);
    } else if (request.method == "HEAD") {
      answer.events = nullptr;
      send(std::move(answer), response);
    } else {
      stream(std::move(answer), response);
    }
  }

  void stream(Answer answer, httplib::Response& response) {
    {
      const std::lock_guard lock(mutex_);
      if (viewers_ >= most_viewers || closing_ || !workers_.spare()) {
        send({.status = 503, .body = closing_ ? "The server is closing.\n" : "Too many viewers.\n"},
             response);
        return;
      }
      ++viewers_;
    }
    for (const auto& [name, value] : answer.headers) {
      response.set_header(name, value);
    }
    response.set_chunked_content_provider(
        answer.type,
        [this, events = std::move(answer.events), told = std::chrono::steady_clock::now()](
            std::size_t, httplib::DataSink& sink) mutable { return tell(*events, told, sink); },
        [this](bool) {
          const std::lock_guard lock(mutex_);
          --viewers_;
          changed_.notify_all();
        });
  }

  /// Sends what is new to a viewer. Returns false when the viewer is gone.
  bool tell(EventStream& events, std::chrono::steady_clock::time_point& told, httplib::DataSink& sink) {
    std::string text = events.next();
    const auto now = std::chrono::steady_clock::now();
    if (text.empty() && now - told >= heartbeat) {
      text = ":\n\n";
    }
    if (!text.empty()) {
      told = now;
      if (!sink.write(text.data(), text.size())) {
        return false;
      }
    }
    if (text.size() >= much) {
      return true;  // a long run's metrics come in parts
    }
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, interval, [this] { return closing_.load(); })) {
      return true;
    }
    lock.unlock();
    text = events.finish();
    const bool sent = sink.write(text.data(), text.size());
    sink.done();
    return sent;
  }

  Site& site_;
  int port_;
  Workers workers_{most_threads, start_thread};
  httplib::Server http_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> closing_ = false;
  int viewers_ = 0;
  std::thread listener_;
};

Server::Server(Site& site, const Address& address)
    : connection_(std::make_unique<Connection>(site, address)) {}
Server::~Server() = default;

int Server::port() const {
  return connection_->port();
}

}  // namespace ganymede::serve
