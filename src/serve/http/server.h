#pragma once

#include <memory>
#include <string>

#include "serve/site.h"

namespace ganymede::serve {

/// Where a server listens.
struct Address {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0: any that is free
};

/// Serves a site by HTTP on its own threads while it exists.
class Server {
 public:
  /// Throws Error(usage) if the address is not available. `site` must outlive it.
  Server(Site& site, const Address& address);
  /// Sends every viewer the remaining events and the event `end`, then closes the connections.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace ganymede::serve
