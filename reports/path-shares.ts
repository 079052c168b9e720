/**
 * Which paths carried the packets of a run: for a single run, or for a live run and the same
 * scenario in virtual time.
 *
 * Gateways choose paths by measurements, to which a real machine adds noise: after a fault, two paths
 * of nearly equal quality may be swapped. Latencies then differ although every packet was on time; the
 * shares reveal this.
 *
 * @module
 */
import type { JudgeInput } from './model.ts';
import type { Report } from './report-schema.ts';

/** One path and its share of all packets sent, 0..1. */
export interface PathShare {
  readonly path: string;
  readonly live: number;
  readonly simulated: number;
}

/** Prefix of the names of series that count packets by path: `path:NAME`, `path:NAME FROM -> TO`. */
const PREFIX = 'path:';

/**
 * The shares of all paths that at least one of the two runs used, sorted by name; empty if no node
 * chooses paths.
 */
export function pathShares(live: JudgeInput, simulated: JudgeInput): readonly PathShare[] {
  const [own, ideal] = [sharesOf(live), sharesOf(simulated)];
  return [...new Set([...own.keys(), ...ideal.keys()])].sort().map((path) => ({
    path,
    live: own.get(path) ?? 0,
    simulated: ideal.get(path) ?? 0,
  }));
}

/** Share of each path in a report, the largest first; none when no node chooses paths. */
export function sharesOfReport({
  series,
}: Pick<Report, 'series'>): readonly (readonly [string, number])[] {
  const shares = sharesOfSeries(series.map(({ name, mean }) => ({ name, values: mean })));
  return [...shares].sort(([, a], [, b]) => b - a);
}

function sharesOf({ seeds }: JudgeInput): Map<string, number> {
  return sharesOfSeries(seeds.flatMap(({ series }) => series));
}

function sharesOfSeries(
  series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[],
): Map<string, number> {
  const packets = new Map<string, number>();
  for (const { name, values } of series) {
    if (!name.startsWith(PREFIX)) continue;
    const path = name.slice(PREFIX.length);
    const sum = values.reduce<number>((total, value) => total + (value ?? 0), 0);
    packets.set(path, (packets.get(path) ?? 0) + sum);
  }
  const all = [...packets.values()].reduce((total, sum) => total + sum, 0);
  return new Map([...packets].map(([path, sum]) => [path, all === 0 ? 0 : sum / all]));
}
