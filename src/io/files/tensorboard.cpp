#include "io/files/tensorboard.h"

#include <fmt/format.h>
#include <tensorboard.pb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <chrono>
#include <cmath>

#include "io/files/crc32c.h"

namespace ganymede::io {

namespace {

namespace pb = ganymede::tensorboard;

static_assert(std::endian::native == std::endian::little, "records are little-endian");

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string file_name() {
  std::array<char, 256> name{};
  const bool known = ::gethostname(name.data(), name.size() - 1) == 0;
  return fmt::format("events.out.tfevents.{:010.0f}.{}.{}", std::floor(now()),
                     known ? name.data() : "localhost", ::getpid());
}

void append_masked_crc(std::string& record, std::string_view part) {
  const std::uint32_t crc = crc32c(std::as_bytes(std::span(part)));
  const std::uint32_t masked = std::rotr(crc, 15) + 0xA282EAD8U;
  record.append(reinterpret_cast<const char*>(&masked), sizeof(masked));
}

void append(AppendFile& file, std::int64_t step, pb::Event event) {
  event.set_wall_time(now());
  event.set_step(step);
  const std::string data = event.SerializeAsString();
  const std::uint64_t size = data.size();
  const std::string_view length(reinterpret_cast<const char*>(&size), sizeof(size));
  std::string record(length);
  append_masked_crc(record, length);
  record += data;
  append_masked_crc(record, data);
  file.append(std::as_bytes(std::span(record)));
}

/// The big-endian number in a PNG's header, whose first chunk begins with width and height.
std::int32_t png_number(std::span<const std::byte> png, std::size_t offset) {
  std::uint32_t number = 0;
  for (const std::byte byte : png.subspan(offset, 4)) {
    number = number << 8 | static_cast<std::uint32_t>(byte);
  }
  return static_cast<std::int32_t>(number);
}

pb::HistogramProto make_histogram(const std::vector<float>& values) {
  constexpr int buckets = 30;
  const auto [least, most] = std::ranges::minmax(values);
  const double low = least;
  const double width = (static_cast<double>(most) - low) / buckets;
  std::array<double, buckets> counts{};
  pb::HistogramProto histogram;
  double sum = 0.0;
  double sum_squares = 0.0;
  for (const float value : values) {
    sum += value;
    sum_squares += static_cast<double>(value) * value;
    const double place = width > 0.0 ? (value - low) / width : 0.0;
    counts[static_cast<std::size_t>(std::min(place, buckets - 1.0))] += 1.0;
  }
  histogram.set_min(low);
  histogram.set_max(most);
  histogram.set_num(static_cast<double>(values.size()));
  histogram.set_sum(sum);
  histogram.set_sum_squares(sum_squares);
  histogram.add_bucket_limit(low);  // so that the first bucket does not begin at minus infinity
  histogram.add_bucket(0.0);
  for (int n = 0; n < buckets; ++n) {
    histogram.add_bucket_limit(n == buckets - 1 ? static_cast<double>(most) : low + (n + 1) * width);
    histogram.add_bucket(counts[static_cast<std::size_t>(n)]);
  }
  return histogram;
}

}  // namespace

EventFile::EventFile(const std::filesystem::path& directory, std::int64_t step)
    : file_(directory / file_name()) {
  pb::Event version;
  version.set_file_version("brain.Event:2");
  append(file_, 0, version);
  if (step > 0) {
    pb::Event start;
    start.mutable_session_log()->set_status(pb::SessionLog::START);
    append(file_, step + 1, start);
  }
}

void EventFile::add_scalars(std::int64_t step, std::span<const Scalar> scalars) {
  pb::Event event;
  for (const Scalar& scalar : scalars) {
    pb::Summary::Value& value = *event.mutable_summary()->add_value();
    value.set_tag(scalar.tag);
    value.set_simple_value(scalar.value);
  }
  append(file_, step, event);
}

void EventFile::add_image(std::int64_t step, const std::string& tag, std::span<const std::byte> png) {
  constexpr std::size_t width_offset = 16;
  constexpr std::size_t colour_type_offset = 25;
  assert(png.size() > colour_type_offset);
  pb::Event event;
  pb::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(tag);
  pb::Summary::Image& image = *value.mutable_image();
  image.set_width(png_number(png, width_offset));
  image.set_height(png_number(png, width_offset + 4));
  image.set_colorspace(png[colour_type_offset] == std::byte{0} ? 1 : 3);
  image.set_encoded_image_string(png.data(), png.size());
  append(file_, step, event);
}

void EventFile::add_histogram(std::int64_t step, const std::string& tag, std::span<const float> values) {
  std::vector<float> finite;
  finite.reserve(values.size());
  std::ranges::copy_if(values, std::back_inserter(finite), [](float value) { return std::isfinite(value); });
  if (finite.empty()) {
    return;
  }
  pb::Event event;
  pb::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(tag);
  *value.mutable_histo() = make_histogram(finite);
  append(file_, step, event);
}

void EventFile::add_text(std::int64_t step, const std::string& tag, std::string_view text) {
  constexpr int tensors = 2;
  constexpr int strings = 7;
  pb::Event event;
  pb::Summary::Value& value = *event.mutable_summary()->add_value();
  value.set_tag(tag);
  value.mutable_metadata()->mutable_plugin_data()->set_plugin_name("text");
  value.mutable_metadata()->set_data_class(tensors);
  pb::TensorProto& tensor = *value.mutable_tensor();
  tensor.set_dtype(strings);
  tensor.mutable_tensor_shape()->add_dim()->set_size(1);
  tensor.add_string_val(text.data(), text.size());
  append(file_, step, event);
}

}  // namespace ganymede::io
