#include "io/files/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace ganymede::io {

namespace {

namespace fs = std::filesystem;

std::string advice_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "Free some space or choose another directory";
    case EACCES:
    case EPERM:
    case EROFS:
      return "Check the permissions or choose another directory";
    case ENOENT:
    case ENOTDIR:
      return "Check the path";
    default:
      return "Check the path and the disk";
  }
}

base::Error failure(const fs::path& path, const std::string& expected, int error) {
  return {base::ErrorKind::file,
          {.where = path.string(),
           .found = fmt::format("\"{}\"", std::generic_category().message(error)),
           .expected = expected,
           .advice = advice_for(error)}};
}

base::Error not_regular(const fs::path& path) {
  return {base::ErrorKind::file,
          {.where = path.string(),
           .found = fs::is_directory(path) || path.filename().empty() ? "a directory" : "a device or pipe",
           .expected = "a regular file",
           .advice = "Choose another path"}};
}

/// An open file, closed at the end of its life.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) {
    do {
      value_ = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
    } while (value_ < 0 && errno == EINTR);
  }
  ~Descriptor() {
    if (value_ >= 0) {
      ::close(value_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }
  /// Closes early, since a network file system reports failures only then.
  bool close() { return ::close(std::exchange(value_, -1)) == 0; }

 private:
  int value_ = -1;
};

/// Calls read() or write() until all of `bytes` went through or `stop` says so; false with errno set on
/// failure.
bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

/// A name beside `target` that no other thread of this process uses. Another process may: one with the same
/// number in another container, or a killed one that left its file behind.
fs::path temporary_name(const fs::path& target) {
  static std::atomic<unsigned> counter = 0;
  return target.parent_path() /
         fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), counter.fetch_add(1));
}

/// A new file beside its target, removed at the end of its life unless it has taken the target's place.
class Temporary {
 public:
  /// Tries further names while the one tried is another process's.
  explicit Temporary(const fs::path& target) {
    constexpr int most_tries = 1000;
    error_ = EEXIST;
    for (int tries = 0; tries < most_tries && error_ == EEXIST; ++tries) {
      path_ = temporary_name(target);
      file_.emplace(path_, O_WRONLY | O_CREAT | O_EXCL);
      error_ = file_->is_open() ? 0 : errno;
    }
    mine_ = error_ == 0;
  }
  ~Temporary() {
    if (mine_) {
      ::unlink(path_.c_str());
    }
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  /// Writes, syncs and renames. Returns zero or the reason for the failure.
  int become(const fs::path& target, std::span<const std::byte> bytes) {
    if (error_ != 0) {
      return error_;
    }
    if (!write_all(file_->get(), bytes) || ::fsync(file_->get()) != 0 || !file_->close() ||
        ::rename(path_.c_str(), target.c_str()) != 0) {
      return errno;
    }
    mine_ = false;
    return 0;
  }

 private:
  fs::path path_;
  std::optional<Descriptor> file_;
  int error_ = 0;
  bool mine_ = false;
};

/// A file as a container of bytes or characters.
template <class Contents>
Contents contents_of(const fs::path& path, std::size_t max_bytes) {
  const std::string expected = "to read the file";
  const Descriptor file(path, O_RDONLY | O_NONBLOCK);  // a pipe without a writer must not block
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) {
    throw failure(path, expected, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    throw not_regular(path);
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > max_bytes) {
    throw base::Error(base::ErrorKind::file, {.where = path.string(),
                                              .found = fmt::format("{} bytes", size),
                                              .expected = fmt::format("at most {}", max_bytes),
                                              .advice = "Check that this is the file you mean"});
  }
  Contents bytes(size, {});
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t length = ::read(file.get(), bytes.data() + filled, size - filled);
    if (length < 0 && errno != EINTR) {
      throw failure(path, expected, errno);
    }
    if (length == 0) {
      bytes.resize(filled);
      break;
    }
    filled += static_cast<std::size_t>(std::max<ssize_t>(length, 0));
  }
  return bytes;
}

}  // namespace

std::vector<std::byte> read_file(const fs::path& path, std::size_t max_bytes) {
  return contents_of<std::vector<std::byte>>(path, max_bytes);
}

std::string read_text(const fs::path& path, std::size_t max_bytes) {
  return contents_of<std::string>(path, max_bytes);
}

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  const std::string expected = "to write the file";
  std::error_code ignored;  // a path that cannot be examined cannot be opened either
  const fs::path target = fs::is_symlink(path, ignored) ? fs::weakly_canonical(path, ignored) : path;
  if (target.filename().empty() || (fs::exists(target, ignored) && !fs::is_regular_file(target, ignored))) {
    throw not_regular(path);
  }
  if (const int error = Temporary(target).become(target, bytes); error != 0) {
    throw failure(path, expected, error);
  }
  sync_parent(target);
}

void write_file(const fs::path& path, std::string_view text) {
  write_file(path, std::as_bytes(std::span(text)));
}

void sync_parent(const fs::path& path) {
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Descriptor descriptor(directory, O_RDONLY | O_DIRECTORY);
  // Some file systems cannot sync a directory and say EINVAL: they order a rename by themselves.
  if (!descriptor.is_open() || (::fsync(descriptor.get()) != 0 && errno != EINVAL)) {
    throw failure(directory, "to store the directory", errno);
  }
}

AppendFile::AppendFile(fs::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    throw failure(path_, "to append to the file", errno);
  }
}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void AppendFile::append(std::span<const std::byte> record) {
  ssize_t written = 0;
  do {
    written = ::write(descriptor_, record.data(), record.size());
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(record.size())) {
    // A write that stops short means that the disk is full.
    throw failure(path_, "to append to the file", written < 0 ? errno : ENOSPC);
  }
}

void AppendFile::append_line(std::string_view line) {
  const std::string text = fmt::format("{}\n", line);
  append(std::as_bytes(std::span(text)));
}

void AppendFile::sync() {
  if (::fdatasync(descriptor_) != 0 && errno != EINVAL) {  // a device cannot be synced
    throw failure(path_, "to store the file", errno);
  }
}

}  // namespace ganymede::io
