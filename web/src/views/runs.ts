// All runs as a table: sorted, filtered, chosen to be compared.

import { address, listRuns, type RunList, type RunSummary } from "../api";
import { states } from "../events";
import { duration, fixed, grouped } from "../format";
import { field, h, isAbort } from "../dom";
import { colors } from "./compare";

const secondsBetweenLooks = 5;

interface Column {
  title: string;
  hint?: string;
  /** What rows are sorted by; null comes last. */
  key: (run: RunSummary) => string | number | null;
  cell: (run: RunSummary) => (Node | string)[];
  number?: boolean;
}

function score(title: string, name: string, hint: string): Column {
  return {
    title,
    hint,
    number: true,
    key: (run) => run.scores[name]?.value ?? null,
    cell: (run) => {
      const found = run.scores[name];
      const floor = found && h("small", { title: "real training images" }, `real ${fixed(found.floor)}`);
      return found && floor ? [fixed(found.value), floor] : ["–"];
    },
  };
}

const columns: Column[] = [
  {
    title: "Run",
    key: (run) => run.name,
    cell: (run) => [h("a", { href: `#/live/${encodeURIComponent(run.name)}` }, run.name)],
  },
  { title: "Recipe", key: (run) => run.recipe, cell: (run) => [run.recipe || "–"] },
  { title: "Data", key: (run) => run.data, cell: (run) => [run.data || "–"] },
  {
    title: "State",
    key: (run) => run.state,
    cell: (run) => {
      const steps = run.state === "finished" ? grouped(run.step) : `${grouped(run.step)} of ${run.total_steps ? grouped(run.total_steps) : "?"}`;
      const command = run.resume && h("code", { title: "The command that resumes it" }, run.resume);
      return [h("span", { class: `pill ${run.state}` }, states[run.state]), h("small", {}, `${steps} steps`), command || ""];
    },
  },
  { title: "Time", number: true, key: (run) => run.seconds, cell: (run) => [duration(run.seconds)] },
  score("Fréchet distance (not FID)", "frechet_distance", "By the features of a classifier of these images; an FID is by those of Inception. Lower is better, down to that of real images."),
  score("Precision", "precision", "The share of generated images that look real."),
  score("Recall", "recall", "The share of real images that are like generated ones."),
];

export function runsView(first: RunList, signal: AbortSignal): HTMLElement {
  let { runs } = first;
  let sorted = { column: 0, down: false };
  const chosen = new Set<string>();
  const body = h("tbody");
  const compare = h("a", { class: "button" }, "Compare");
  const filter = h("input", { type: "search", placeholder: "name, recipe, data or state" });
  const none = h("p", { class: "hint", hidden: true }, "No run has these words.");

  const shown = () => {
    const words = filter.value.toLowerCase().split(/\s+/);
    const text = (run: RunSummary) => `${run.name} ${run.recipe} ${run.data} ${states[run.state]}`.toLowerCase();
    return runs.filter((run) => words.every((word) => text(run).includes(word))).sort(order);
  };
  const order = (a: RunSummary, b: RunSummary) => {
    const key = columns[sorted.column]?.key ?? (() => null);
    const [x, y] = [key(a), key(b)];
    if (x === null || y === null) {
      return Number(x === null) - Number(y === null);
    }
    const upwards = typeof x === "string" ? x.localeCompare(String(y), "en", { numeric: true }) : x - Number(y);
    return sorted.down ? -upwards : upwards;
  };
  const draw = () => {
    const visible = shown();
    none.hidden = visible.length > 0;
    body.replaceChildren(...visible.map((run) => row(run, chosen, draw)));
    headings.forEach(({ cell }, n) => {
      const way = sorted.down ? "descending" : "ascending";
      n === sorted.column ? cell.setAttribute("aria-sort", way) : cell.removeAttribute("aria-sort");
    });
    compare.hidden = chosen.size < 2;
    compare.textContent = `Compare ${chosen.size} runs`;
    compare.href = `#/compare/${[...chosen].map(encodeURIComponent).join(",")}`;
  };
  const headings = columns.map(({ title, hint, number }, n) => {
    const button = h("button", { type: "button", title: hint ?? "" }, title);
    button.addEventListener("click", () => {
      sorted = { column: n, down: sorted.column === n && !sorted.down };
      draw();
    });
    return { cell: h("th", { scope: "col", class: number ? "number" : "" }, button) };
  });
  filter.addEventListener("input", draw);

  const look = () => {
    listRuns(signal)
      .then((list) => {
        runs = list.runs;
        draw();
      })
      .catch((error: unknown) => isAbort(error) || undefined); // the next look may succeed
  };
  const timer = window.setInterval(look, secondsBetweenLooks * 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  draw();
  const head = h("tr", {}, h("th", { scope: "col" }, "Compare"), h("th", { scope: "col" }, "Newest sample"), ...headings.map(({ cell }) => cell));
  return h(
    "div",
    { class: "runs" },
    h("h1", {}, "Runs"),
    h("div", { class: "card toolbar" }, field("Filter", filter), compare),
    h("div", { class: "card scrolled", tabIndex: 0, attributes: { role: "region", "aria-label": "Table of runs" } }, h("table", {}, h("thead", {}, head), body), none),
  );
}

function row(run: RunSummary, chosen: Set<string>, changed: () => void): HTMLElement {
  const box = h("input", { type: "checkbox", checked: chosen.has(run.name), attributes: { "aria-label": `Compare ${run.name}` } });
  box.disabled = !box.checked && chosen.size >= colors.length;
  box.addEventListener("change", () => {
    box.checked ? chosen.add(run.name) : chosen.delete(run.name);
    changed();
    document.querySelector<HTMLElement>(`[aria-label="Compare ${CSS.escape(run.name)}"]`)?.focus();
  });
  const sample = run.newest_sample === null ? "" : h("img", { src: address(run.name, `samples/${run.newest_sample}`), alt: `Samples of ${run.name}`, loading: "lazy" });
  return h("tr", {}, h("td", {}, box), h("td", {}, sample), ...columns.map(({ cell, number }) => h("td", { class: number ? "number" : "" }, ...cell(run))));
}
