// Numbers in a readable form.

export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

export function fixed(value: number | null | undefined, digits = 3): string {
  return value == null ? "–" : value.toFixed(digits);
}

export function percent(value: number | null | undefined): string {
  return value == null ? "–" : `${Math.round(value * 100)}%`;
}

/** "8 s", "2:05", "1:02:03" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "7 × 7 × 128" */
export function shape(sizes: number[]): string {
  return sizes.map(grouped).join(" × ");
}
