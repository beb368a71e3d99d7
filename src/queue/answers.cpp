#include "queue/answers.h"

#include <nlohmann/json.hpp>

#include <limits>

#include "artifacts/recipe_source.h"
#include "base/error.h"
#include "queue/lessons.h"
#include "serve/form/form.h"
#include "serve/http/answers.h"
#include "serve/http/body.h"
#include "train/recipe/embedded_recipes.h"

namespace ganymede::queue {

namespace {

using Json = nlohmann::ordered_json;
using serve::Answer;
using serve::Request;
using serve::Target;

Json or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json();
}

Json describe_recipes(const TrainingQueue& queue) {
  Json recipes = Json::array();
  for (const train::EmbeddedRecipe& embedded : train::embedded_recipes()) {
    const std::string name(embedded.name);
    const train::Recipe recipe = train::parse_recipe(embedded.text, name);
    recipes.push_back({{"name", name},
                       {"description", recipe.description},
                       {"seconds", or_null(queue.seconds_of(name))},
                       {"values", serve::field_values(recipe)}});
  }
  return recipes;
}

Json describe_lessons() {
  Json described = Json::array();
  for (const Lesson& lesson : lessons()) {
    described.push_back({{"key", lesson.key},
                         {"title", lesson.title},
                         {"sentence", lesson.sentence},
                         {"watch", lesson.watch},
                         {"recipe", lesson.recipe},
                         {"settings", lesson.settings},
                         {"steps", lesson.steps},
                         {"cure", lesson.cure},
                         {"cure_settings", lesson.cure_settings}});
  }
  return described;
}

Json describe(const Waiting& waiting) {
  return {{"id", waiting.id}, {"run", waiting.order.run}, {"recipe", waiting.order.recipe}};
}

Answer list_recipes(const TrainingQueue& queue) {
  return serve::as_json({{"recipes", describe_recipes(queue)},
                         {"default", artifacts::default_recipe},
                         {"fields", serve::describe_fields()},
                         {"lessons", describe_lessons()}});
}

Answer list_trainings(const TrainingQueue& queue) {
  const Standing standing = queue.standing();
  Json waiting = Json::array();
  for (const Waiting& one : standing.waiting) {
    waiting.push_back(describe(one));
  }
  Json failures = Json::array();
  for (const Failure& failure : standing.failures) {
    failures.push_back({{"run", failure.run}, {"why", failure.why}});
  }
  return serve::as_json({{"starting", standing.starting ? standing.starting->run : ""},
                         {"running", standing.running},
                         {"waiting", waiting},
                         {"failures", failures}});
}

Answer add(TrainingQueue& queue, const std::string& body) {
  return serve::as_json(describe(queue.add(read_order(Json::parse(body, nullptr, false)))));
}

Answer preview(TrainingQueue& queue, const std::string& body, const std::string& recipe) {
  Json json = serve::parse_body(body, {"settings", "steps"});
  json["recipe"] = recipe;
  const Preview preview = queue.preview(read_order(json));
  return serve::as_json({{"toml", preview.toml},
                         {"steps", preview.steps},
                         {"seconds", or_null(preview.seconds)},
                         {"values", serve::field_values(preview.recipe)}});
}

Answer remove(TrainingQueue& queue, const std::string& body, const std::string& id) {
  if (serve::parse_body(body, {"command"}).value("command", Json()) != "remove") {
    throw base::Error(
        base::ErrorKind::usage,
        {.where = "the request", .found = "something else", .expected = R"({"command": "remove"})"});
  }
  const std::int64_t number = serve::parse_number(id, "id", 1, std::numeric_limits<std::int64_t>::max());
  return queue.remove(number) ? serve::as_json({{"removed", number}})
                              : serve::say(409, "This training no longer waits.");
}

Answer answer(TrainingQueue& queue, const Request& request, const Target& target) {
  const bool posts = request.method == "POST";
  const bool of_recipes = target.path[1] == "recipes";
  const bool of_one = target.path.size() == 3;
  if (target.path.size() > 3) {
    return serve::not_found("such resource");
  }
  if (!posts) {
    return of_one       ? serve::say(405, "Send this with POST.")
           : of_recipes ? list_recipes(queue)
                        : list_trainings(queue);
  }
  if (of_recipes && !of_one) {
    return serve::say(405, "The list can only be read.");
  }
  return of_recipes ? preview(queue, request.body, target.path[2])
         : of_one   ? remove(queue, request.body, target.path[2])
                    : add(queue, request.body);
}

}  // namespace

serve::Trainings trainings_of(TrainingQueue& queue) {
  return {.running = [&queue] { return queue.standing().running; },
          .control = [&queue](const std::string& run) { return queue.control(run); },
          .answer = [&queue](const Request& request,
                             const Target& target) { return answer(queue, request, target); }};
}

}  // namespace ganymede::queue
