#include <ganymede/train/recipe/embedded_recipes.h>
#include <ganymede/train/trainer.h>

#include <cstdio>

int main() {
  using namespace ganymede;
  const data::Dataset digits = data::load_dataset(MNIST_DIRECTORY);
  const ops::Device device;
  const train::Recipe recipe =
      train::parse_recipe(train::embedded_recipes().front().text, "the first recipe");
  train::Trainer trainer(recipe, digits, device, 2);
  trainer.run({});
  std::printf("trained for %lld steps\n", static_cast<long long>(trainer.position().step));
}
