// Explores a generator: a plane of its latent space, its principal directions, the interpolation between two kept images,
// and the training images nearest to the image in the middle.

import { bytes, type Neighbour } from "./api";
import { choice, field, h, isAbort, problem } from "./dom";
import type { Generator, Images, Latent } from "./generator";
import { animatedGif } from "./gif";
import { add, between, perpendicular, principalDirections, randomPoint, typical, type Point } from "./latent";
import { picture } from "./pixels";

const side = 7; // images along the plane
const middle = (side * side - 1) / 2;
const spacing = 0.15; // of neighbours on the plane, as a share of how far a normal point lies from the origin
const directions = 6;
const reach = 4; // of a direction's slider
const mostShown = 20; // classes with a picture each
const batch = 20; // images at a time while directions are sought, so that the page answers meanwhile
const steps = 10; // from one kept image to the next
const interval = 100; // milliseconds from one drawing to the next, at least: a training beside the page needs the processor, too
const film = { steps: 30, scale: 8, delay: 60 }; // the same as a GIF: the milliseconds of an image

/** The training images nearest to an image of bytes. */
type FindNearest = (image: Uint8Array) => Promise<Neighbour[]>;

export class Explorer {
  readonly element: HTMLElement;
  private readonly spacing: number;
  private readonly uniform: boolean;
  private origin: Point; // of the plane
  private axes: [Point, Point];
  private principal: Point[] = [];
  private label = 0;
  private kept: Latent[] = [];
  private drawing = false;
  private drag: PointerEvent | null = null; // the last one, while the plane is dragged
  private stale = false; // what is being drawn
  private readonly plane = h("div", {
    class: "plane",
    tabIndex: 0,
    attributes: { role: "application", "aria-label": "A plane through latent space: drag it, or move with the arrow keys" },
  });
  private readonly chosen = h("div", { class: "chosen" });
  private readonly classes = h("div", { class: "strip classes", attributes: { role: "group", "aria-label": "Class" } });
  private readonly sliders = h("div", { class: "sliders" }, h("p", { class: "hint" }, "Computing the directions …"));
  private readonly near = h("div", { class: "strip", attributes: { "aria-live": "polite" } });
  private readonly way = h("div", { class: "strip way" });
  private readonly saveFilm = button("Save as GIF", () => this.attempt(this.saveWay()));
  private readonly failure = h("div");

  /** Without `findNearest` there are no training images. */
  constructor(
    private readonly name: string,
    private readonly generator: Generator,
    private readonly findNearest?: FindNearest,
  ) {
    this.spacing = spacing * Math.sqrt(generator.facts.latent_size);
    this.uniform = generator.facts.latent_distribution === "uniform";
    this.origin = Float32Array.from(generator.facts.first_latent);
    this.axes = this.randomAxes();
    this.saveFilm.disabled = true;
    this.element = this.layOut();
    this.listen();
    this.refresh();
    this.attempt(this.findDirections());
  }

  private layOut(): HTMLElement {
    const classes = this.generator.facts.class_names;
    return h(
      "div",
      { class: "explore" },
      h(
        "section",
        { class: "card" },
        h("h2", {}, "A plane through latent space"),
        h("p", { class: "hint" }, "Drag it, or use the arrow keys. The other sections show the image in the middle."),
        this.classes,
        this.plane,
        h(
          "div",
          { class: "toolbar" },
          classes.length > mostShown && choice("Class", classes, (index) => this.choose(index)),
          button("Another place", () => this.moveTo(this.randomPoint())),
          button("New random plane", () => {
            this.axes = this.randomAxes();
            this.refresh();
          }),
        ),
        this.failure,
      ),
      h(
        "section",
        { class: "card" },
        h("h2", {}, "The image in the middle"),
        h(
          "div",
          { class: "middle" },
          this.chosen,
          h(
            "div",
            { class: "actions" },
            button("Keep it", () => this.attempt(this.keep())),
            button("Save as PNG", () => this.save()),
            this.findNearest && button("Nearest training images", () => this.attempt(this.showNearest())),
          ),
        ),
        this.near,
        h("h3", {}, "Along principal directions"),
        h("p", { class: "hint" }, "The directions in which this generator's images change most, the strongest first."),
        this.sliders,
      ),
      h(
        "section",
        { class: "card whole" },
        h("h2", {}, "Interpolation between two kept images"),
        h("p", { class: "hint" }, "Keep two images to interpolate between them."),
        this.way,
        h("div", { class: "actions" }, this.saveFilm),
      ),
    );
  }

  private choose(label: number): void {
    this.label = label;
    this.refresh();
  }

  private randomPoint(): Point {
    const { latent_size, latent_temperature } = this.generator.facts;
    return randomPoint(latent_size, this.uniform).map((value) => latent_temperature * value);
  }

  private randomAxes(): [Point, Point] {
    const first = perpendicular(this.generator.facts.latent_size, []);
    return [first, perpendicular(this.generator.facts.latent_size, [first])];
  }

  private moveTo(point: Point): void {
    this.origin = point;
    this.sliders.querySelectorAll("input").forEach((slider) => (slider.value = "0"));
    this.refresh();
  }

  /** The point in the middle: the plane's origin, moved by the sliders. */
  private latent(): Latent {
    const point = [...this.sliders.querySelectorAll("input")].reduce(
      (moved, slider, n) => add(moved, this.principal[n] as Point, Number(slider.value)),
      this.origin,
    );
    return { point: typical(point, this.uniform), label: this.label };
  }

  private planeLatents(): Latent[] {
    const { point, label } = this.latent();
    const half = (side - 1) / 2;
    return Array.from({ length: side * side }, (_, n) => {
      const [x, y] = [(n % side) - half, Math.floor(n / side) - half];
      const moved = add(add(point, this.axes[0], x * this.spacing), this.axes[1], y * this.spacing);
      return { point: typical(moved, this.uniform), label };
    });
  }

  /** Draws the plane, and the rest once it is not dragged; calls while it is being drawn cause one more drawing. */
  private refresh(): void {
    this.near.replaceChildren();
    this.stale = true;
    if (!this.drawing) {
      this.drawing = true;
      this.attempt(this.drawPlane().finally(() => (this.drawing = false)));
    }
  }

  private async drawPlane(): Promise<void> {
    while (this.stale) {
      this.stale = false;
      const rested = new Promise((resolve) => setTimeout(resolve, interval));
      const plane = this.planeLatents();
      const whole = !this.drag;
      const classes = whole ? this.classLatents() : [];
      const ends = whole ? this.endLatents() : [];
      const { shape, pixels } = await this.generator.draw([...plane, ...classes, ...ends]);
      const pictures = pixels.map((image) => picture(image, shape, ""));
      this.plane.replaceChildren(...pictures.splice(0, plane.length));
      this.chosen.replaceChildren(picture(pixels[middle] as Uint8Array, shape, "The image in the middle of the plane"));
      if (whole) {
        this.showClasses(pictures.splice(0, classes.length));
        this.sliders.querySelectorAll(".end").forEach((end, n) => end.replaceChildren(...pictures.slice(n, n + 1)));
      }
      await rested;
    }
  }

  /** The point in the middle as each class. */
  private classLatents(): Latent[] {
    const { class_names } = this.generator.facts;
    const { point } = this.latent();
    return class_names.length <= mostShown ? class_names.map((_, label) => ({ point, label })) : [];
  }

  /** Both ends of each principal direction from the point in the middle. */
  private endLatents(): Latent[] {
    const { point, label } = this.latent();
    return this.principal.flatMap((direction) =>
      [-reach, reach].map((far) => ({ point: typical(add(point, direction, far), this.uniform), label })),
    );
  }

  /** A button for each class, with its picture; they stay, so that the one that was pressed keeps the focus. */
  private showClasses(pictures: HTMLElement[]): void {
    const names = this.generator.facts.class_names;
    if (this.classes.childElementCount < pictures.length) {
      this.classes.replaceChildren(
        ...pictures.map((_, label) => button("", () => this.choose(label), h("span", { class: "drawn" }), h("span", {}, names[label] ?? ""))),
      );
    }
    [...this.classes.children].forEach((one, label) => {
      one.setAttribute("aria-pressed", String(label === this.label));
      one.firstElementChild?.replaceChildren(...pictures.slice(label, label + 1));
    });
  }

  /** Shows why work failed. */
  private attempt(work: Promise<void>): void {
    work.then(
      () => this.failure.replaceChildren(),
      (error: unknown) => isAbort(error) || this.failure.replaceChildren(problem(error)),
    );
  }

  private listen(): void {
    this.plane.addEventListener("pointerdown", (event) => {
      this.drag = event;
      this.plane.setPointerCapture(event.pointerId);
    });
    this.plane.addEventListener("pointermove", (event) => {
      if (this.drag) {
        const scale = (side * this.spacing) / this.plane.clientWidth;
        const [x, y] = [this.drag.clientX - event.clientX, this.drag.clientY - event.clientY];
        this.drag = event;
        this.shift(x * scale, y * scale);
      }
    });
    this.plane.addEventListener("lostpointercapture", () => {
      this.drag = null;
      this.refresh();
    });
    const keys: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    this.plane.addEventListener("keydown", (event) => {
      const move = keys[event.key];
      if (move) {
        event.preventDefault();
        this.shift(move[0] * this.spacing, move[1] * this.spacing);
      }
    });
  }

  private shift(x: number, y: number): void {
    this.origin = typical(add(add(this.origin, this.axes[0], x), this.axes[1], y), this.uniform);
    this.refresh();
  }

  /** The image's derivatives by differences, at a few points. */
  private async findDirections(): Promise<void> {
    const [points, step] = [3, 0.1];
    const jacobians: Point[][] = [];
    for (let n = 0; n < points; n++) {
      const { label } = this;
      const point = this.randomPoint();
      const moved = Array.from(point, (_, at) => point.map((value, m) => (m === at ? value + step : value)));
      const [still, ...others] = (await this.runSlowly([point, ...moved].map((each) => ({ point: each, label })))) as [Point, ...Point[]];
      jacobians.push(others.map((image) => add(image, still, -1)));
    }
    this.principal = principalDirections(jacobians, directions);
    this.sliders.replaceChildren(
      ...this.principal.map((_, n) => {
        const slider = h("input", { type: "range", min: String(-reach), max: String(reach), step: "0.1", value: "0" });
        slider.addEventListener("input", () => this.refresh());
        return h("div", { class: "direction" }, h("span", { class: "end" }), field(`Direction ${n + 1}`, slider), h("span", { class: "end" }));
      }),
    );
    this.refresh();
  }

  /** Images in small batches, between which the page can draw. */
  private async runSlowly(latents: Latent[]): Promise<Float32Array[]> {
    const images: Float32Array[] = [];
    for (let n = 0; n < latents.length; n += batch) {
      images.push(...(await this.generator.run(latents.slice(n, n + batch))).images);
      await new Promise((resolve) => setTimeout(resolve));
    }
    return images;
  }

  private async keep(): Promise<void> {
    this.kept = [...this.kept, this.latent()].slice(-2);
    this.saveFilm.disabled = this.kept.length < 2;
    const { shape, pixels } = await this.generator.draw(this.wayLatents(steps));
    const last = pixels.length - 1;
    this.way.replaceChildren(
      ...pixels.map((image, n) => picture(image, shape, n % steps === 0 ? `Kept image ${n === 0 ? 1 : 2}` : `${(100 * n) / last}% of the way`)),
    );
  }

  /** From the first kept image to the second; between images of two classes the class changes half-way. */
  private wayLatents(steps: number): Latent[] {
    const [from, to] = this.kept;
    if (!from || !to) {
      return this.kept;
    }
    return Array.from({ length: steps + 1 }, (_, n) => ({
      point: between(from.point, to.point, n / steps, this.uniform),
      label: 2 * n < steps ? from.label : to.label,
    }));
  }

  private save(): void {
    const canvas = this.chosen.querySelector("canvas");
    if (canvas) {
      h("a", { href: canvas.toDataURL("image/png"), download: `${this.name}.png` }).click();
    }
  }

  /** There and back. */
  private async saveWay(): Promise<void> {
    const { shape, pixels } = await this.generator.draw(this.wayLatents(film.steps));
    const images = [...pixels, ...pixels.slice(1, -1).reverse()];
    const url = URL.createObjectURL(new Blob([animatedGif(images, shape, film.scale, film.delay) as BlobPart], { type: "image/gif" }));
    h("a", { href: url, download: `${this.name}.gif` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  private async showNearest(): Promise<void> {
    const { shape, pixels }: Images = await this.generator.draw([this.latent()]);
    const found = (await this.findNearest?.(pixels[0] as Uint8Array)) ?? [];
    this.near.replaceChildren(
      ...found.map(({ image, index, label, distance }) =>
        h(
          "figure",
          {},
          picture(bytes(image), shape, `Training image ${index}, a ${label}`),
          h("figcaption", {}, `${label} · ${distance.toFixed(1)}`),
        ),
      ),
    );
  }
}

function button(text: string, act: () => void, ...parts: HTMLElement[]): HTMLButtonElement {
  const element = h("button", { type: "button" }, text, ...parts);
  element.addEventListener("click", act);
  return element;
}
