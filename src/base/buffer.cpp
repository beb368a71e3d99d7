#include "base/buffer.h"

#include <cstring>

namespace ganymede::base {

Buffer::Buffer(std::size_t bytes) : size_(bytes) {
  if (bytes > 0) {
    memory_.reset(static_cast<std::byte*>(::operator new[](bytes, std::align_val_t{alignment})));
    std::memset(memory_.get(), 0, bytes);
  }
}

}  // namespace ganymede::base
