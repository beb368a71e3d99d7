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

/// Speaks HTTP for a site, on threads of its own, while it lives.
class Server {
 public:
  /// Throws Error(usage) if the address cannot be had. `site` must outlive it.
  Server(Site& site, const Address& address);
  /// Tells every viewer what is left to tell, says goodbye and hangs up.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;

 private:
  class Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace ganymede::serve
