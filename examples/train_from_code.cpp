// Trains the recipe `dense` and draws digits:  example_train_from_code [DIRECTORY WITH MNIST] [STEPS]
// Prints the losses every 20 steps, and writes digits.png.

#include <ganymede/base/threads/team.h>
#include <ganymede/data/dataset.h>
#include <ganymede/io/pictures/grid.h>
#include <ganymede/io/pictures/png.h>
#include <ganymede/train/recipe/embedded_recipes.h>
#include <ganymede/train/sampling.h>
#include <ganymede/train/trainer.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace ganymede;

namespace {

train::Recipe find_recipe(std::string_view name) {
  const auto recipes = train::embedded_recipes();
  const auto found = std::ranges::find(recipes, name, &train::EmbeddedRecipe::name);
  return train::parse_recipe(found->text, std::string(name));
}

void print(const train::Event& event) {
  if (const auto* interval = std::get_if<train::IntervalFinished>(&event)) {
    std::printf("step %5lld ", static_cast<long long>(interval->position.step));
    train::for_each_metric(interval->metrics, [](const char* name, float value) {
      std::printf(" %s %.3f", name, static_cast<double>(value));
    });
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const data::Dataset digits = data::load_dataset(argc > 1 ? argv[1] : "data/mnist");
  const train::Recipe recipe = find_recipe("dense");
  const base::Team team(0);
  const ops::Device device;

  train::Trainer trainer(recipe, digits, device, argc > 2 ? std::stoll(argv[2]) : 2000);
  trainer.subscribe(print);
  trainer.run({});

  constexpr std::int64_t count = 64;
  train::NetworkPair& networks = trainer.model().networks();
  train::ImageMaker maker(networks.generator().spec(), networks.sampling_weights(), device, base::DType::f32,
                          count);
  std::vector<float> images(static_cast<std::size_t>(count * maker.image_shape().elements()));
  maker.make(train::sample_latents(recipe, 42, count), {}, images);
  io::write_png("digits.png", io::make_grid(images, maker.image_shape().with_leading(count), {}));
  std::printf("%lld digits are in digits.png\n", static_cast<long long>(count));
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
