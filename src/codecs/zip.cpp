#include "codecs/zip.h"

#include <fmt/format.h>
#include <zip.h>

#include <new>
#include <stdexcept>
#include <utility>

#include "base/refusal.h"

namespace ganymede::codecs {

namespace {

// Deflate makes at most 1032 bytes of one.
constexpr std::uint64_t max_expansion = 1032;

constexpr base::Refusal refuse{base::ErrorKind::file, "Fetch or write the file again"};

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

/// The text of an error that libzip reports beside its result.
struct Report {
  zip_error_t error{};

  Report() { zip_error_init(&error); }
  ~Report() { zip_error_fini(&error); }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  std::string text() { return zip_error_strerror(&error); }
};

void require_written(bool done, zip_t* archive) {
  if (!done) {
    throw std::runtime_error(fmt::format("libzip: {}", zip_error_strerror(zip_get_error(archive))));
  }
}

}  // namespace

struct ZipArchive::Handle {
  std::unique_ptr<zip_t, Discard> archive;
};

ZipArchive::ZipArchive(std::span<const std::byte> bytes, std::string where)
    : where_(std::move(where)), archive_bytes_(bytes.size()) {
  constexpr zip_int64_t most_members = 10'000;
  Report report;
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &report.error);
  if (source == nullptr) {
    throw std::bad_alloc();
  }
  std::unique_ptr<zip_t, Discard> archive(zip_open_from_source(source, ZIP_RDONLY, &report.error));
  if (!archive) {
    zip_source_free(source);  // which an archive that opens takes over
    refuse(where_, fmt::format("\"{}\"", report.text()), "a zip archive");
  }
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count < 1 || count > most_members) {
    refuse(where_, fmt::format("{} members", count), fmt::format("one to {}", most_members));
  }
  for (zip_int64_t index = 0; index < count; ++index) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(archive.get(), static_cast<zip_uint64_t>(index), ZIP_FL_ENC_RAW, &stat) != 0 ||
        (stat.valid & needed) != needed) {
      refuse(where_, fmt::format("a member {} without a name or size", index), "a sound archive");
    }
    members_.push_back({stat.name, stat.size, stat.comp_size});
  }
  handle_ = std::make_unique<Handle>(Handle{std::move(archive)});
}

ZipArchive::~ZipArchive() = default;

std::vector<std::byte> ZipArchive::read(std::size_t index, std::size_t max_bytes) const {
  const ZipMember& member = members_[index];
  const std::string where = where_ + ": " + member.name;
  if (member.size > max_bytes) {
    refuse(where, fmt::format("{} bytes when unpacked", member.size), fmt::format("at most {}", max_bytes));
  }
  if (member.packed_size > archive_bytes_ || member.size / max_expansion > member.packed_size) {
    refuse(where,
           fmt::format("{} bytes that are to be unpacked to {}, in an archive of {}", member.packed_size,
                       member.size, archive_bytes_),
           "a sound archive");
  }
  const std::unique_ptr<zip_file_t, Discard> file(zip_fopen_index(handle_->archive.get(), index, 0));
  if (!file) {
    refuse(where, fmt::format("\"{}\"", zip_error_strerror(zip_get_error(handle_->archive.get()))),
           "a member to read");
  }
  std::vector<std::byte> bytes(member.size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const zip_int64_t read = zip_fread(file.get(), bytes.data() + done, bytes.size() - done);
    if (read <= 0) {
      refuse(where, "a member that is corrupt or cut off", "a sound one");
    }
    done += static_cast<std::size_t>(read);
  }
  std::byte beyond{};
  if (zip_fread(file.get(), &beyond, 1) != 0) {  // which also compares the checksum
    refuse(where, "a member that is corrupt or longer than stated", "a sound one");
  }
  return bytes;
}

std::vector<std::byte> encode_zip(std::span<const ZipContents> members) {
  constexpr zip_uint16_t midnight = 0;
  constexpr zip_uint16_t first_day = 1 << 5 | 1;  // of 1980, with which zip begins
  Report report;
  const std::unique_ptr<zip_source_t, Discard> written(
      zip_source_buffer_create(nullptr, 0, 0, &report.error));
  if (!written) {
    throw std::bad_alloc();
  }
  zip_source_keep(written.get());
  std::unique_ptr<zip_t, Discard> archive(
      zip_open_from_source(written.get(), ZIP_CREATE | ZIP_TRUNCATE, &report.error));
  if (!archive) {
    zip_source_free(written.get());
    throw std::runtime_error("libzip: " + report.text());
  }
  for (const ZipContents& member : members) {
    zip_source_t* source = zip_source_buffer(archive.get(), member.bytes.data(), member.bytes.size(), 0);
    require_written(source != nullptr, archive.get());
    const zip_int64_t index = zip_file_add(archive.get(), member.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
    }
    require_written(index >= 0, archive.get());
    zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(index), midnight, first_day, 0);
  }
  require_written(zip_close(archive.get()) == 0, archive.get());
  static_cast<void>(archive.release());  // closed

  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(written.get(), &stat) != 0 || zip_source_open(written.get()) != 0) {
    throw std::runtime_error("libzip: the archive cannot be read back");
  }
  std::vector<std::byte> bytes(stat.size);
  const zip_int64_t read = zip_source_read(written.get(), bytes.data(), bytes.size());
  zip_source_close(written.get());
  if (read != static_cast<zip_int64_t>(bytes.size())) {
    throw std::runtime_error("libzip: the archive cannot be read back");
  }
  return bytes;
}

}  // namespace ganymede::codecs
