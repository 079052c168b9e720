/**
 * All combinations of the values of a sweep's parameters.
 *
 * @module
 */
import type { SweepSpec } from '../../model.ts';

type Parameter = SweepSpec['parameters'][number];

/** The number of combinations; not exact beyond 2^53. */
export function combinationCount(parameters: readonly Parameter[]): number {
  return parameters.reduce((product, { values }) => product * values.length, 1);
}

/**
 * Visits all combinations, given as one value index per parameter; the index of the last parameter
 * changes fastest. All visits get the same array.
 */
export function eachCombination(
  parameters: readonly Parameter[],
  visit: (indices: readonly number[]) => void,
): void {
  const indices = parameters.map(() => 0);
  for (let left = combinationCount(parameters); left > 0; left -= 1) {
    visit(indices);
    for (let at = parameters.length - 1; at >= 0; at -= 1) {
      const next = (indices[at] ?? 0) + 1;
      const isWithin = next < (parameters[at]?.values.length ?? 0);
      indices[at] = isWithin ? next : 0;
      if (isWithin) break;
    }
  }
}

/** The combination with these value indices, `path -> value`. */
export function combinationAt(
  parameters: readonly Parameter[],
  indices: readonly number[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parameters.map(({ path, values }, at) => [path, values[indices[at] ?? 0] ?? '']),
  );
}
