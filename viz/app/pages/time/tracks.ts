/**
 * Computes the tracks of nodes: which nodes have one track in common, and the arrivals of each
 * track as bars over time, counted either from the bins of the trace's pyramid or from single
 * packets.
 *
 * @module
 */

import type { MarkRow, SpanRow } from '../../../format/drawing.ts';
import type { ArrivalDensity, HopColumns, TraceInfo } from '../../data/trace-answers.ts';

/** One track: a single node, or all nodes of a role. */
export interface Track {
  readonly label: string;
  readonly nodes: readonly number[];
  readonly isGroup: boolean;
}

/**
 * A bar of a track; its height is the number of packets that arrived at the nodes of the track in
 * this interval.
 */
export interface Bar {
  readonly fromNs: number;
  readonly toNs: number;
  readonly count: number;
  readonly drops: number;
}

/** A track with its bars, procedures and marks. */
export interface FilledTrack extends Track {
  readonly bars: readonly Bar[];
  readonly spans: readonly SpanRow[];
  readonly marks: readonly MarkRow[];
  readonly count: number;
  readonly drops: number;
}

/** The events of the visible window. */
export interface WindowEvents {
  readonly density: ArrivalDensity;
  /**
   * Single packets; undefined if there are too many, if the bins of the pyramid are narrow enough,
   * or if the trace has not kept packets.
   */
  readonly hops: HopColumns | undefined;
  readonly spans: readonly SpanRow[];
  readonly marks: readonly MarkRow[];
}

/** In runs with more nodes than this, all nodes of a role are shown as one track at first. */
const OPEN_MAX = 24;
/** Number of bars of a track whose packets are counted singly. */
const COLUMNS = 400;

/**
 * Returns the role of a node, which follows from its name: `core-110` is a `core`. If the name is a
 * number, the role is the node's protocol.
 */
export function roleOfNode({ name, protocol }: TraceInfo['nodes'][number]): string {
  const stem = name.replace(/[-_.]?\d.*$/, '');
  return stem === '' ? protocol : stem;
}

/** Lists the roles of a run, in the order of its nodes. */
export function listRoles({ nodes }: Pick<TraceInfo, 'nodes'>): readonly string[] {
  return [...new Set(nodes.map(roleOfNode))];
}

/**
 * Lists the roles whose nodes are shown as one track at first: in a run with many nodes, all roles
 * that have several nodes.
 */
export function initiallyFoldedRoles({ nodes }: Pick<TraceInfo, 'nodes'>): readonly string[] {
  if (nodes.length <= OPEN_MAX) return [];
  return listRoles({ nodes }).filter(
    (role) => nodes.filter((one) => roleOfNode(one) === role).length > 1,
  );
}

/** Makes one track for each role in `folded`, and one for each node of the other roles. */
export function listTracks(
  { nodes }: Pick<TraceInfo, 'nodes'>,
  folded: ReadonlySet<string>,
): readonly Track[] {
  return listRoles({ nodes }).flatMap((role): Track[] => {
    const own = nodes.flatMap((node, number) => (roleOfNode(node) === role ? [number] : []));
    if (folded.has(role)) {
      return [{ label: `${role} (${own.length})`, nodes: own, isGroup: true }];
    }
    return own.map((number) => ({
      label: nodes[number]?.name ?? '',
      nodes: [number],
      isGroup: false,
    }));
  });
}

/** Adds to the tracks their bars, procedures and marks. */
export function filledTracks(
  tracks: readonly Track[],
  events: WindowEvents,
  of: { readonly info: TraceInfo; readonly fromNs: number; readonly toNs: number },
): readonly FilledTrack[] {
  return tracks.map((track) => {
    const bars =
      events.hops === undefined
        ? densityBars(events.density, track.nodes)
        : packetBars(events.hops, track.nodes, of);
    const sum = (of: (bar: Bar) => number): number => bars.reduce((all, bar) => all + of(bar), 0);
    const isOwn = ({ node }: { readonly node: number }): boolean => track.nodes.includes(node);
    return {
      ...track,
      bars,
      spans: events.spans.filter(isOwn),
      marks: events.marks.filter(isOwn),
      count: sum(({ count }) => count),
      drops: sum(({ drops }) => drops),
    };
  });
}

function densityBars(density: ArrivalDensity, nodes: readonly number[]): readonly Bar[] {
  const { startNs, binNs, bins } = density;
  const bars: Bar[] = [];
  for (let bin = 0; bin < bins; bin += 1) {
    let [count, drops] = [0, 0];
    for (const node of nodes) {
      count += density.count[node * bins + bin] ?? 0;
      drops += density.drops[node * bins + bin] ?? 0;
    }
    const fromNs = startNs + bin * binNs;
    if (count + drops > 0) bars.push({ fromNs, toNs: fromNs + binNs, count, drops });
  }
  return bars;
}

function packetBars(
  hops: HopColumns,
  nodes: readonly number[],
  of: { readonly info: TraceInfo; readonly fromNs: number; readonly toNs: number },
): readonly Bar[] {
  const { info, fromNs, toNs } = of;
  const binNs = (toNs - fromNs) / COLUMNS;
  const count = new Float64Array(COLUMNS);
  const drops = new Float64Array(COLUMNS);
  for (let row = 0; row < hops.rows; row += 1) {
    if (!nodes.includes(info.links[hops.link[row] ?? -1]?.to ?? -1)) continue;
    const arriveNs = hops.arriveNs[row] ?? Number.NaN;
    const isLost = hops.fate[row] === 1;
    const at = Math.floor(((isLost ? (hops.departNs[row] ?? 0) : arriveNs) - fromNs) / binNs);
    if (!(at >= 0 && at < COLUMNS)) continue;
    const into = isLost ? drops : count;
    into[at] = (into[at] ?? 0) + 1;
  }
  return Array.from({ length: COLUMNS }, (_, at) => ({
    fromNs: fromNs + at * binNs,
    toNs: fromNs + (at + 1) * binNs,
    count: count[at] ?? 0,
    drops: drops[at] ?? 0,
  })).filter((bar) => bar.count + bar.drops > 0);
}
