/**
 * Draws the pairs of nodes of `pairs:` entries of `traffic` from the seed of a run.
 *
 * Ordered pairs of different nodes, each at most once, all equally likely, from the stream
 * `traffic/<entry>`, purpose `pairs`. With a smaller number of pairs, the pairs are the first of those
 * of a larger number (docs/spec/scenario-files.md#traffic).
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import { openRandomStream, type RandomStream, type Seed } from '../../engine/core/stream.ts';
import type { DrawnTraffic, Scenario, TrafficSpec } from '../../scenarios/model.ts';

/** All traffic entries of a scenario, in the order of its file. */
export function trafficEntries({
  traffic,
  drawnTraffic = [],
}: Pick<Scenario, 'traffic' | 'drawnTraffic'>): readonly (TrafficSpec | DrawnTraffic)[] {
  const entries: (TrafficSpec | DrawnTraffic)[] = [...traffic];
  for (const drawn of drawnTraffic) entries.splice(drawn.entry, 0, drawn);
  return entries;
}

/** The scenario for one seed: the flows of drawn pairs are in `traffic` like all others. */
export function withTrafficOfSeed(scenario: Scenario, seed: Seed): Scenario {
  const { drawnTraffic, ...rest } = scenario;
  if (drawnTraffic === undefined) return scenario;
  const groups = new Set<string>();
  const traffic = trafficEntries(scenario).flatMap((entry, index): readonly TrafficSpec[] => {
    const streams = String(index);
    if (!('among' in entry)) return [{ streams, ...entry }];
    const { entry: _entry, pairs, among: _among, words, ...flow } = entry;
    const name = `${pairs} ${pairs === 1 ? 'pair' : 'pairs'} of ${words}`;
    const group = groups.has(name) ? `${name} (entry ${index + 1})` : name;
    groups.add(group);
    const drawn = drawPairs(entry, openRandomStream(seed, `traffic/${index}`, 'pairs'));
    return drawn.map(([from, to], number) => {
      return { ...flow, from, to, streams: `${streams}/${number}`, group };
    });
  });
  return { ...rest, traffic };
}

/**
 * Draws pairs by a Fisher-Yates shuffle of the numbered pairs, from the front; only swapped numbers are
 * stored.
 */
function drawPairs(
  { pairs, among }: Pick<DrawnTraffic, 'pairs' | 'among'>,
  draws: RandomStream,
): readonly (readonly [from: string, to: string])[] {
  const others = among.length - 1;
  const possible = among.length * others;
  assert(pairs <= possible, `${pairs} of ${possible} pairs`);
  const moved = new Map<number, number>();
  return Array.from({ length: pairs }, (_, place) => {
    const other = place + draws.below(possible - place);
    const number = moved.get(other) ?? other;
    moved.set(other, moved.get(place) ?? place);
    const from = Math.floor(number / others);
    const rest = number % others;
    const to = rest < from ? rest : rest + 1;
    return [among[from] ?? '', among[to] ?? ''] as const;
  });
}
