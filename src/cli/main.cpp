#include "cli/app.h"

int main(int argc, char** argv) {
  return ganymede::cli::run(argc, argv);
}
