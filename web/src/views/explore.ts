// The generator in the browser: a plane through latent space to drag over, its principal directions, ways between
// liked points, and the training images next to what is shown.

import { bytes, nearest, type RunList } from "../api";
import { choice, field, h, isAbort, problem } from "../dom";
import { Generator, type Images } from "../generator";
import { add, between, perpendicular, principalDirections, randomPoint, type Point } from "../latent";
import { picture } from "../pixels";

const side = 7; // images along the plane
const spacing = 0.9; // of neighbours on the plane, in units of the latent space
const directions = 6;
const reach = 4; // of a direction's slider

class Explorer {
  readonly element: HTMLElement;
  private origin: Point; // of the plane
  private axes: [Point, Point];
  private principal: Point[] = [];
  private label = 0;
  private liked: Point[] = [];
  private pending = false;
  private again = false;
  private readonly plane = h("div", {
    class: "plane",
    tabIndex: 0,
    attributes: { role: "application", "aria-label": "A plane through latent space: drag it, or move with the arrow keys" },
  });
  private readonly chosen = h("div", { class: "chosen" });
  private readonly sliders = h("div", { class: "sliders" });
  private readonly near = h("div", { class: "strip", attributes: { "aria-live": "polite" } });
  private readonly way = h("div", { class: "strip" });
  private readonly keeps = h("div", { class: "strip" });

  constructor(
    private readonly run: string,
    private readonly generator: Generator,
    private readonly signal: AbortSignal,
  ) {
    this.origin = this.random();
    this.axes = this.newAxes();
    this.element = this.layOut();
    this.dragging();
    void this.refresh();
    void this.findDirections();
  }

  private layOut(): HTMLElement {
    const { classNames } = this.generator;
    const button = (text: string, act: () => void) => {
      const element = h("button", { type: "button" }, text);
      element.addEventListener("click", act);
      return element;
    };
    return h(
      "div",
      { class: "explore" },
      h(
        "section",
        { class: "card" },
        h("h3", {}, "A plane through latent space"),
        h("p", { class: "hint" }, "Drag it, or use the arrow keys. The middle is the point that everything else shows."),
        this.plane,
        h(
          "div",
          { class: "toolbar" },
          button("Another point", () => this.moveTo(this.random())),
          button("Turn the plane", () => {
            this.axes = this.newAxes();
            void this.refresh();
          }),
          classNames.length > 0 &&
            choice("Class", classNames, (index) => {
              this.label = index;
              void this.refresh();
            }),
        ),
      ),
      h(
        "section",
        { class: "card" },
        h("h3", {}, "The image in the middle"),
        h("div", { class: "middle" }, this.chosen, h("div", { class: "actions" }, button("Keep it", () => void this.keep()), button("Save as PNG", () => this.save()), button("Nearest training images", () => void this.showNearest()))),
        this.near,
        h("h3", {}, "Its principal directions"),
        h("p", { class: "hint" }, "The directions in which the image changes most."),
        this.sliders,
      ),
      h(
        "section",
        { class: "card whole" },
        h("h3", {}, "From one kept image to the next"),
        h("p", { class: "hint" }, "Keep two images to see the way between them."),
        this.keeps,
        this.way,
      ),
    );
  }

  private random(): Point {
    return randomPoint(this.generator.latentSize, this.generator.uniform);
  }

  private newAxes(): [Point, Point] {
    const first = perpendicular(this.generator.latentSize, []);
    return [first, perpendicular(this.generator.latentSize, [first])];
  }

  private moveTo(point: Point): void {
    this.origin = point;
    this.sliders.querySelectorAll("input").forEach((slider) => (slider.value = "0"));
    this.near.replaceChildren();
    void this.refresh();
  }

  /** Draws the plane; calls while it is drawn end in one more drawing. */
  private async refresh(): Promise<void> {
    if (this.pending) {
      this.again = true;
      return;
    }
    this.pending = true;
    do {
      this.again = false;
      this.showPlane(await this.generator.draw(this.planePoints(), this.label));
    } while (this.again && !this.signal.aborted);
    this.pending = false;
  }

  private planePoints(): Point[] {
    const half = (side - 1) / 2;
    const shifted = this.shifted();
    return Array.from({ length: side * side }, (_, n) => {
      const [x, y] = [(n % side) - half, Math.floor(n / side) - half];
      return add(add(shifted, this.axes[0], x * spacing), this.axes[1], y * spacing);
    });
  }

  /** The point in the middle, moved by the sliders. */
  private shifted(): Point {
    return [...this.sliders.querySelectorAll("input")].reduce(
      (point, slider, n) => add(point, this.principal[n] as Point, Number(slider.value)),
      this.origin,
    );
  }

  private showPlane({ shape, pixels }: Images): void {
    this.plane.replaceChildren(...pixels.map((image) => picture(image, shape, "")));
    const middle = pixels[(side * side - 1) / 2] as Uint8Array;
    this.chosen.replaceChildren(picture(middle, shape, "The image in the middle of the plane"));
  }

  private dragging(): void {
    let from: PointerEvent | null = null;
    this.plane.addEventListener("pointerdown", (event) => {
      from = event;
      this.plane.setPointerCapture(event.pointerId);
    });
    this.plane.addEventListener("pointermove", (event) => {
      if (from) {
        const scale = (side * spacing) / this.plane.clientWidth;
        this.shift((from.clientX - event.clientX) * scale, (from.clientY - event.clientY) * scale);
        from = event;
      }
    });
    this.plane.addEventListener("pointerup", () => (from = null));
    const keys: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    this.plane.addEventListener("keydown", (event) => {
      const move = keys[event.key];
      if (move) {
        event.preventDefault();
        this.shift(move[0] * spacing, move[1] * spacing);
      }
    });
  }

  private shift(x: number, y: number): void {
    this.origin = add(add(this.origin, this.axes[0], x), this.axes[1], y);
    void this.refresh();
  }

  /** The image's derivatives by differences, at a few points. */
  private async findDirections(): Promise<void> {
    const step = 0.1;
    const jacobians: Point[][] = [];
    for (let n = 0; n < 3; n++) {
      const point = this.random();
      const moved = Array.from(point, (_, at) => point.map((value, m) => (m === at ? value + step : value)));
      const { pixels } = await this.generator.draw([point, ...moved], this.label);
      const [still, ...others] = pixels.map((image) => Float32Array.from(image)) as [Point, ...Point[]];
      jacobians.push(others.map((image) => add(image, still, -1)));
    }
    this.principal = principalDirections(jacobians, directions);
    this.sliders.replaceChildren(
      ...this.principal.map((_, n) => {
        const slider = h("input", { type: "range", min: String(-reach), max: String(reach), step: "0.1", value: "0" });
        slider.addEventListener("input", () => void this.refresh());
        return field(`Direction ${n + 1}`, slider);
      }),
    );
  }

  private async keep(): Promise<void> {
    const point = this.shifted();
    this.liked = [...this.liked, point].slice(-2);
    const { shape, pixels } = await this.generator.draw(this.liked, this.label);
    this.keeps.replaceChildren(...pixels.map((image, n) => picture(image, shape, `Kept image ${n + 1}`)));
    const [from, to] = this.liked;
    if (from && to) {
      const steps = Array.from({ length: 11 }, (_, n) => between(from, to, n / 10, this.generator.uniform));
      const way = await this.generator.draw(steps, this.label);
      this.way.replaceChildren(...way.pixels.map((image, n) => picture(image, way.shape, `${n * 10}% of the way`)));
    }
  }

  private save(): void {
    const canvas = this.chosen.querySelector("canvas");
    canvas?.toBlob((blob) => {
      if (blob) {
        const url = URL.createObjectURL(blob);
        h("a", { href: url, download: `${this.run}.png` }).click();
        URL.revokeObjectURL(url);
      }
    });
  }

  private async showNearest(): Promise<void> {
    const { pixels, shape } = await this.generator.draw([this.shifted()], this.label);
    try {
      const found = await nearest(this.run, pixels[0] as Uint8Array, this.signal);
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
    } catch (error) {
      this.near.replaceChildren(problem(error));
    }
  }
}

export function exploreView(run: string, _: RunList, signal: AbortSignal): HTMLElement {
  const body = h("div", {}, h("p", { class: "hint" }, "Fetching the generator …"));
  Generator.open(run, signal)
    .then((generator) => body.replaceChildren(new Explorer(run, generator, signal).element))
    .catch((error: unknown) => isAbort(error) || body.replaceChildren(problem(error)));
  return h("div", {}, h("h1", {}, run), h("p", { class: "lead" }, "The generator runs in this browser. Walk through what it has learnt."), body);
}
