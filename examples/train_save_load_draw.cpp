// Trains the recipe `dense` for an epoch and draws digits with the generator that was saved. Writes run/ and
// digits.png.
#include <ganymede/ganymede.h>

#include <iostream>

int main() {
  using namespace ganymede;
  session::Observer observer;
  observer.say = [](std::string_view line) { std::cout << line << '\n'; };
  session::Start start{.recipe = artifacts::load_recipe("dense"), .out = "run"};
  start.recipe.training.epochs = 1;
  session::Session(start, observer).run({});
  draw::Sampler sampler(artifacts::open_generator("run"));
  io::write_png("digits.png", sampler.sheet(sampler.draw(64).images, 8));
}
