/**
 * The truth at the cursor: which links and nodes the network model has down or impaired, and since
 * when. From the fault table of the trace alone: what nodes believe is in `belief.ts`. No DOM.
 *
 * @module
 */
import type { FaultRow, TraceInfo } from './trace-answers.ts';

/** State of a link or node by its id. */
export interface Disruption {
  readonly state: 'down' | 'impaired';
  readonly sinceNs: number;
  readonly text: string;
}

/** What ails at an instant, by target; of several faults on one target the worst, then the latest. */
export function disruptionsAt(
  faults: readonly FaultRow[],
  timeNs: number,
): ReadonlyMap<string, Disruption> {
  const disrupted = new Map<string, Disruption>();
  for (const { target, text, timeNs: sinceNs } of openAt(faults, timeNs)) {
    const state = /\b(down|crash\w*|partition\w*|cut off)\b/.test(text) ? 'down' : 'impaired';
    const isMilder = disrupted.get(target)?.state === 'down' && state === 'impaired';
    if (!isMilder) disrupted.set(target, { state, sinceNs, text });
  }
  return disrupted;
}

/** Faults that have begun and not ended, in the order in which they began. */
function openAt(faults: readonly FaultRow[], timeNs: number): readonly FaultRow[] {
  const open: FaultRow[] = [];
  for (const row of faults.filter((one) => one.timeNs <= timeNs)) {
    if (row.kind === 'begin') open.push(row);
    if (row.kind !== 'end') continue;
    const ended = open.findIndex(({ target, text }) => target === row.target && text === row.text);
    if (ended >= 0) open.splice(ended, 1);
  }
  return open;
}

/** Ids of the links that a target comprises: itself, or all links of a node that crashed. */
export function linksOf(
  { links, nodes }: Pick<TraceInfo, 'links' | 'nodes'>,
  target: string,
): readonly string[] {
  const node = nodes.findIndex(({ name }) => name === target);
  if (node < 0) return [target];
  return [
    ...new Set(links.filter(({ from, to }) => from === node || to === node).map(({ id }) => id)),
  ];
}

/** What ails links at an instant, by the id of the link; a crashed node takes its links with it. */
export function brokenLinks(
  info: Pick<TraceInfo, 'links' | 'nodes' | 'faults'>,
  timeNs: number,
): ReadonlyMap<string, Disruption> {
  const broken = new Map<string, Disruption>();
  for (const [target, disruption] of disruptionsAt(info.faults, timeNs)) {
    for (const id of linksOf(info, target)) broken.set(id, disruption);
  }
  return broken;
}

/** A link for people. */
export function linkText(id: string): string {
  return id.replace('--', ' ↔ ');
}
