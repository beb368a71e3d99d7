#include "io/files/safetensors.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>
#include <utility>

#include "base/refusal.h"
#include "base/sha256.h"
#include "io/files/file.h"

namespace ganymede::io {

namespace {

using Json = nlohmann::ordered_json;
static_assert(std::endian::native == std::endian::little);

constexpr std::size_t length_size = 8;
constexpr std::size_t max_header_bytes = 100'000'000;         // as in the reference implementation
constexpr std::int64_t max_elements = std::int64_t{1} << 40;  // as in Shape
constexpr int max_depth = 3;                                  // of the header: tensors, attributes, sizes
constexpr const char* metadata_key = "__metadata__";
constexpr const char* digest_key = "sha256";
const std::string no_digest(64, '0');

constexpr base::Refusal refuse{base::ErrorKind::file,
                               "The file is damaged or of another kind; use another copy"};

/// The bytes of the header that hold the digest.
std::size_t digest_position(std::string_view header, const std::string& digest) {
  const std::string key = fmt::format("\"{}\":\"", digest_key);
  const std::size_t found = header.find(key + digest + '"');
  return found == std::string_view::npos ? found : found + key.size();
}

std::string make_header(std::span<const Tensor> tensors, const Metadata& metadata) {
  Json header;
  header[metadata_key] = metadata;
  header[metadata_key][digest_key] = no_digest;
  std::size_t offset = 0;
  for (const Tensor& tensor : tensors) {
    assert(tensor.values.size() == static_cast<std::size_t>(tensor.shape.elements()));
    const std::size_t end = offset + tensor.values.size_bytes();
    header[tensor.name] = {
        {"dtype", "F32"}, {"shape", tensor.shape.sizes()}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // aligns the values
  return text;
}

/// Where an entry of the header puts a tensor in the data.
struct Place {
  std::string name;
  base::Shape shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Parses the header, in which no name may occur twice and nothing may be nested deeper than the format does.
Json parse_header(std::string_view text, const std::string& where) {
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > max_depth) {
      refuse(where, fmt::format("a header nested {} deep", depth), fmt::format("at most {}", max_depth));
    }
    if (event == Json::parse_event_t::object_start) {
      names.emplace_back();
    } else if (event == Json::parse_event_t::object_end) {
      names.pop_back();
    } else if (event == Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second) {
      refuse(where, fmt::format("the name {} twice", value.dump()), "each name once");
    }
    return true;
  };
  try {
    Json header = Json::parse(text, watch);
    if (header.is_object()) {
      return header;
    }
  } catch (const Json::exception&) {
    refuse(where, "a header that is not JSON", "the header of a safetensors file");
  }
  refuse(where, "a header that is no JSON object", "the header of a safetensors file");
}

Metadata read_metadata(const Json& value, const std::string& where) {
  const bool strings =
      value.is_object() && std::ranges::all_of(value, [](const Json& entry) { return entry.is_string(); });
  if (!strings) {
    refuse(where, fmt::format("a {} that is no object of strings", metadata_key), "texts with names");
  }
  return value.get<Metadata>();
}

bool is_list_of_unsigned(const Json& value) {
  return value.is_array() &&
         std::ranges::all_of(value, [](const Json& item) { return item.is_number_unsigned(); });
}

base::Shape read_shape(const Json& value, const std::string& where) {
  std::vector<std::int64_t> sizes;
  std::int64_t elements = 1;
  bool sound = is_list_of_unsigned(value) && value.size() <= base::Shape::max_rank;
  for (std::size_t axis = 0; sound && axis < value.size(); ++axis) {
    const auto size = value[axis].get<std::uint64_t>();
    sound = size >= 1 && size <= static_cast<std::uint64_t>(max_elements / elements);
    if (sound) {
      sizes.push_back(static_cast<std::int64_t>(size));
      elements *= sizes.back();
    }
  }
  if (!sound) {
    refuse(where, fmt::format("the shape {}", value.dump()),
           fmt::format("at most {} positive sizes", base::Shape::max_rank));
  }
  return base::Shape(sizes);
}

Place read_place(const std::string& name, const Json& value, const std::string& where) {
  const auto attribute = [&](const char* key) {
    return value.is_object() && value.contains(key) ? value[key] : Json();
  };
  if (attribute("dtype") != "F32") {
    refuse(where, fmt::format("the dtype {}", attribute("dtype").dump()), "\"F32\", 32-bit floats",
           "Convert the tensors to float32");
  }
  const Json offsets = attribute("data_offsets");
  if (!is_list_of_unsigned(offsets) || offsets.size() != 2) {
    refuse(where, fmt::format("the data_offsets {}", offsets.dump()), "a begin and an end");
  }
  Place place{name, read_shape(attribute("shape"), where), offsets[0], offsets[1]};
  const auto bytes = static_cast<std::uint64_t>(place.shape.elements()) * sizeof(float);
  if (place.begin > place.end || place.end - place.begin != bytes) {
    refuse(where, fmt::format("the data_offsets {}", offsets.dump()),
           fmt::format("{} bytes for the shape {}", bytes, place.shape.to_string()));
  }
  return place;
}

/// Sorts the tensors by place and refuses overlaps, holes, and data that belongs to none.
void check_places(std::vector<Place>& places, std::size_t data_bytes, const std::string& where) {
  std::ranges::sort(places, {}, &Place::begin);
  std::uint64_t end = 0;
  for (const Place& place : places) {
    if (place.begin != end || place.end > data_bytes) {
      refuse(fmt::format("{}: tensor \"{}\"", where, place.name),
             fmt::format("bytes {} to {} of the data", place.begin, place.end),
             fmt::format("a beginning at {} and an end within {}", end, data_bytes));
    }
    end = place.end;
  }
  if (end != data_bytes) {
    refuse(where, fmt::format("{} bytes of data", data_bytes),
           fmt::format("{} for the tensors of the header", end));
  }
}

/// The digest of a file with this header as it is with zeros in place of `digest`.
std::string digest_without(std::span<const std::byte> bytes, std::string_view header,
                           const std::string& digest) {
  const std::size_t position = digest_position(header, digest);
  std::vector<std::byte> blank(bytes.begin(), bytes.end());
  if (position != std::string_view::npos && digest.size() == no_digest.size()) {
    std::memcpy(blank.data() + length_size + position, no_digest.data(), no_digest.size());
  }
  return base::sha256(blank);
}

void check_digest(std::span<const std::byte> bytes, std::string_view header, const std::string& digest,
                  const std::string& where) {
  if (const std::string computed = digest_without(bytes, header, digest); computed != digest) {
    refuse(where, fmt::format("contents with the SHA-256 {}", computed), fmt::format("{} as stored", digest),
           "The file was damaged or edited; use another copy");
  }
}

/// How many bytes of header the file says that it has; none where it is too short to say.
std::optional<std::uint64_t> header_length(std::span<const std::byte> bytes) {
  std::uint64_t length = 0;
  if (bytes.size() < length_size) {
    return std::nullopt;
  }
  std::memcpy(&length, bytes.data(), length_size);
  return length;
}

/// The header of a file's contents; nothing if they are too short for it.
std::optional<std::string_view> header_of(std::span<const std::byte> bytes) {
  const std::optional<std::uint64_t> length = header_length(bytes);
  if (!length || *length > bytes.size() - length_size || *length > max_header_bytes) {
    return std::nullopt;
  }
  return std::string_view(reinterpret_cast<const char*>(bytes.data()) + length_size, *length);
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const Tensor> tensors,
                       const Metadata& metadata) {
  std::set<std::string_view> names = {metadata_key};
  std::size_t data_bytes = 0;
  for (const Tensor& tensor : tensors) {
    data_bytes += tensor.values.size_bytes();
    if (!names.insert(tensor.name).second) {
      refuse(path.string(), fmt::format("the tensor name \"{}\" twice", tensor.name), "each name once",
             "Rename a layer");
    }
  }
  const std::string header = make_header(tensors, metadata);
  const std::uint64_t length = header.size();

  std::string file;
  file.reserve(length_size + header.size() + data_bytes);
  file.append(reinterpret_cast<const char*>(&length), length_size);
  file += header;
  for (const Tensor& tensor : tensors) {
    file.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size_bytes());
  }
  file.replace(length_size + digest_position(header, no_digest), no_digest.size(),
               base::sha256(std::as_bytes(std::span(file))));
  write_file(path, file);
}

bool has_own_digest(std::span<const std::byte> bytes) {
  const std::optional<std::string_view> header = header_of(bytes);
  const std::string key = fmt::format("\"{}\":\"", digest_key);
  for (std::size_t found = header ? header->find(key) : std::string_view::npos;
       found != std::string_view::npos; found = header->find(key, found + 1)) {
    const std::string digest(header->substr(found + key.size()).substr(0, no_digest.size()));
    if (digest_without(bytes, *header, digest) == digest) {
      return true;
    }
  }
  return false;
}

Metadata read_safetensors_metadata(const std::filesystem::path& path) {
  constexpr std::size_t most = 1 << 20;
  std::vector<std::byte> beginning(most);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(beginning.data()), most);
  beginning.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  const std::optional<std::string_view> text = header_of(beginning);
  if (!text) {
    refuse(path.string(), fmt::format("no header within {} bytes", beginning.size()), "a safetensors file");
  }
  const Json header = parse_header(*text, path.string());
  const auto found = header.find(metadata_key);
  Metadata metadata = found == header.end() ? Metadata{} : read_metadata(*found, path.string());
  metadata.erase(std::string(digest_key));
  return metadata;
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path& path) {
  return parse(read_file(path, max_safetensors_bytes), path.string());
}

SafetensorsFile SafetensorsFile::parse(std::span<const std::byte> bytes, const std::string& where) {
  const std::optional<std::string_view> text = header_of(bytes);
  if (!text) {
    const std::optional<std::uint64_t> length = header_length(bytes);
    refuse(where,
           length ? fmt::format("a header of {} bytes in a file of {}", *length, bytes.size())
                  : fmt::format("{} bytes without a header", bytes.size()),
           "a safetensors file");
  }
  const auto data = bytes.subspan(length_size + text->size());

  SafetensorsFile file;
  file.where_ = where;
  std::vector<Place> places;
  const Json header = parse_header(*text, where);
  for (const auto& [name, value] : header.items()) {
    if (name == metadata_key) {
      file.metadata_ = read_metadata(value, where);
    } else {
      places.push_back(read_place(name, value, fmt::format("{}: tensor \"{}\"", where, name)));
    }
  }
  check_places(places, data.size(), where);
  if (const auto digest = file.metadata_.find(digest_key); digest != file.metadata_.end()) {
    check_digest(bytes, *text, digest->second, where);
    file.metadata_.erase(digest);
    file.has_digest_ = true;
  }
  file.values_.resize(data.size() / sizeof(float));
  if (!data.empty()) {  // memory of no elements may be null, which memcpy must not be given
    std::ranges::copy(data, std::as_writable_bytes(std::span(file.values_)).begin());
  }
  for (Place& place : places) {
    file.tensors_.push_back(
        {std::move(place.name), place.shape,
         std::span(file.values_).subspan(place.begin / sizeof(float), place.shape.elements())});
  }
  return file;
}

const Tensor* SafetensorsFile::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &Tensor::name);
  return found == tensors_.end() ? nullptr : &*found;
}

const Tensor& SafetensorsFile::tensor(std::string_view name) const {
  if (const Tensor* found = find(name)) {
    return *found;
  }
  refuse(where_, fmt::format("no tensor \"{}\"", name), "one of that name",
         "Use the file of a matching network");
}

}  // namespace ganymede::io
