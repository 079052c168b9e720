/**
 * Finds the routes of the flows that used a broken link, before the fault and after the switch to
 * another path, from packets in the trace. If the trace has no such packets, no route is shown.
 *
 * @module
 */
import { quantityText } from '../../../../reports/format.ts';
import type { FaultRow, HopColumns, TimeWindow, TraceInfo } from '../../data/trace-answers.ts';
import type { FaultWithEffects } from './world.ts';

/** Packets within this time before the fault show the old route, ns. */
const BEFORE_NS = 300e6;
/** Packets within this time after the switch show the new route, ns. */
const AFTER_NS = 500e6;
/** Both routes stay visible for this long after the end of the fault, ns. */
const STAYS_NS = 500e6;
const FAINTEST = 0.35;

/** A fault, and when a node switched to another path because of it. */
export interface PathSwitch {
  readonly target: string;
  readonly beginNs: number;
  readonly switchedNs: number;
}

/** The route before the fault and the route after the switch, each as the ids of its links. */
export interface Detour {
  readonly of: PathSwitch;
  readonly oldWay: readonly string[];
  readonly newWay: readonly string[];
}

/** How the routes are drawn at an instant. */
export interface DetourStyle {
  /** Opacity of the old route: 1 at the start of the fault; it decreases until the switch. */
  readonly oldOpacity: number;
  /**
   * The lines of the label: the effect, and how long after the fault it happened. Empty before the
   * switch.
   */
  readonly stamp: readonly string[];
}

/** Finds the first path switch after a fault, even if the cursor is still before the switch. */
export function firstPathSwitch(
  faults: readonly FaultRow[],
  story: FaultWithEffects | undefined,
): PathSwitch | undefined {
  if (story === undefined) return undefined;
  const { target, beginNs, text } = story;
  const row = faults.find(
    (one) => one.timeNs >= beginNs && one.target === target && one.text === `switched: ${text}`,
  );
  return row === undefined ? undefined : { target, beginNs, switchedNs: row.timeNs };
}

/** Returns the two intervals whose packets are queried: before the fault and after the switch. */
export function windowsAroundSwitch({
  beginNs,
  switchedNs,
}: PathSwitch): readonly [TimeWindow, TimeWindow] {
  return [
    { fromNs: Math.max(0, beginNs - BEFORE_NS), toNs: beginNs },
    { fromNs: switchedNs, toNs: switchedNs + AFTER_NS },
  ];
}

/**
 * Finds the routes of the flows that used the broken link or node. A route is empty if no packet in
 * the trace shows it.
 */
export function findDetour(
  info: TraceInfo,
  of: PathSwitch,
  hops: { readonly before: HopColumns; readonly after: HopColumns },
): Detour {
  const [beforeWindow, afterWindow] = windowsAroundSwitch(of);
  const before = departuresIn(hops.before, beforeWindow);
  const flows = new Set<number>();
  for (const row of before) {
    const flow = hops.before.flow[row] ?? 0;
    if (flow > 0 && touches(info, hops.before.link[row] ?? -1, of.target)) flows.add(flow);
  }
  const isOwn = ({ flow }: HopColumns, row: number): boolean => flows.has(flow[row] ?? 0);
  // Only packets that their source sent after the switch show the new route; earlier packets may
  // still use the old route.
  const fresh = new Set<number>();
  const after = departuresIn(hops.after, afterWindow).filter((row) => isOwn(hops.after, row));
  for (const row of after) {
    const link = info.links[hops.after.link[row] ?? -1];
    const source = info.flows[hops.after.flow[row] ?? 0]?.split(' -> ')[0];
    if (link !== undefined && info.nodes[link.from]?.name === source)
      fresh.add(hops.after.packet[row] ?? -1);
  }
  return {
    of,
    oldWay: wiresOf(
      info,
      hops.before,
      before.filter((row) => isOwn(hops.before, row)),
    ),
    newWay: wiresOf(
      info,
      hops.after,
      after.filter((row) => fresh.has(hops.after.packet[row] ?? -1)),
    ),
  };
}

/**
 * Returns the style of the routes at an instant; undefined once {@link STAYS_NS} have passed since
 * the end of the fault.
 */
export function detourStyleAt(
  { of }: Detour,
  story: FaultWithEffects,
  timeNs: number,
): DetourStyle | undefined {
  const { endNs, effects } = story;
  if (endNs !== undefined && timeNs > endNs + STAYS_NS) return undefined;
  const faded = (timeNs - of.beginNs) / Math.max(1, of.switchedNs - of.beginNs);
  const stamp = effects.map(({ name, afterNs }) => `${name} +${quantityText(afterNs, 'ns')}`);
  return {
    oldOpacity: Math.max(FAINTEST, 1 - faded * (1 - FAINTEST)),
    stamp: timeNs < of.switchedNs ? [] : stamp,
  };
}

function departuresIn(hops: HopColumns, { fromNs, toNs }: TimeWindow): number[] {
  const rows: number[] = [];
  for (let row = 0; row < hops.rows; row += 1) {
    const departNs = hops.departNs[row] ?? Number.NaN;
    if (departNs >= fromNs && departNs < toNs) rows.push(row);
  }
  return rows;
}

function touches(info: TraceInfo, number: number, target: string): boolean {
  const link = info.links[number];
  if (link === undefined) return false;
  const ends = [link.from, link.to].map((node) => info.nodes[node]?.name);
  return link.id === target || link.name === target || ends.includes(target);
}

function wiresOf(info: TraceInfo, hops: HopColumns, rows: readonly number[]): readonly string[] {
  const ids = rows.flatMap((row) => info.links[hops.link[row] ?? -1]?.id ?? []);
  return [...new Set(ids)];
}
