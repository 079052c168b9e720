/**
 * How long packets that are under way at the end of a run may still arrive (`drain`), and warnings for
 * flows for which this is too short. Reports E104 (docs/spec/error-messages.md).
 *
 * @module
 */
import { LONGEST_TIME_NS } from '../../topologies/files/quantity.ts';
import { formatTime } from '../../topologies/files/units.ts';
import type { DrawnTraffic, TrafficSpec } from '../model.ts';
import type { ScenarioContext } from './context.ts';
import { DelayGraph } from './graph/delay-graph.ts';
import type { ResolvedTraffic } from './traffic.ts';

const DRAIN_DEFAULT_NS = 1_000_000_000;
/** Largest number of flows that a warning names; further flows have the same cause. */
const NAMED_MAX = 3;

/** The drain in ns; refuses a drain that ends later than the largest instant of a run. */
export function resolveDrain(context: ScenarioContext, drainNs: number | undefined): number {
  if (drainNs === undefined) return DRAIN_DEFAULT_NS;
  const longestNs = LONGEST_TIME_NS - context.durationNs;
  if (drainNs > longestNs) {
    const sum = formatTime(context.durationNs);
    const message = `${formatTime(drainNs)} after a duration of ${sum} is above the maximum 104d`;
    context.refuse('E104', ['drain'], message, `at most ${formatTime(longestNs)} are left`);
  }
  return drainNs;
}

/** Warns about flows whose last packets cannot arrive before the run is over. */
export function checkDrain(
  context: ScenarioContext,
  { traffic, drawnTraffic = [] }: ResolvedTraffic,
  drainNs: number,
): void {
  const delays = new DelayGraph(context.topology);
  // Two upper bounds that are quick to compute come first: the sum of all delays, and the longest
  // detour via one node.
  if (delays.sumNs <= drainNs || delays.longestThroughOneNs() <= drainNs) return;
  const shortest = cached((from: string) => delays.from(from));
  const slow: string[] = [];
  for (const flow of traffic) {
    const delayNs = shortest(flow.from)(flow.to) ?? 0;
    if (delayNs <= drainNs) continue;
    slow.push(
      slowText(flow, `from ${flow.from} to ${flow.to} take at least`, { delayNs, drainNs }),
    );
  }
  for (const drawn of drawnTraffic) {
    const pair = slowPair(drawn, delays, drainNs);
    if (pair === undefined) continue;
    const words = `between ${drawn.words}, as from ${pair.from} to ${pair.to}, may take`;
    slow.push(slowText(drawn, words, { delayNs: pair.delayNs, drainNs }));
  }
  for (const one of slow.slice(0, NAMED_MAX)) context.warnings.push(one);
  const more = slow.length - NAMED_MAX;
  if (more > 0) context.warnings.push(`drain is too short for ${more} more entries of traffic`);
}

function slowText(
  { position }: Pick<TrafficSpec, 'position'>,
  words: string,
  { delayNs, drainNs }: { readonly delayNs: number; readonly drainNs: number },
): string {
  const { file, line, column } = position;
  return (
    `${file}:${line}:${column}: packets ${words} ${formatTime(delayNs)}, ` +
    `drain is ${formatTime(drainNs)}: those sent last count as lost`
  );
}

/** The first pair of nodes, in the order of the topology, whose packets take longer than the drain. */
function slowPair(
  { among }: DrawnTraffic,
  delays: DelayGraph,
  drainNs: number,
): { readonly from: string; readonly to: string; readonly delayNs: number } | undefined {
  for (const from of among) {
    const shortest = delays.from(from);
    for (const to of among) {
      const delayNs = shortest(to) ?? 0;
      if (delayNs > drainNs) return { from, to, delayNs };
    }
  }
  return undefined;
}

function cached<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key) ?? make(key);
    made.set(key, known);
    return known;
  };
}
