/**
 * Adds up counts by name: drops of seeds, nodes or processes.
 *
 * @module
 */

/** Adds up several records key by key; the result is sorted by name. */
export function sumCountsByName(
  parts: Iterable<Iterable<readonly [name: string, count: number]>>,
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const part of parts) {
    for (const [name, count] of part) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}
