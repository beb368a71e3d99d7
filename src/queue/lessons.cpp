#include "queue/lessons.h"

namespace ganymede::queue {

namespace {

using train::Ailment;

/// The generator of `dense` without its batch norm.
constexpr const char* no_batch_norm =
    R"(generator.layers=[{kind="dense",units=256},{kind="leaky_relu",slope=0.2},)"
    R"({kind="dense",units=512},{kind="leaky_relu",slope=0.2},)"
    R"({kind="dense",units=1024},{kind="leaky_relu",slope=0.2},)"
    R"({kind="dense",units="height * width * channels"},{kind="tanh"},)"
    R"({kind="reshape",shape=["height","width","channels"]}])";

std::vector<Lesson> make_lessons() {
  return {
      {.key = "strong-discriminator",
       .title = "A discriminator that is too strong",
       .sentence = "The discriminator takes five updates for one of the generator, at fifty times its "
                   "learning rate.",
       .watch = "The discriminator's loss falls as far as its smoothed labels allow, its accuracy goes to "
                "100%, and the generator's loss climbs. The samples stay blurs.",
       .recipe = "dense-small",
       .settings = {"training.discriminator_steps=5", "discriminator_optimizer.learning_rate=5e-3",
                    "generator_optimizer.learning_rate=1e-4"},
       .steps = 600,
       .ailment = Ailment::discriminator_won,
       .cure = "One update each, at the same learning rate",
       .cure_settings = {}},
      {.key = "collapse",
       .title = "A collapse",
       .sentence = "Batches of 1,024 images, of half the size so that it is quick: the generator makes one "
                   "image, whatever its latent point is.",
       .watch = "The samples are all the same, though the losses look healthy. The doctor looks at samples "
                "every 500 steps, and believes a collapse when it lasts for two million images.",
       .recipe = "dense-small",
       .settings = {"images.size=14", "training.batch_size=1024"},
       .steps = 2600,
       .ailment = Ailment::collapse,
       .cure = "Hold down the discriminator's slope at real images (R1)",
       .cure_settings = {"images.size=14", "training.batch_size=1024", "penalty.r1=1"}},
      {.key = "frozen-generator",
       .title = "A frozen generator",
       .sentence =
           "The generator's learning rate is almost zero: it never gets better, and the discriminator "
           "does.",
       .watch = "The generator's loss climbs, and D(G(z)) goes to zero. The samples stay noise.",
       .recipe = "dense-small",
       .settings = {"generator_optimizer.learning_rate=1e-9"},
       .steps = 400,
       .ailment = Ailment::discriminator_won,
       .cure = "Let the generator learn as fast as the discriminator",
       .cure_settings = {}},
      {.key = "swapped-labels",
       .title = "Swapped labels",
       .sentence = "The generator's label is 0 in place of 1: it learns to make images that the "
                   "discriminator calls generated.",
       .watch = "Both networks want the same, so that both losses fall. Then no gradient is left.",
       .recipe = "dense-small",
       .settings = {"objective.generator_label=0"},
       .steps = 600,
       .ailment = Ailment::discriminator_won,
       .cure = "Call generated images real in the generator's loss",
       .cure_settings = {}},
      {.key = "linear-discriminator",
       .title = "A discriminator that is too weak",
       .sentence = "The discriminator is a single layer: it can weigh pixels and see no shapes.",
       .watch = "The generator fools it within a few hundred steps. The discriminator's loss on generated "
                "images rises above that of guessing.",
       .recipe = "dense-small",
       .settings = {R"(discriminator.layers=[{kind="flatten"},{kind="dense",units=1}])"},
       .steps = 600,
       .ailment = Ailment::generator_won,
       .cure = "Give the discriminator its layers back",
       .cure_settings = {}},
      {.key = "high-rates",
       .title = "Learning rates that are too high",
       .sentence = "Both learning rates are 0.1, fifty times the recipe's.",
       .watch = "Within forty steps the generator's loss is a thousand times that of guessing. The pixels of "
                "the samples are black or white.",
       .recipe = "dense-small",
       .settings = {"generator_optimizer.learning_rate=0.1", "discriminator_optimizer.learning_rate=0.1"},
       .steps = 600,
       .ailment = Ailment::explosion,
       .cure = "Lower both learning rates to 0.002",
       .cure_settings = {}},
      {.key = "free-critic",
       .title = "A Wasserstein critic without a constraint",
       .sentence = "The loss is the Wasserstein distance, and nothing keeps the critic's slope down.",
       .watch = "The losses grow without end, since the critic can always answer with larger numbers.",
       .recipe = "dense-small",
       .settings = {"objective.loss=wasserstein"},
       .steps = 600,
       .ailment = Ailment::explosion,
       .cure = "Clip the critic's weights to plus and minus 0.01",
       .cure_settings = {"objective.loss=wasserstein", "discriminator.weight_clip=0.01"}},
      {.key = "no-batch-norm",
       .title = "No batch norm",
       .sentence = "The generator has lost its batch norm, and learns with a rate of 0.005.",
       .watch =
           "Its units are driven to their ends, and the discriminator wins within a few hundred steps. With "
           "batch norm the same rate is survived.",
       .recipe = "dense",
       .settings = {"training.batch_size=32", "generator_optimizer.learning_rate=0.005", no_batch_norm},
       .steps = 800,
       .ailment = Ailment::discriminator_won,
       .cure = "Put batch norm back",
       .cure_settings = {"training.batch_size=32", "generator_optimizer.learning_rate=0.005"}},
  };
}

}  // namespace

std::span<const Lesson> lessons() {
  static const std::vector<Lesson> all = make_lessons();
  return all;
}

}  // namespace ganymede::queue
