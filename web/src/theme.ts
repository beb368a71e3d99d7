// The colours of the style sheet, for what is drawn on a canvas.

const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** The value of a custom property: color("generator") is var(--generator). */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Calls `draw` when the colour scheme changes. */
export function onThemeChange(draw: () => void, signal: AbortSignal): void {
  dark.addEventListener("change", draw, { signal });
}
