#include "train/recipe/expression.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "train/recipe/recipe_checks.h"

namespace ganymede::train {

namespace {

constexpr std::int64_t largest_value = 1'000'000'000;
constexpr int deepest_nesting = 20;

bool is_letter(char letter) {
  return std::isalpha(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}
bool is_digit(char letter) {
  return std::isdigit(static_cast<unsigned char>(letter)) != 0;
}

/// Takes the name at the front of a text.
std::string_view take_name(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, [](char c) { return is_letter(c) || is_digit(c); });
  const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(name.size());
  return name;
}

/// A parser by recursive descent: a sum of products of factors.
class Evaluation {
 public:
  Evaluation(std::string_view text, const Variables& variables, const std::string& where)
      : whole_(text), rest_(text), variables_(variables), where_(where) {}

  std::int64_t result() {
    const std::int64_t value = sum();
    if (skip_spaces(); !rest_.empty()) {
      refuse(fmt::format("\"{}\" in \"{}\"", rest_, whole_));
    }
    return value;
  }

 private:
  std::int64_t sum() {
    std::int64_t value = product();
    while (true) {
      if (take('+')) {
        value = checked(value + product());
      } else if (take('-')) {
        value = checked(value - product());
      } else {
        return value;
      }
    }
  }

  std::int64_t product() {
    std::int64_t value = factor();
    while (true) {
      if (take('*')) {
        value = checked(value * factor());
      } else if (take('/')) {
        value = quotient(value, factor());
      } else {
        return value;
      }
    }
  }

  std::int64_t factor() {
    if (++depth_ > deepest_nesting) {
      refuse(fmt::format("more than {} parentheses within each other", deepest_nesting));
    }
    skip_spaces();
    const std::int64_t value = rest_.empty()              ? nothing()
                               : take('(')                ? closed(sum())
                               : is_letter(rest_.front()) ? named()
                                                          : number();
    --depth_;
    return value;
  }

  std::int64_t named() {
    const std::string_view name = take_name(rest_);
    if (name == "min" || name == "max") {
      require('(');
      const std::int64_t first = sum();
      require(',');
      const std::int64_t second = closed(sum());
      return name == "min" ? std::min(first, second) : std::max(first, second);
    }
    const auto found = variables_.find(name);
    if (found == variables_.end()) {
      refuse(fmt::format("the unknown name \"{}\"", name));
    }
    return found->second;
  }

  std::int64_t number() {
    std::int64_t value = 0;
    const auto parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (parsed.ec != std::errc() || !is_digit(rest_.front())) {
      refuse(fmt::format("\"{}\" in \"{}\"", rest_, whole_));
    }
    rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
    return checked(value);
  }

  std::int64_t nothing() const { refuse(fmt::format("an end after \"{}\"", whole_)); }

  std::int64_t quotient(std::int64_t dividend, std::int64_t divisor) const {
    if (divisor == 0) {
      refuse(fmt::format("{} / {} in \"{}\"", dividend, divisor, whole_));
    }
    return dividend / divisor;
  }

  std::int64_t closed(std::int64_t value) {
    require(')');
    return value;
  }

  std::int64_t checked(std::int64_t value) const {
    if (value > largest_value || value < -largest_value) {
      refuse(fmt::format("a number beyond {} in \"{}\"", largest_value, whole_));
    }
    return value;
  }

  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }
  bool take(char letter) {
    skip_spaces();
    const bool there = rest_.starts_with(letter);
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }
  void require(char letter) {
    if (!take(letter)) {
      refuse(fmt::format("no \"{}\" before \"{}\"", letter, rest_));
    }
  }

  [[noreturn]] void refuse(std::string found) const {
    std::vector<std::string_view> names;  // std::views::keys is beyond clang 14
    for (const auto& [name, value] : variables_) {
      names.push_back(name);
    }
    refuse_recipe(
        where_, std::move(found),
        fmt::format("a whole number from + - * / ( ) min max and the names {}", fmt::join(names, ", ")),
        "Correct the recipe");
  }

  std::string_view whole_, rest_;
  const Variables& variables_;
  const std::string& where_;
  int depth_ = 0;
};

}  // namespace

bool uses_variable(std::string_view text, const Variables& variables) {
  while (!text.empty()) {
    if (is_letter(text.front())) {
      if (variables.contains(take_name(text))) {
        return true;
      }
    } else {
      text.remove_prefix(1);
    }
  }
  return false;
}

std::int64_t evaluate(std::string_view text, const Variables& variables, const std::string& where) {
  return Evaluation(text, variables, where).result();
}

}  // namespace ganymede::train
