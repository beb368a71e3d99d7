import "./styles/base.css";
import "./styles/parts.css";
import "./styles/runs.css";
import "./styles/begin.css";
import "./styles/flow.css";
import { listRuns, type RunList } from "./api";
import { h, isAbort, problem } from "./dom";
import { beginView } from "./views/begin";
import { compareView } from "./views/compare";
import { exploreView } from "./views/explore";
import { insideView } from "./views/inside";
import { liveView } from "./views/live";
import { runsView } from "./views/runs";

/** A page about a run. It ends its requests when `signal` is aborted, and reports whether the run trains. */
type View = (run: string, runs: RunList, signal: AbortSignal, tellTraining: (training: boolean) => void) => HTMLElement;

const views: Record<string, { title: string; view: View }> = {
  begin: { title: "Begin", view: (_, runs, signal) => beginView(runs, signal) },
  runs: { title: "Runs", view: (_, runs, signal) => runsView(runs, signal) },
  live: { title: "Live", view: liveView },
  inside: { title: "Look inside", view: insideView },
  explore: { title: "Explore", view: exploreView },
  compare: { title: "Compare", view: (run, runs, signal) => compareView(place().runs.length > 1 ? place().runs : [run], runs, signal) },
};

const picker = h("select", { id: "run" });
const choice = h("div", { class: "picker" }, h("label", { htmlFor: "run" }, "Run"), picker);
const links = h("nav", { attributes: { "aria-label": "Views" } });
const main = h("main", { id: "main", tabIndex: -1 });
let leaving = new AbortController();

/** "#/inside/dense" is the view "inside" of the run "dense", "#/compare/dense,conv" that of two. */
function place(): { view: string; runs: string[] } {
  const [view = "", runs = ""] = location.hash.replace(/^#\//, "").split("/");
  return { view, runs: runs.split(",").map(decodeURIComponent) };
}

/** Where there are several runs and none trains here, the table of all is shown first. */
const firstView = (runs: RunList) =>
  runs.starts && runs.runs.length === 0 ? "begin" : runs.live === null && runs.runs.length > 1 ? "runs" : "live";

function hash(view: string, run: string): string {
  return `#/${view}/${encodeURIComponent(run)}`;
}

async function show(): Promise<void> {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  try {
    const runs = await listRuns(signal);
    const wanted = place();
    const view = wanted.view in views ? wanted.view : firstView(runs);
    const run = runs.runs.find(({ name }) => name === wanted.runs[0])?.name ?? runs.live ?? runs.runs.at(-1)?.name;
    offerRuns(runs, run);
    offerViews(view, run ?? "");
    main.replaceChildren(run === undefined && view !== "begin" ? nothingYet(runs) : shown(view, run ?? "", runs, signal));
    document.title = run === undefined || view === "begin" ? "Ganymede" : `${run} · ${views[view]?.title} · Ganymede`;
  } catch (error) {
    if (!isAbort(error)) {
      main.replaceChildren(problem(error));
    }
  }
}

function shown(view: string, run: string, runs: RunList, signal: AbortSignal): HTMLElement {
  return (views[view]?.view ?? liveView)(run, runs, signal, (training) => {
    const option = [...picker.options].find(({ value }) => value === run);
    if (option) {
      option.textContent = label(run, training);
    }
  });
}

const label = (run: string, training: boolean) => (training ? `${run} (training)` : run);

function offerRuns(runs: RunList, chosen: string | undefined): void {
  const options = runs.runs.map(({ name, live }) =>
    h("option", { value: name, selected: name === chosen }, label(name, live)),
  );
  picker.replaceChildren(...options);
  choice.hidden = options.length === 0;
}

function offerViews(current: string, run: string): void {
  links.replaceChildren(
    ...Object.entries(views).map(([name, { title }]) =>
      h("a", { href: hash(name, run), attributes: name === current ? { "aria-current": "page" } : {} }, title),
    ),
  );
}

function nothingYet(runs: RunList): HTMLElement {
  const way = runs.starts ? h("a", { href: hash("begin", "") }, "Begin") : h("code", {}, "ganymede train");
  return h("p", { class: "empty" }, "There are no runs yet. Start one with ", way, ".");
}

picker.addEventListener("change", () => {
  const { view } = place();
  location.hash = hash(view in views && view !== "runs" && view !== "begin" ? view : "live", picker.value);
});
window.addEventListener("hashchange", () => void show());

document.body.append(
  h("a", { class: "skip", href: "#main" }, "Skip to the content"),
  h(
    "header",
    { class: "bar" },
    h("a", { class: "brand", href: "#/" }, h("img", { src: "./icon.svg", alt: "", width: 26, height: 26 }), "Ganymede"),
    links,
    choice,
  ),
  main,
);
document.querySelector<HTMLAnchorElement>(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
void show();
