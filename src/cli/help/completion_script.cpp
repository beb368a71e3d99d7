#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "cli/help/command_reference.h"

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

std::string joined(const std::vector<std::string>& words, std::string_view separator = " ") {
  return fmt::format("{}", fmt::join(words, separator));
}

/// What the bash script sets for the value of a flag or an argument.
std::string bash_choices(const FlagReference& flag) {
  return fmt::format("values={}{}", quoted(joined(flag.values)), flag.runs ? " runs=yes" : "");
}

/// The case of a verb: its flags, the values of each, and its arguments.
std::string bash_case(const VerbReference& verb, const std::string& pattern) {
  std::string values;
  std::string arguments;
  for (const FlagReference& flag : verb.flags) {
    if (flag.is_argument()) {
      arguments += bash_choices(flag) + " ";
    } else if (flag.takes_value()) {
      values += fmt::format("        {}) {} ;;\n", joined(flag.names, "|"), bash_choices(flag));
    }
  }
  return fmt::format(
      "    {})\n      flags={}\n      case $previous in\n{}        *) {}proposed=$flags ;;\n      esac ;;\n",
      pattern, quoted(joined(flag_names(verb))), values, arguments);
}

std::string bash(const Commands& commands) {
  std::string cases;
  for (const VerbReference& verb : std::span(commands).subspan(1)) {
    cases += bash_case(verb, verb.name);
  }
  cases += bash_case(commands.front(), "*");
  return fmt::format(
      R"(_ganymede_runs() {{
  local config
  for config in "$1"*/config.toml "$1"*/*/config.toml; do
    if [[ -e $config ]]; then printf '%s\n' "${{config%/config.toml}}"; fi
  done
}}
_ganymede() {{
  local flags='' values='' runs='' proposed='' word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  if [[ $word == = ]]; then word=''; elif [[ $previous == = ]]; then previous=${{COMP_WORDS[COMP_CWORD-2]}}; fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  if ((COMP_CWORD == 1)); then values='{}'; fi
  if [[ $word == -* || ! $values$runs ]]; then values+=" $proposed"; fi
  mapfile -t COMPREPLY < <(compgen -W "$values" -- "$word"; if [[ $runs ]]; then _ganymede_runs "$word"; fi)
}}
complete -o default -F _ganymede ganymede
)",
      cases, joined(verb_names(commands)));
}

/// What the zsh script calls for the value of a flag or an argument.
std::string zsh_choices(const FlagReference& flag) {
  return fmt::format(":{}: _ganymede_value {} {} {}", flag.argument, flag.runs ? "yes" : "no",
                     flag.files || (flag.values.empty() && !flag.runs) ? "yes" : "no", joined(flag.values));
}

std::string zsh_arguments(const VerbReference& verb) {
  std::string text;
  for (const FlagReference& flag : verb.flags) {
    if (flag.is_argument()) {
      text += " \\\n        " + quoted("*" + zsh_choices(flag));
    }
    for (const std::string& name : flag.names) {
      text += " \\\n        " + quoted(fmt::format("{}[", name), "") + quoted(flag.description, "[]:") +
              quoted("]" + (flag.takes_value() ? zsh_choices(flag) : ""));
    }
  }
  return text;
}

std::string zsh(const Commands& commands) {
  std::string verbs;
  std::string cases;
  for (const VerbReference& verb : std::span(commands).subspan(1)) {
    verbs += "    " + quoted(fmt::format("{}:{}", verb.name, verb.description)) + "\n";
    cases += fmt::format("      {})\n        _arguments{} ;;\n", verb.name, zsh_arguments(verb));
  }
  return fmt::format(
      R"(#compdef ganymede
_ganymede_value() {{  # whether runs, whether files, words
  local -a choices=("${{@:3}}")
  if [[ $1 == yes ]]; then
    choices+=(${{PREFIX}}*/config.toml(N:h) ${{PREFIX}}*/*/config.toml(N:h))
  fi
  if (($#choices)); then compadd -a choices; fi
  if [[ $2 == yes ]]; then _files; fi
}}
_ganymede() {{
  local -a verbs=(
{}  )
  if ((CURRENT == 2)); then
    _describe verb verbs
    return
  fi
  local verb=$words[2]
  shift words
  ((CURRENT--))
  case $verb in
{}  esac
}}
compdef _ganymede ganymede
)",
      verbs, cases);
}

/// What fish proposes for the value of a flag or an argument.
std::string fish_choices(const FlagReference& flag) {
  const std::string runs = flag.runs ? "(__ganymede_runs)" : "";
  const std::string all = joined(flag.values) + (flag.values.empty() || runs.empty() ? "" : " ") + runs;
  const bool only_these = !all.empty() && !flag.files;
  return (only_these ? " -x" : " -r") + (all.empty() ? "" : " -a " + quoted(all));
}

std::string fish_flags(const VerbReference& verb, const std::string& condition) {
  std::string text;
  for (const FlagReference& flag : verb.flags) {
    text += "complete -c ganymede -n " + quoted(condition);
    for (const std::string& name : flag.names) {
      text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    text += (flag.takes_value() ? fish_choices(flag) : "") + " -d " + quoted(flag.description, "\\") + "\n";
  }
  return text;
}

std::string fish(const Commands& commands) {
  std::string text =
      R"(function __ganymede_runs
  set -l word (commandline -ct)
  for config in $word*/config.toml $word*/*/config.toml
    string replace -r '/config\.toml$' '' $config
  end
end
)";
  text += fish_flags(commands.front(), "__fish_use_subcommand");
  for (const VerbReference& verb : std::span(commands).subspan(1)) {
    text += fmt::format("complete -c ganymede -n '__fish_use_subcommand' -a {} -d {}\n", verb.name,
                        quoted(verb.description, "\\"));
    text += fish_flags(verb, "__fish_seen_subcommand_from " + verb.name);
  }
  return text;
}

}  // namespace

std::string completion_script(const Commands& commands, const std::string& shell) {
  return shell == "bash" ? bash(commands) : shell == "zsh" ? zsh(commands) : fish(commands);
}

}  // namespace ganymede::cli
