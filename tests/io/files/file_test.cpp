#include "io/files/file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "io/mutation.h"
#include "io/temporary_directory.h"

namespace ganymede::io {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using test::expect_error;
using test::TemporaryDirectory;
using testing::ElementsAre;

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// While it exists, a file cannot grow beyond `bytes`, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit = {bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    old_handler_ = ::signal(SIGXFSZ, SIG_IGN);
  }
  ~FullDisk() {
    ::signal(SIGXFSZ, old_handler_);
    ::setrlimit(RLIMIT_FSIZE, &before_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*old_handler_)(int) = nullptr;
};

TEST(WriteFile, WritesWhatReadFileReads) {
  const TemporaryDirectory directory;
  const std::string text("with a \0 inside", 15);
  write_file(directory / "file", text);
  const auto bytes = read_file(directory / "file", 100);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), text);
  EXPECT_EQ(text_of(directory / "file"), text);
}

TEST(WriteFile, LeavesNothingElseBehind) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "old");
  write_file(directory / "file", "new");
  EXPECT_EQ(text_of(directory / "file"), "new");
  EXPECT_THAT(directory.names(), ElementsAre("file"));
}

TEST(WriteFile, WritesInTheWorkingDirectory) {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::current_path(directory.path());
  write_file("file", "here");
  fs::current_path(before);
  EXPECT_EQ(text_of(directory / "file"), "here");
}

TEST(WriteFile, ReplacesTheFileInsteadOfWritingIntoIt) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "old");
  std::ifstream reader(directory / "file");
  write_file(directory / "file", "new");
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old");
}

TEST(WriteFile, KeepsTheOldFileWhenTheDiskIsFull) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "old");
  {
    const FullDisk full(1000);
    expect_error(ErrorKind::file, {"file", "File too large", "Free some space"},
                 [&] { write_file(directory / "file", std::string(5000, 'x')); });
  }
  EXPECT_EQ(text_of(directory / "file"), "old");
  EXPECT_THAT(directory.names(), ElementsAre("file"));
}

TEST(WriteFile, NamesADirectoryThatIsNotThere) {
  const TemporaryDirectory directory;
  expect_error(ErrorKind::file, {"absent/file", "No such file or directory", "Check the path"},
               [&] { write_file(directory / "absent/file", "text"); });
}

TEST(WriteFile, RefusesDirectoriesAndDevices) {
  const TemporaryDirectory directory;
  expect_error(ErrorKind::file, {"a directory"}, [&] { write_file(directory.path(), "text"); });
  expect_error(ErrorKind::file, {"a directory"}, [&] { write_file(directory / "", "text"); });
  expect_error(ErrorKind::file, {"/dev/full", "a device"}, [] { write_file("/dev/full", "text"); });
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  expect_error(ErrorKind::file, {"pipe"}, [&] { write_file(directory / "pipe", "text"); });
  EXPECT_THAT(directory.names(), ElementsAre("pipe"));
}

TEST(WriteFile, LeavesTheTemporaryFilesOfOtherProcessesAlone) {
  const TemporaryDirectory directory;
  // Those of a process with the same number: in another container, or one that was killed.
  std::vector<fs::path> others;
  for (int n = 0; n < 500; ++n) {
    others.push_back(directory / fmt::format(".file.{}-{}.tmp", ::getpid(), n));
    std::ofstream(others.back()) << "another's";
  }
  write_file(directory / "file", "mine");
  EXPECT_EQ(text_of(directory / "file"), "mine");
  for (const fs::path& other : others) {
    EXPECT_EQ(text_of(other), "another's") << other;
  }
  EXPECT_EQ(directory.names().size(), others.size() + 1);
}

TEST(WriteFile, FollowsALink) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "old");
  fs::create_symlink("file", directory / "link");
  write_file(directory / "link", "new");
  EXPECT_TRUE(fs::is_symlink(directory / "link"));
  EXPECT_EQ(text_of(directory / "file"), "new");
}

TEST(ReadFile, ChecksTheSizeFirst) {
  const TemporaryDirectory directory;
  std::ofstream(directory / "file").put('x');
  fs::resize_file(directory / "file", std::uintmax_t{1} << 40);  // a hole: it takes no space
  expect_error(ErrorKind::file, {"1099511627776 bytes", "at most 1000"},
               [&] { read_file(directory / "file", 1000); });
}

TEST(ReadFile, RefusesWhatIsNoFile) {
  const TemporaryDirectory directory;
  expect_error(ErrorKind::file, {"absent", "No such file"}, [&] { read_file(directory / "absent", 10); });
  expect_error(ErrorKind::file, {"a directory"}, [&] { read_file(directory.path(), 10); });
  expect_error(ErrorKind::file, {"a device"}, [] { read_file("/dev/zero", 10); });
}

TEST(AppendFile, AddsWholeLines) {
  const TemporaryDirectory directory;
  AppendFile(directory / "log").append_line("first");
  AppendFile file(directory / "log");
  file.append_line("second");
  EXPECT_EQ(text_of(directory / "log"), "first\nsecond\n");
  AppendFile moved = std::move(file);
  moved.append_line("third");
  EXPECT_EQ(text_of(directory / "log"), "first\nsecond\nthird\n");
}

TEST(AppendFile, IsStoredWhereThatCanBe) {
  const TemporaryDirectory directory;
  AppendFile file(directory / "log");
  file.append_line("first");
  EXPECT_NO_THROW(file.sync());
  EXPECT_EQ(text_of(directory / "log"), "first\n");
  EXPECT_NO_THROW(AppendFile("/dev/null").sync());
}

TEST(SyncParent, NamesADirectoryThatIsNotThere) {
  const TemporaryDirectory directory;
  sync_parent(directory / "file");
  expect_error(ErrorKind::file, {"absent", "No such file"}, [&] { sync_parent(directory / "absent/file"); });
}

TEST(AppendFile, ReportsAFullDisk) {
  expect_error(ErrorKind::file, {"/dev/full", "No space left on device", "Free some space"},
               [] { AppendFile("/dev/full").append_line("text"); });
  const TemporaryDirectory directory;
  AppendFile file(directory / "log");
  const FullDisk full(10);
  expect_error(ErrorKind::file, {"log", "No space left"}, [&] { file.append_line("too long for the disk"); });
}

TEST(AppendFile, NamesAFileItCannotOpen) {
  const TemporaryDirectory directory;
  expect_error(ErrorKind::file, {"absent/log", "No such file"},
               [&] { AppendFile(directory / "absent/log"); });
}

}  // namespace
}  // namespace ganymede::io
