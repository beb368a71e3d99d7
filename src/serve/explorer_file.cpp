#include "serve/explorer_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "artifacts/exports/export.h"
#include "base/error.h"
#include "data/gzip.h"
#include "io/files/file.h"
#include "io/networks/onnx.h"
#include "serve/http/encoding.h"
#include "serve/latent_facts.h"
#include "serve/page.h"

namespace ganymede::serve {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t largest_template = std::size_t{1} << 24;
/// The place of the generator in the template, web/explorer.html.
constexpr std::string_view place = "<!-- generator -->";

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The first file of the page with this end of its path, compressed.
std::string_view page_file(std::string_view ending) {
  const std::span<const PageFile> page = embedded_page();
  const auto file =
      std::ranges::find_if(page, [&](const PageFile& each) { return each.path.ends_with(ending); });
  if (file == page.end()) {
    throw base::Error(base::ErrorKind::configuration,
                      {.where = "--format html",
                       .found = "a program without the web page, which needs npm",
                       .expected = "the page, of which the explorer is a part",
                       .advice = "Run `./ganymede page` in the source, then export again"});
  }
  return file->gzip;
}

/// The facts on the generator for the script; no "<" in them can end the element.
std::string facts_of(const artifacts::SavedGenerator& generator, const std::string& about) {
  const train::Recipe& recipe = generator.info.recipe;
  const bool labelled = net::label_classes(generator.spec) > 0;
  Json facts = {{"name", recipe.name},
                {"about", about},
                {"class_names", labelled ? generator.info.class_names : std::vector<std::string>()}};
  facts.update(latent_facts(recipe));
  std::string text;
  for (const char letter : facts.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    text += letter == '<' ? "\\u003c" : std::string(1, letter);
  }
  return text;
}

std::string element(std::string_view id, std::string_view type, std::string_view text) {
  return fmt::format("<script id=\"{}\" type=\"{}\">{}</script>\n", id, type, text);
}

}  // namespace

std::string to_explorer_html(const artifacts::SavedGenerator& generator, const std::string& about) {
  constexpr std::string_view base64_type = "application/octet-stream;base64";
  const std::vector<std::uint8_t> unpacked =
      data::gunzip(bytes_of(page_file("explorer.html")), largest_template, "explorer.html");
  std::string html(unpacked.begin(), unpacked.end());
  const std::string model = io::to_onnx(generator.spec, generator.weights, {});
  html.replace(html.find(place), place.size(),
               element("facts", "application/json", facts_of(generator, about)) +
                   element("model", base64_type, base64(bytes_of(model))) +
                   element("runtime", base64_type, base64(bytes_of(page_file(".wasm")))));
  return html;
}

artifacts::ExportFormat html_format() {
  return {
      .name = "html",
      .extension = ".html",
      .discriminators = false,
      .write =
          [](const std::filesystem::path& path, const artifacts::SavedNetwork& network,
             const artifacts::ExportOptions&) {
            io::write_file(path, to_explorer_html(network, artifacts::about(network)));
          },
      .verify =
          [](const std::filesystem::path&, const artifacts::CardFacts&) {
            return std::string("only the SHA-256 was compared; open the file in a browser to see its images");
          }};
}

std::vector<artifacts::ExportFormat> export_formats() {
  std::vector<artifacts::ExportFormat> formats = artifacts::export_formats();
  formats.push_back(html_format());
  return formats;
}

}  // namespace ganymede::serve
