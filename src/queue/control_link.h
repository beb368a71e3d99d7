#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "serve/live/control.h"
#include "session/session.h"

namespace ganymede::queue {

/// The command that resumes a stopped run.
std::string resume_command(const runs::RunDirectory& run);
/// The command that resumes a diverged run, with lower learning rates.
std::string calmer_command(const session::Session& session);

/// Lets the page's control lead a session: it hears of steps, keeps the training waiting and asks for
/// changes. What `observer` already does is done first.
void follow(session::Observer& observer, const std::shared_ptr<serve::Control>& control,
            const std::stop_token& stop);

/// Tells the page how the run ended and how to resume it.
void tell(serve::Control& control, const session::End& end, const session::Session& session);

}  // namespace ganymede::queue
