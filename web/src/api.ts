// What the server answers; src/serve/site.h lists the addresses.

export type RunState = "training" | "paused" | "stopping" | "finished" | "stopped" | "diverged" | "failed";

/** A score of a run, null before the first, and of real images. */
export interface Score {
  value: number | null;
  floor: number;
}

export interface RunSummary {
  name: string;
  recipe: string;
  data: string;
  batch_size: number;
  state: RunState;
  step: number;
  total_steps: number;
  seconds: number;
  scores: Record<string, Score>;
  resume: string | null; // the command that goes on with a stopped run
  newest_sample: number | null; // its epoch
  networks: boolean;
  live: boolean;
}

export interface RunList {
  runs: RunSummary[];
  live: string | null;
  /** Whether the program starts trainings that the page asks for. */
  starts: boolean;
}

/** A setting of a recipe that a form has a field for. */
export interface FormField {
  key: string;
  title: string;
  hint: string;
  kind: "number" | "whole" | "word" | "data";
  low: number;
  high: number;
  words: string[];
  while_training: boolean;
}

export type Settings = Record<string, number | string>;

export interface RecipeEntry {
  name: string;
  description: string;
  seconds: number | null; // that it takes on this machine; null before a step was measured
  values: Settings;
}

/** A failure to provoke and to cure; src/queue/lessons.h. */
export interface Lesson {
  key: string;
  title: string;
  sentence: string;
  watch: string;
  recipe: string;
  settings: string[];
  steps: number;
  cure: string;
  cure_settings: string[];
}

export interface Form {
  recipes: RecipeEntry[];
  default: string;
  fields: FormField[];
  lessons: Lesson[];
}

/** What a recipe with some settings would train. */
export interface Preview {
  toml: string;
  steps: number;
  seconds: number | null;
}

/** A training to start; settings are "KEY=VALUE". */
export interface Order {
  recipe: string;
  settings: string[];
  run?: string;
  steps?: number;
}

export interface Waiting {
  id: number;
  run: string;
  recipe: string;
}

export interface Trainings {
  starting: string;
  running: string;
  waiting: Waiting[];
  failures: { run: string; why: string }[];
}

export interface Run {
  name: string;
  recipe: string;
  description: string;
  data: string;
  epochs: number;
  batch_size: number;
  seed: number;
  latent_size: number;
  latent_distribution: "normal" | "uniform";
  latent_temperature: number; // times a point of the distribution
  first_latent: number[];
  pixel_range: [number, number];
  grid_rows: number;
  grid_columns: number;
  samples: number[];
  live: boolean;
  /** Whether the program can export the generator for the browser. */
  onnx: boolean;
  config: string;
  settings: Settings;
  fields: FormField[];
}

export interface Weight {
  name: string;
  shape: number[];
  trained: boolean;
}

export interface Layer {
  name: string;
  kind: string;
  does: string; // a sentence
  shape: number[];
  parameters: number;
  weights: Weight[];
}

export interface Network {
  input: number[];
  classes: number;
  trainable: number;
  layers: Layer[];
}

/** The generator, and what sees images: a GAN's discriminator or a VAE's encoder. */
export type Networks = {
  epoch: number;
  step: number;
  class_names: string[];
  generator: Network;
} & ({ discriminator: Network } | { encoder: Network });

/** A gradient as bytes in base 64 around 127.5, which is zero. */
export interface Gradient {
  norm: number;
  largest: number;
  shown: number[]; // the shape of `values`
  values: string;
}

/** Numbers of a tensor as bytes in base 64, 0 for `low` and 255 for `high`, and the gradients of losses by them. */
export interface Activations {
  low: number;
  high: number;
  mean: number;
  deviation: number;
  shown: number[]; // the shape of `values`, which may be a part of the tensor
  values: string;
  gradients: Record<string, Gradient>;
}

/** A sample's way through one network. */
export interface Passage {
  input: Activations;
  layers: Activations[];
}

export interface Judged {
  logit: number;
  probability: number;
}

export interface WeightNumbers extends Weight {
  low: number;
  high: number;
  mean: number;
  deviation: number;
  histogram: number[];
  filters?: { shape: number[]; largest: number; values: string };
}

export type Phase = "forward" | "partner" | "generator";

/** An example of a batch, before and after a phase of a step. */
export interface Example {
  real: string;
  generated: string;
  verdicts: Record<string, Judged>;
  verdicts_before: Record<string, Judged>;
  losses: Record<string, number>;
  losses_before: Record<string, number>;
}

/** The way of a sample through both networks, and of the losses' gradients back; src/serve/inside/course.h. */
export interface Flow {
  epoch: number;
  step: number;
  label: number;
  image_label: number;
  image_shape: number[];
  generated: string;
  real: string | null;
  made_again: string | null;
  losses: Record<string, number>;
  losses_before: Record<string, number> | null;
  labels: Record<"real" | "fake" | "generator", number> | null;
  verdicts: Record<string, Judged>;
  verdicts_before: Record<string, Judged> | null;
  passages: Record<string, Passage>;
  opened?: { network: string; layer: number; weights: WeightNumbers[]; passages: Record<string, Activations> };
  // Of a run that trains:
  wait?: number; // milliseconds after which there is something new
  metrics?: Record<string, number>;
  phase?: Phase | null;
  number?: number;
  batch?: Example[];
  changed?: Record<string, (number | null)[]>; // by network and layer, relative to the weights
}

export interface Neighbour {
  index: number;
  label: string;
  distance: number;
  image: string;
}

export type Command = "pause" | "step" | "phase" | "resume" | "stop" | "undo";

type Parameters = Record<string, number | string>;

/** The address of a run's resource. */
export function address(run: string, resource = "", parameters: Parameters = {}): string {
  const query = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
  const path = `api/runs/${encodeURIComponent(run)}${resource && `/${resource}`}`;
  return query.size > 0 ? `${path}?${query}` : path;
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok) {
    throw new Error((await response.text()).trim() || `The server answered ${response.status}.`);
  }
  return response;
}

async function get<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await checked(await fetch(url, { signal: signal ?? null }))).json() as Promise<T>;
}

export const listRuns = (signal?: AbortSignal) => get<RunList>("api/runs", signal);
export const readRun = (run: string, signal?: AbortSignal) => get<Run>(address(run), signal);
export const readNetworks = (run: string, signal?: AbortSignal) => get<Networks>(address(run, "networks"), signal);
export const readGenerator = async (run: string, signal: AbortSignal) =>
  new Uint8Array(await (await checked(await fetch(address(run, "generator.onnx"), { signal }))).arrayBuffer());
export const readFlow = (run: string, wish: Parameters, signal?: AbortSignal) => get<Flow>(address(run, "flow", wish), signal);

/** The rows of a run's metrics so far. */
export async function readMetrics(run: string, signal?: AbortSignal): Promise<Record<string, unknown>[]> {
  const response = await checked(await fetch(address(run, "metrics"), { signal: signal ?? null }));
  const lines = (await response.text()).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function post(url: string, json: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return checked(await fetch(url, { method: "POST", headers, body: JSON.stringify(json), signal: signal ?? null }));
}

export async function command(run: string, what: Command): Promise<void> {
  await post(address(run, "control"), { command: what });
}

/** Changes settings of a run that trains, before its next step. */
export async function changeSettings(run: string, settings: string[]): Promise<void> {
  await post(address(run, "changes"), { settings });
}

export const readForm = (signal?: AbortSignal) => get<Form>("api/recipes", signal);
export const listTrainings = (signal?: AbortSignal) => get<Trainings>("api/trainings", signal);
export const previewRecipe = async (recipe: string, settings: string[], signal?: AbortSignal) =>
  (await post(`api/recipes/${encodeURIComponent(recipe)}`, { settings }, signal)).json() as Promise<Preview>;
export const startTraining = async (order: Order) => (await post("api/trainings", order)).json() as Promise<Waiting>;
export async function removeTraining(id: number): Promise<void> {
  await post(`api/trainings/${id}`, { command: "remove" });
}

/** The training images nearest to an image of bytes. */
export async function nearest(run: string, image: Uint8Array, signal: AbortSignal): Promise<Neighbour[]> {
  return (await post(address(run, "nearest"), { image: [...image] }, signal)).json() as Promise<Neighbour[]>;
}

/** The bytes that the server wrote as base 64. */
export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
