/**
 * Values of the attribute `d` for straight lines and for bands between two lines.
 *
 * d3-shape does the same, but it would add 4 kB of unused curves, symbols and stacks to the script,
 * because no bundler can tell that they are unused.
 *
 * @module
 */

/** Makes a line through points; null breaks it. All values are px. */
export function linePath(points: readonly (readonly [x: number, y: number] | null)[]): string {
  return unbroken(points)
    .map((run) => `M${run.map(pointText).join('L')}`)
    .join('');
}

/** Makes the band between two lines that are given at the same places; null breaks it. All values are px. */
export function bandPath(
  columns: readonly (readonly [x: number, low: number, high: number] | null)[],
): string {
  return unbroken(columns)
    .map((run) => {
      const upper = run.map(([x, , high]) => pointText([x, high]));
      const lower = run.map(([x, low]) => pointText([x, low])).reverse();
      return `M${[...upper, ...lower].join('L')}Z`;
    })
    .join('');
}

/** Splits a list at its nulls. */
function unbroken<Item>(list: readonly (Item | null)[]): readonly (readonly Item[])[] {
  const runs: Item[][] = [[]];
  for (const item of list) {
    if (item === null) runs.push([]);
    else runs.at(-1)?.push(item);
  }
  return runs.filter((run) => run.length > 0);
}

function pointText([x, y]: readonly [x: number, y: number]): string {
  return `${Math.round(10 * x) / 10},${Math.round(10 * y) / 10}`;
}
