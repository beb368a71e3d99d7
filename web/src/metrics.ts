// The measurements of a run as columns.

type Column = (number | null)[];

/** Columns that say when a row was measured, which no chart shows. */
const when = new Set(["step", "epoch", "time", "ms_per_step", "images_per_s"]);

/** A finding of the doctor, a change of the settings, or a return to a checkpoint. */
export interface Remark {
  step: number;
  /** "verdict", "change", "undo" or "rollback" */
  event: string;
  text: string;
  /** One thing to change; empty if the problem is over. */
  advice: string;
}

export class Metrics {
  steps: number[] = [];
  remarks: Remark[] = [];
  private columns = new Map<string, Column>();

  append(rows: Record<string, unknown>[]): void {
    for (const row of rows) {
      if (typeof row.step !== "number") {
        continue;
      }
      if (typeof row.event === "string") {
        this.note(row.step, row.event, row);
        continue;
      }
      const place = this.placeOf(row.step);
      for (const [name, value] of Object.entries(row)) {
        if (typeof value === "number") {
          this.set(name, place, value);
        }
      }
    }
  }

  clear(): void {
    this.steps = [];
    this.remarks = [];
    this.columns.clear();
  }

  /** As long as `steps`, with null where a row had no such number. */
  column(name: string): Column {
    const column = this.columns.get(name) ?? [];
    while (column.length < this.steps.length) {
      column.push(null);
    }
    return column;
  }

  /** The mean of two columns. */
  mean(first: string, second: string): Column {
    const other = this.column(second);
    return this.column(first).map((value, n) => {
      const partner = other[n];
      return value === null || partner == null ? null : (value + partner) / 2;
    });
  }

  /** The minutes of training before each row: the sum of what the steps took. */
  minutes(): number[] {
    const time = this.column("ms_per_step");
    let minutes = 0;
    let before = 0;
    let pace = 0;
    return this.steps.map((step, n) => {
      pace = time[n] ?? pace;
      minutes += ((step - before) * pace) / 60_000;
      before = step;
      return minutes;
    });
  }

  /** The steps after which the run went on otherwise than before. */
  turns(): number[] {
    return [...new Set(this.remarks.filter(({ event }) => event !== "verdict").map(({ step }) => step))];
  }

  last(name: string): number | null {
    return this.columns.get(name)?.findLast((value) => value !== null) ?? null;
  }

  /** The columns that charts show: losses, scores of an evaluation, norms of gradients. */
  measured(): string[] {
    return [...this.columns.keys()].filter((name) => !when.has(name));
  }

  private set(name: string, place: number, value: number): void {
    const column = this.column(name);
    column[place] = value;
    this.columns.set(name, column);
  }

  /** Rows of one step, such as its losses and its scores, share a place. */
  private placeOf(step: number): number {
    const last = this.steps.length - 1;
    if (this.steps[last] !== step) {
      this.steps.push(step);
      return last + 1;
    }
    return last;
  }

  /** What a row says in words. */
  private note(step: number, event: string, { message, advice }: Record<string, unknown>): void {
    if (typeof message === "string" && message) {
      this.remarks.push({ step, event, text: message, advice: typeof advice === "string" ? advice : "" });
    }
  }
}
