// Arithmetic in latent space. Points are arrays of one length.

export type Point = Float32Array;

export function dot(a: Point, b: Point): number {
  return a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0);
}

export function norm(a: Point): number {
  return Math.sqrt(dot(a, a));
}

/** a + scale * b */
export function add(a: Point, b: Point, scale = 1): Point {
  return a.map((value, n) => value + scale * (b[n] ?? 0));
}

export function unit(a: Point): Point {
  const length = norm(a) || 1;
  return a.map((value) => value / length);
}

/** Pairs of uniform numbers as normal ones (Box and Muller). */
export function randomPoint(size: number, uniform: boolean): Point {
  return Float32Array.from({ length: size }, () =>
    uniform ? 2 * Math.random() - 1 : Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random()),
  );
}

/** The point itself or, outside the distribution's range, the nearest point within it. */
export function typical(point: Point, uniform: boolean): Point {
  if (uniform) {
    return point.map((value) => Math.min(1, Math.max(-1, value)));
  }
  const farthest = Math.sqrt(point.length) + 2; // the norm's standard deviation is 0.7
  const length = norm(point);
  return length > farthest ? point.map((value) => (value * farthest) / length) : point;
}

/** A random direction at right angles to those given. */
export function perpendicular(size: number, others: Point[]): Point {
  return unit(others.reduce((rest, other) => add(rest, other, -dot(rest, other)), randomPoint(size, false)));
}

/** Between two points: an arc, as points of a normal distribution lie near a sphere, or a line (White 2016). */
export function between(from: Point, to: Point, share: number, uniform: boolean): Point {
  const angle = Math.acos(Math.min(1, Math.max(-1, dot(unit(from), unit(to)))));
  if (uniform || angle < 1e-3) {
    return add(from.map((value) => value * (1 - share)), to, share);
  }
  const [a, b] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  return add(from.map((value) => value * a), to, b);
}

/**
 * The directions in which a generator's image changes most: the leading eigenvectors of the mean of J J^T over some
 * points, where row i of J is the image's derivative by latent coordinate i, found by power iteration with deflation.
 * `jacobians` are those J, each a list of `size` rows.
 */
export function principalDirections(jacobians: Point[][], count: number): Point[] {
  const size = jacobians[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, (_, row) =>
    Float32Array.from({ length: size }, (_, column) =>
      jacobians.reduce((sum, rows) => sum + dot(rows[row] as Point, rows[column] as Point), 0),
    ),
  );
  const found: Point[] = [];
  while (found.length < Math.min(count, size)) {
    let vector = perpendicular(size, found);
    for (let turn = 0; turn < 60; turn++) {
      const image = Float32Array.from(matrix, (row) => dot(row, vector));
      vector = unit(found.reduce((rest, other) => add(rest, other, -dot(rest, other)), image));
    }
    found.push(vector);
  }
  return found;
}
