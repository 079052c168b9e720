/**
 * The route of one packet as `--explain` recorded it: where it is at the cursor, which nodes remove
 * a layer, and how its bytes changed. Plain values, no DOM.
 *
 * @module
 */
import type { PacketField } from '../../../format/packet-fields.ts';
import type { Passage } from '../../../format/passages.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';

/** What one node finds under its key. */
export interface OnionLayer {
  /** The node that removes it. */
  readonly node: string;
  /** Number of the first hop without it; the number of hops if there is none. */
  readonly offFrom: number;
}

/** Names of the ends of a hop. */
export interface PassageEnds {
  readonly from: string;
  /** Undefined: the bytes went to the application of `from`. */
  readonly to: string | undefined;
}

/** The hop at a cursor: the latest one before it, else the first. */
export function stepAt(passages: readonly Passage[], timeNs: number): number {
  const last = passages.findLastIndex((passage) => passage.timeNs <= timeNs);
  return Math.max(0, last);
}

/** Sender and receiver of a packet. */
export function endsOf(passage: Passage, { nodes, links }: TraceInfo): PassageEnds {
  const name = (node: number): string => nodes[node]?.name ?? 'a node';
  const link = passage.link === undefined ? undefined : links[passage.link];
  const isShared = link !== undefined && link.to < 0;
  const to = isShared ? 'all on the segment' : link && name(link.to);
  return { from: name(passage.node), to };
}

/**
 * The layers that nodes remove, outermost first: a node that makes a new packet from what it got
 * has removed one. The last node of an onion counts, though nothing comes out of it.
 */
export function onionLayersOf(
  passages: readonly Passage[],
  info: TraceInfo,
): readonly OnionLayer[] {
  const layers: OnionLayer[] = [];
  for (const [at, passage] of passages.entries()) {
    const { to } = endsOf(passage, info);
    const next = passages[at + 1];
    const isOpened = next === undefined ? layers.length > 0 : next.packet !== passage.packet;
    if (to !== undefined && isOpened) layers.push({ node: to, offFrom: at + 1 });
  }
  return layers;
}

/** How many bytes of a field have changed; undefined if there was nothing before. */
export function newBytesIn(
  { offset, length }: Pick<PacketField, 'offset' | 'length'>,
  now: Uint8Array,
  before: Uint8Array | undefined,
): number | undefined {
  if (before === undefined || before.length !== now.length) return undefined;
  let count = 0;
  for (let at = offset; at < offset + length; at += 1) if (now[at] !== before[at]) count += 1;
  return count;
}
