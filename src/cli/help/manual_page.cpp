#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/help/command_reference.h"

namespace ganymede::cli {

namespace {

/// Text as roff takes it: backslashes and hyphens escaped, no line that begins with a request.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    const bool line_begins = result.empty() || result.back() == '\n';
    if (letter == '\\') {
      result += "\\e";
    } else if (letter == '-') {
      result += "\\-";
    } else if (line_begins && (letter == '.' || letter == '\'')) {
      result += std::string("\\&") + letter;
    } else {
      result += letter;
    }
  }
  return result;
}

std::string flags(const VerbReference& verb) {
  std::string text;
  for (const FlagReference& flag : verb.flags) {
    std::vector<std::string> names;
    for (const std::string& name : flag.names) {
      names.push_back("\\fB" + escaped(name) + "\\fR");
    }
    const std::string argument = flag.argument.empty() ? "" : "\\fI" + escaped(flag.argument) + "\\fR";
    text += fmt::format(".TP\n{}{}{}\n{}\n", fmt::join(names, ", "),
                        names.empty() || argument.empty() ? "" : " ", argument, escaped(flag.description));
  }
  return text;
}

std::string footer(const VerbReference& verb) {
  return verb.footer.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", escaped(verb.footer));
}

}  // namespace

std::string manual_page(const std::vector<VerbReference>& commands, const std::string& version) {
  const VerbReference& program = commands.front();
  std::string text = fmt::format(
      ".TH GANYMEDE 1 \"\" \"ganymede {0}\" \"User Commands\"\n"
      ".SH NAME\nganymede \\- {1}\n"
      ".SH SYNOPSIS\n.B ganymede\n.I VERB\n[\\fIflags\\fR]\n"
      ".SH OPTIONS\n{2}{3}.SH VERBS\n",
      escaped(version), escaped(program.description), flags(program), footer(program));
  for (auto verb = commands.begin() + 1; verb != commands.end(); ++verb) {
    text += fmt::format(".SS ganymede {}\n{}.\n{}{}", escaped(verb->name), escaped(verb->description),
                        flags(*verb), footer(*verb));
  }
  return text;
}

}  // namespace ganymede::cli
