/**
 * Computes which links and nodes are down or impaired at an instant, and since when, from the fault
 * table of the trace alone; `belief.ts` tells what the nodes believe. Uses no DOM.
 *
 * @module
 */
import type { FaultRow, TraceInfo } from './trace-answers.ts';

/** A link or node that is down or impaired. */
export interface Disruption {
  readonly state: 'down' | 'impaired';
  readonly sinceNs: number;
  readonly text: string;
}

/**
 * Lists the links and nodes that are broken at an instant. If a target has several faults, the
 * worst one counts; of equally bad faults, the latest one counts.
 */
export function disruptionsAt(
  faults: readonly FaultRow[],
  timeNs: number,
): ReadonlyMap<string, Disruption> {
  const disrupted = new Map<string, Disruption>();
  for (const { target, text, timeNs: sinceNs } of ongoingFaultsAt(faults, timeNs)) {
    const state = /\b(down|crash\w*|partition\w*|cut off)\b/.test(text) ? 'down' : 'impaired';
    const isMilder = disrupted.get(target)?.state === 'down' && state === 'impaired';
    if (!isMilder) disrupted.set(target, { state, sinceNs, text });
  }
  return disrupted;
}

/** Returns the faults that have begun and not ended, in the order in which they began. */
function ongoingFaultsAt(faults: readonly FaultRow[], timeNs: number): readonly FaultRow[] {
  const open: FaultRow[] = [];
  for (const row of faults.filter((one) => one.timeNs <= timeNs)) {
    if (row.kind === 'begin') open.push(row);
    if (row.kind !== 'end') continue;
    const ended = open.findIndex(({ target, text }) => target === row.target && text === row.text);
    if (ended >= 0) open.splice(ended, 1);
  }
  return open;
}

/**
 * Returns the ids of the links that a fault's target affects: the link itself, or all links of a
 * crashed node.
 */
export function linkIdsOfTarget(
  { links, nodes }: Pick<TraceInfo, 'links' | 'nodes'>,
  target: string,
): readonly string[] {
  const node = nodes.findIndex(({ name }) => name === target);
  if (node < 0) return [target];
  return [
    ...new Set(links.filter(({ from, to }) => from === node || to === node).map(({ id }) => id)),
  ];
}

/**
 * Lists the links that are broken at an instant, by id, each with its disruption. A crashed node
 * breaks all its links.
 */
export function linkDisruptionsAt(
  info: Pick<TraceInfo, 'links' | 'nodes' | 'faults'>,
  timeNs: number,
): ReadonlyMap<string, Disruption> {
  const broken = new Map<string, Disruption>();
  for (const [target, disruption] of disruptionsAt(info.faults, timeNs)) {
    for (const id of linkIdsOfTarget(info, target)) broken.set(id, disruption);
  }
  return broken;
}

/** Formats the id of a link for people: `a ↔ b` instead of `a--b`. */
export function linkText(id: string): string {
  return id.replace('--', ' ↔ ');
}
