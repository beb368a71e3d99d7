// Starts trainings: a form beside the recipe that it makes, the queue, and lessons that break a GAN.

import { listTrainings, previewRecipe, readForm, removeTraining, type Form, type Lesson, type RunList, type Trainings } from "../api";
import { field, h, isAbort, problem } from "../dom";
import { Fields } from "../fields";
import { grouped } from "../format";
import { startAndShow } from "../starting";

const secondsBetweenLooks = 1;
const typingPause = 300; // milliseconds

export function beginView(runs: RunList, signal: AbortSignal): HTMLElement {
  const page = h("div", { class: "begin" }, h("h1", {}, "Begin a training"));
  if (!runs.starts) {
    page.append(h("p", { class: "lead" }, "This program shows a run that was started in a terminal. To start runs from the page: ", h("code", {}, "ganymede play")));
    return page;
  }
  readForm(signal)
    .then((form) => page.append(new Beginning(form, signal).element, new Queue(signal).element, lessonsOf(form.lessons, signal)))
    .catch((error: unknown) => isAbort(error) || page.append(problem(error)));
  return page;
}

/** "About 3 minutes on this machine" */
export function about(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes < 1) {
    return "Less than a minute on this machine";
  }
  const [amount, unit] = minutes < 100 ? [minutes, "minute"] : [minutes / 60, "hour"];
  const rounded = Math.round(amount);
  return `About ${grouped(rounded)} ${unit}${rounded === 1 ? "" : "s"} on this machine`;
}

/** The form and the TOML of the recipe with its changes. */
class Beginning {
  readonly element: HTMLElement;
  private readonly recipe = h("select", { id: "recipe", attributes: { "aria-describedby": "recipe-hint" } });
  private readonly description = h("p", { class: "hint", id: "recipe-hint" });
  private readonly time = h("b", { attributes: { role: "status" } });
  private readonly toml = h("code");
  private readonly refused = h("p", { class: "problem", hidden: true, attributes: { role: "alert" } });
  private readonly start = h("button", { type: "submit", class: "start" }, "Start the training");
  private readonly said = h("p", { class: "hint", attributes: { role: "status" } });
  private readonly name = h("input", { type: "text", autocomplete: "off", maxLength: 100 });
  private readonly fields: Fields;
  private timer = 0;

  constructor(
    private readonly form: Form,
    private readonly signal: AbortSignal,
  ) {
    this.fields = new Fields(form.fields, () => this.look(typingPause));
    this.recipe.append(...form.recipes.map(({ name }) => h("option", { value: name, selected: name === form.default }, name)));
    this.recipe.addEventListener("change", () => this.choose());
    const nameHint = h("p", { class: "hint" }, "The name of the run's directory. Empty: the time and the recipe's name.");
    const body = h(
      "form",
      { class: "card", attributes: { "aria-label": "A new training" } },
      h("div", { class: "setting" }, h("label", { htmlFor: "recipe" }, "Recipe"), this.recipe, this.description),
      this.fields.element,
      h("div", { class: "setting" }, field("Name", this.name), nameHint),
      this.refused,
      h("div", { class: "toolbar" }, this.start, this.time),
      this.said,
    );
    body.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.begin();
    });
    body.noValidate = true; // the library says what is wrong
    const recipe = h(
      "section",
      { class: "card toml", attributes: { "aria-label": "The recipe" } },
      h("h2", {}, "The recipe"),
      h("p", { class: "hint" }, "What the run's config.toml will have. ", h("code", {}, "ganymede train FILE"), " takes such a file, too."),
      h("pre", { tabIndex: 0, attributes: { role: "region", "aria-label": "The recipe as TOML" } }, this.toml),
    );
    this.element = h("div", { class: "columns" }, body, recipe);
    signal.addEventListener("abort", () => clearTimeout(this.timer));
    this.choose();
  }

  private choose(): void {
    const chosen = this.form.recipes.find(({ name }) => name === this.recipe.value);
    this.description.textContent = chosen ? `${chosen.description}.` : "";
    this.fields.set(chosen?.values ?? {});
    this.look(0);
  }

  private look(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.preview(), wait);
  }

  private async preview(): Promise<void> {
    const asked = JSON.stringify([this.recipe.value, this.fields.settings()]);
    try {
      const { toml, seconds, steps } = await previewRecipe(this.recipe.value, this.fields.settings(), this.signal);
      if (asked !== JSON.stringify([this.recipe.value, this.fields.settings()])) {
        return; // it was changed since
      }
      this.toml.textContent = toml;
      this.refused.hidden = true;
      this.start.disabled = false;
      this.time.textContent = seconds === null ? `${grouped(steps)} steps; the time is measured when nothing trains` : `${about(seconds)}, ${grouped(steps)} steps`;
      if (seconds === null) {
        this.look(secondsBetweenLooks * 1000);
      }
    } catch (error) {
      if (!isAbort(error)) {
        this.refused.textContent = error instanceof Error ? error.message : String(error);
        this.refused.hidden = false;
        this.start.disabled = true;
        this.time.textContent = "";
      }
    }
  }

  private async begin(): Promise<void> {
    const run = this.name.value.trim();
    await startAndShow({ recipe: this.recipe.value, settings: this.fields.settings(), ...(run && { run }) }, this.said, this.signal);
  }
}

/** What trains and what waits for that. */
class Queue {
  readonly element: HTMLElement;
  private readonly list = h("ol", { class: "queue" });
  private shown = "";

  constructor(private readonly signal: AbortSignal) {
    this.element = h("section", { class: "card", hidden: true, attributes: { "aria-label": "The queue" } }, h("h2", {}, "The queue"), this.list);
    const timer = window.setInterval(() => void this.look(), secondsBetweenLooks * 1000);
    signal.addEventListener("abort", () => clearInterval(timer));
    void this.look();
  }

  private async look(): Promise<void> {
    try {
      const trainings = await listTrainings(this.signal);
      const now = JSON.stringify(trainings);
      if (now !== this.shown) {
        this.shown = now;
        this.show(trainings);
      }
    } catch (error) {
      void error; // the next look may succeed
    }
  }

  private show({ starting, running, waiting, failures }: Trainings): void {
    const link = (run: string) => h("a", { href: `#/live/${encodeURIComponent(run)}` }, run);
    this.list.replaceChildren(
      ...(running ? [h("li", {}, link(running), " trains.")] : []),
      ...(starting ? [h("li", {}, `${starting} is being prepared.`)] : []),
      ...waiting.map(({ id, run, recipe }) => {
        const remove = h("button", { type: "button", attributes: { "aria-label": `Remove ${run} from the queue` } }, "Remove");
        remove.addEventListener("click", () => {
          removeTraining(id).then(() => this.look(), () => this.look());
        });
        return h("li", {}, `${run} (${recipe}) waits. `, remove);
      }),
      ...failures.map(({ run, why }) => h("li", { class: "failed" }, `${run} failed. ${why}`)),
    );
    this.element.hidden = this.list.childElementCount === 0;
  }
}

function lessonsOf(lessons: Lesson[], signal: AbortSignal): HTMLElement {
  const said = h("p", { class: "hint", attributes: { role: "status" } });
  const cards = lessons.map((lesson) => {
    const button = h("button", { type: "button" }, lesson.title);
    button.addEventListener("click", () => {
      const { recipe, settings, steps, key } = lesson;
      void startAndShow({ recipe, settings, steps, run: `lesson-${key}` }, said, signal);
    });
    return h("li", { class: "card" }, button, h("p", {}, lesson.sentence), h("p", { class: "hint" }, lesson.watch));
  });
  return h(
    "section",
    { class: "lessons", attributes: { "aria-label": "Break it" } },
    h("h2", {}, "Break it"),
    h("p", { class: "lead" }, "Each button starts a short training that fails in a known way. Watch the curves, read what the doctor says, and press the cure."),
    said,
    h("ul", {}, ...cards),
  );
}
