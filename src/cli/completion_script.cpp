#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/command_reference.h"

namespace ganymede::cli {

namespace {

using Commands = std::vector<VerbReference>;

/// `text` between single quotes for the shell, without `also`.
std::string quoted(const std::string& text, std::string_view also = {}) {
  std::string inside;
  for (const char letter : text) {
    if (letter == '\'') {
      inside += "'\\''";
    } else if (also.find(letter) == std::string_view::npos) {
      inside += letter;
    }
  }
  return "'" + inside + "'";
}

std::vector<std::string> flag_names(const VerbReference& verb) {
  std::vector<std::string> names;
  for (const FlagReference& flag : verb.flags) {
    names.insert(names.end(), flag.names.begin(), flag.names.end());
  }
  return names;
}

std::vector<std::string> verb_names(const Commands& commands) {
  std::vector<std::string> names;
  std::ranges::transform(commands.begin() + 1, commands.end(), std::back_inserter(names),
                         &VerbReference::name);
  return names;
}

std::string bash(const Commands& commands) {
  std::string cases;
  for (const VerbReference& verb : commands) {
    cases += fmt::format("    {}) flags={} ;;\n", &verb == &commands.front() ? "*" : verb.name,
                         quoted(fmt::format("{}", fmt::join(flag_names(verb), " "))));
  }
  // The program itself stands first and must be the last case.
  const std::size_t first_line = cases.find('\n') + 1;
  std::rotate(cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(first_line), cases.end());
  return fmt::format(
      "_ganymede() {{\n"
      "  local flags word=${{COMP_WORDS[COMP_CWORD]}}\n"
      "  case ${{COMP_WORDS[1]}} in\n{}  esac\n"
      "  if ((COMP_CWORD == 1)); then flags+=' {}'; fi\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\")\n"
      "}}\n"
      "complete -o default -F _ganymede ganymede\n",
      cases, fmt::join(verb_names(commands), " "));
}

std::string zsh_flags(const VerbReference& verb) {
  std::string text;
  for (const FlagReference& flag : verb.flags) {
    for (const std::string& name : flag.names) {
      const std::string value = flag.argument.empty() ? "" : fmt::format(":{}:_files", flag.argument);
      text += " \\\n        " + quoted(fmt::format("{}[", name), "") + quoted(flag.description, "[]:") +
              quoted("]" + value);
    }
  }
  return text;
}

std::string zsh(const Commands& commands) {
  std::string verbs;
  std::string cases;
  for (const VerbReference& verb : commands) {
    if (&verb != &commands.front()) {
      verbs += "    " + quoted(fmt::format("{}:{}", verb.name, verb.description)) + "\n";
      cases += fmt::format("      {})\n        _arguments{} \\\n        '*:file:_files' ;;\n", verb.name,
                           zsh_flags(verb));
    }
  }
  return fmt::format(
      "#compdef ganymede\n"
      "_ganymede() {{\n"
      "  local -a verbs=(\n{}  )\n"
      "  if ((CURRENT == 2)); then\n    _describe verb verbs\n    return\n  fi\n"
      "  local verb=$words[2]\n  shift words\n  ((CURRENT--))\n"
      "  case $verb in\n{}  esac\n"
      "}}\n"
      "compdef _ganymede ganymede\n",
      verbs, cases);
}

std::string fish(const Commands& commands) {
  std::string text;
  for (const VerbReference& verb : commands) {
    const bool program = &verb == &commands.front();
    const std::string condition =
        quoted(program ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + verb.name);
    if (!program) {
      text += fmt::format("complete -c ganymede -n '__fish_use_subcommand' -a {} -d {}\n", verb.name,
                          quoted(verb.description, "\\"));
    }
    for (const FlagReference& flag : verb.flags) {
      if (flag.names.empty()) {
        continue;
      }
      text += "complete -c ganymede -n " + condition;
      for (const std::string& name : flag.names) {
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      text += (flag.argument.empty() ? " -d " : " -r -d ") + quoted(flag.description, "\\") + "\n";
    }
  }
  return text;
}

}  // namespace

std::string completion_script(const Commands& commands, const std::string& shell) {
  return shell == "bash" ? bash(commands) : shell == "zsh" ? zsh(commands) : fish(commands);
}

}  // namespace ganymede::cli
