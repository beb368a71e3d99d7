#pragma once

#include "queue/training_queue.h"
#include "serve/live/trainings.h"

namespace ganymede::queue {

/// What a site needs of a queue, which must outlive it. A body with another key than these is refused:
/// | request | answer |
/// |---|---|
/// | GET /api/recipes | the recipes with their fields' values and their time, the fields, the lessons |
/// | POST /api/recipes/NAME | {"settings": ["KEY=VALUE", ...], "steps"}: its TOML, steps and time |
/// | GET /api/trainings | the run that starts, the one that trains, those that wait, those that failed |
/// | POST /api/trainings | {"recipe", "settings", "run", "steps"}: queues it; its id and its run's name |
/// | POST /api/trainings/ID | {"command": "remove"}: takes it out of the queue |
serve::Trainings trainings_of(TrainingQueue& queue);

}  // namespace ganymede::queue
