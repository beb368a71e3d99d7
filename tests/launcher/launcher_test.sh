#!/usr/bin/env bash
# What the launcher does on machines of other people: it runs in a tree of its own, where PATH has nothing but fake tools.
# launcher_test.sh LAUNCHER
set -euo pipefail
launcher=$(readlink -f -- "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
tree=$place/tree
tools=$place/tools

fake() { # NAME, the script on standard input
  { echo '#!/bin/bash' && cat; } >"$tools/$1"
  chmod +x "$tools/$1"
}

node_of_version() {
  # As Node.js 20 does, it refuses a program that ends with something other than a number.
  fake node <<<"[[ \$1 == --version ]] || { echo 'TypeError [ERR_INVALID_ARG_TYPE]' >&2; exit 7; }; echo v$1"
}

# A machine with all that a build needs, Node.js 20 and npm, and a fresh clone on it.
set_up() {
  local tool
  rm -rf "$tree" "$tools"
  mkdir -p "$tools" "$tree"/{src,recipes,cmake,web/src,web/public,build/onednn/lib}
  for tool in awk bash cat chmod cmp cp cut env find flock grep mkdir mv nproc readlink rm sed tail touch uname; do
    ln -s "$(command -v "$tool")" "$tools/$tool"
  done
  for tool in ninja pkg-config gnuplot dot protoc; do fake "$tool" <<<'exit 0'; done
  fake g++ <<<'echo 12'
  fake id <<<'echo 0'
  fake apt-get <<<'echo "apt-get $*" >>"${0%/*}/../calls"'
  node_of_version 20.20.2
  fake npm <<'SCRIPT'
[[ $1 == ci ]] || exit 1
mkdir -p node_modules/vite/bin
touch node_modules/vite/bin/vite.js node_modules/.package-lock.json
SCRIPT
  # The page is built where its tools are, as cmake/Page.cmake has it.
  fake cmake <<'SCRIPT'
[[ $1 == --build ]] || exit 0
mkdir -p "$2/src"
printf '#!/bin/bash\necho "the program ran: $*"\n' >"$2/ganymede"
chmod +x "$2/ganymede"
: >"$2/src/embedded_page.cpp"
if [[ -e web/node_modules/vite/bin/vite.js || -e $2/../../web/node_modules/vite/bin/vite.js ]]; then
  echo 'PageFile{"index.html", {}},' >"$2/src/embedded_page.cpp"
fi
SCRIPT
  cp "$launcher" "$tree/ganymede"
  cp "${launcher%/*}/web/package.json" "$tree/web/"
  touch "$tree/web/package-lock.json" "$tree/CMakeLists.txt" "$tree/CMakePresets.json" "$tree/build/onednn/lib/libdnnl.so.3"
  rm -f "$place/calls"
}

# Runs the launcher as somebody would; sets status, output and errors.
launch() {
  status=0
  output=$(cd "$tree" && env -i HOME="$place" PATH="$tools" ./ganymede "$@" 2>"$place/errors") || status=$?
  errors=$(<"$place/errors")
}

fail() {
  printf '%s: %s\nstatus %s, output: %s\nerrors:\n%s\n' "$current" "$*" "$status" "$output" "$errors" >&2
  exit 1
}
expect_status() { [[ $status == "$1" ]] || fail "status $1 expected"; }
expect_ran() { expect_status 0 && [[ $output == "the program ran: $*" ]] || fail "the program should run with: $*"; }
expect_said() { [[ $errors == *"$1"* ]] || fail "should say: $1"; }
expect_said_last() { [[ ${errors##*$'\n'} == *"$1"* ]] || fail "should say at its end: $1"; }
expect_not_said() { [[ $errors != *"$1"* ]] || fail "should not say: $1"; }

plain_train_with_node_20_builds_the_page() {
  launch train dense
  expect_ran train dense
  expect_said 'what builds the web page'
  expect_not_said 'without the web page'
  [[ -e $tree/web/node_modules/vite/bin/vite.js ]] || fail 'npm should have fetched Vite'
}

the_node_of_this_machine_counts_as_what_it_is() {
  local node
  node=$(command -v node) || { echo "skipped: this machine has no Node.js" && return; }
  ln -sf "$node" "$tools/node"
  launch train
  expect_ran train
  if (($(node -p 'parseInt(process.versions.node)') >= 18)); then
    expect_not_said 'without the web page'
  else
    expect_said_last 'without the web page'
  fi
}

an_old_node_is_named_at_the_end_of_a_build_without_the_page() {
  node_of_version 12.22.9
  launch train
  expect_ran train
  expect_said_last 'without the web page'
  expect_said_last 'v12.22.9'
  launch page
  expect_status 1
  expect_said_last 'v12.22.9'
}

a_missing_npm_is_named_at_the_end_of_a_build_without_the_page() {
  rm "$tools/npm"
  launch train
  expect_ran train
  expect_said_last 'without the web page'
  expect_said_last 'npm is not installed'
}

a_node_that_cannot_run_is_named_with_what_it_said() {
  fake node <<<'echo "node: cannot load libnode" >&2; exit 127'
  launch train
  expect_ran train
  expect_said 'cannot load libnode'
  expect_said_last 'without the web page'
}

an_npm_that_fails_leaves_the_page_out_and_shows_why() {
  fake npm <<<'echo "npm error network" >&2; exit 1'
  launch train
  expect_ran train
  expect_said 'npm error network'
  expect_said_last 'without the web page'
  launch page
  expect_status 1
  expect_said 'npm error network'
}

without_install_the_page_is_left_out_and_that_is_said() {
  launch --no-install train
  expect_ran train
  expect_said_last 'without the web page'
  expect_said_last '--no-install'
  launch page
  expect_status 0
  launch train
  expect_ran train
  [[ -z $errors ]] || fail 'should have nothing to do'
}

# A machine without npm, which apt-get can install.
leave_npm_to_apt_get() {
  mv "$tools/npm" "$place/npm"
  fake apt-get <<<'if [[ $* == *" install "*npm* ]]; then mv "${0%/*}/../npm" "${0%/*}/"; fi'
}
# The same with a program that was built there.
build_without_npm() {
  leave_npm_to_apt_get
  launch train
  expect_ran train
  expect_said_last 'without the web page'
}

what_needs_the_page_installs_npm_and_builds_it_once() { # ARGUMENT...
  build_without_npm
  launch "$@"
  expect_ran "$@"
  expect_said 'fetches the tools that build the web page'
  expect_not_said 'without the web page'
  [[ -e $tree/web/node_modules/vite/bin/vite.js ]] || fail 'npm should have fetched Vite'
  launch "$@"
  expect_ran "$@"
  [[ -z $errors ]] || fail 'should have nothing to do'
}
a_machine_without_npm_gets_it_for_play() { what_needs_the_page_installs_npm_and_builds_it_once play; }
a_machine_without_npm_gets_it_for_serve() { what_needs_the_page_installs_npm_and_builds_it_once serve runs; }
a_machine_without_npm_gets_it_for_a_training_with_its_page() {
  what_needs_the_page_installs_npm_and_builds_it_once train dense --serve
}

a_fresh_machine_plays_with_the_page() {
  leave_npm_to_apt_get
  launch play
  expect_ran play
  expect_not_said 'without the web page'
}

a_machine_whose_node_is_too_old_for_the_page_does_not_play() {
  node_of_version 12.22.9
  launch play
  expect_status 1
  expect_said_last 'v12.22.9'
}

a_machine_without_npm_explains_play_without_it() {
  build_without_npm
  launch play --help
  expect_ran play --help
  [[ ! -e $tools/npm ]] || fail 'should not install npm'
}

without_install_what_needs_the_page_goes_on_without_it() {
  build_without_npm
  launch --no-install play
  expect_ran play
}

the_archive_is_made_with_the_page() {
  fake cpack <<<'mkdir -p "$6/_CPack_Packages" && : >"$6/ganymede.tar.gz"'
  launch archive
  expect_status 0
  expect_said 'what builds the web page'
  expect_said_last 'made '
  [[ $(cd "$tree/build/archive" && echo *) == ganymede.tar.gz ]] || fail 'should leave the archive alone in build/archive'
}

an_archive_that_cpack_cannot_make_is_an_error() {
  fake cpack <<<'echo "CPack Error: no such library"; exit 1'
  launch archive
  expect_status 1
  expect_said 'no such library'
}

sudo_is_announced_before_it_is_used() {
  rm "$tools/dot"
  fake id <<<'echo 1000'
  fake sudo <<<'echo "sudo asks for a password" >&2; exec "$@"'
  launch train
  expect_ran train
  expect_said 'sudo'
  expect_said 'graphviz'
  grep -q 'apt-get .*install .*graphviz' "$place/calls" || fail 'graphviz should be installed'
  rm "$tools/sudo" "$tree/build/release/.stamp"
  launch train
  expect_status 1
  expect_said_last 'apt-get install graphviz'
}

for current in $(compgen -A function | grep -E '^(plain|the|an?|without|sudo)_'); do
  set_up
  "$current"
  printf 'ok %s\n' "$current"
done
