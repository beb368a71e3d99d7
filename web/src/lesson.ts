// What a lesson's run shows, and its cure as a button.

import { readForm, type Lesson } from "./api";
import { h } from "./dom";
import { startAndShow } from "./starting";

/** The lesson whose broken or cured run is called so. */
function lessonOf(run: string, lessons: Lesson[]): { lesson: Lesson; cured: boolean } | null {
  const parts = run.match(/^(lesson|cured)-(.+?)(-\d+)?$/);
  const lesson = lessons.find(({ key }) => key === parts?.[2]);
  return parts && lesson ? { lesson, cured: parts[1] === "cured" } : null;
}

/** Fills `place` if `run` is one of a lesson. */
export async function showLesson(run: string, runs: string[], place: HTMLElement, signal: AbortSignal): Promise<void> {
  if (!/^(lesson|cured)-/.test(run)) {
    return;
  }
  const found = lessonOf(run, (await readForm(signal)).lessons);
  if (!found) {
    return;
  }
  const { lesson, cured } = found;
  const broken = runs.filter((name) => lessonOf(name, [lesson])?.cured === false).at(-1);
  const said = h("span", { class: "hint", attributes: { role: "status" } });
  const cure = h("button", { type: "button", class: "start" }, lesson.cure);
  cure.addEventListener("click", () => {
    const { recipe, cure_settings: settings, steps, key } = lesson;
    void startAndShow({ recipe, settings, steps, run: `cured-${key}` }, said, signal);
  });
  const compare = broken && cured ? h("a", { class: "button", href: `#/compare/${encodeURIComponent(broken)},${encodeURIComponent(run)}` }, "Compare with the broken run") : null;
  place.className = "card lesson";
  place.setAttribute("aria-label", "Lesson");
  place.replaceChildren(
    h("h2", {}, cured ? `${lesson.title}, cured` : lesson.title),
    h("p", {}, cured ? `${lesson.cure}: the same recipe, as many steps.` : lesson.sentence),
    ...(cured ? [] : [h("p", { class: "hint" }, lesson.watch)]),
    h("div", { class: "toolbar" }, cured ? compare : cure, said),
  );
}
