#include <memory>
#include <string>

#include "base/host.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/help/command_reference.h"

namespace ganymede::cli {

void add_completion(CLI::App& app, Action& action) {
  CLI::App* verb =
      app.add_subcommand("completion", "Print a script for command-line completion, or the manual page");
  const auto kind = std::make_shared<std::string>();
  expect_one_of(verb->add_option("KIND", *kind, "The shell, or the manual page"),
                {"bash", "zsh", "fish", "man"})
      ->required();
  verb->footer(
      "Examples:\n"
      "  ganymede completion bash > ~/.local/share/bash-completion/completions/ganymede\n"
      "  ganymede completion zsh > ~/.zfunc/_ganymede\n"
      "  ganymede completion fish > ~/.config/fish/completions/ganymede.fish\n"
      "  ganymede completion man > ganymede.1 && man ./ganymede.1");
  verb->callback([&app, &action, kind] {
    action = [&app, kind] {
      const std::vector<VerbReference> commands = describe_commands(app);
      print(*kind == "man" ? manual_page(commands, base::version()) : completion_script(commands, *kind));
      return 0;
    };
  });
}

}  // namespace ganymede::cli
