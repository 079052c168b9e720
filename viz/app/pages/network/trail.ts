/**
 * The way of one packet as `--explain` kept it: where it is at the cursor, which nodes take a layer
 * off, and what became of its bytes. Plain values, no DOM.
 *
 * @module
 */
import type { PacketField } from '../../../format/packet-fields.ts';
import type { Passage } from '../../../format/passages.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';

/** What one node finds under its key. */
export interface Skin {
  /** Who takes it off. */
  readonly node: string;
  /** Number of the first passage without it; the count of passages when there is none. */
  readonly offFrom: number;
}

/** Names of the ends of a passage. */
export interface PassageEnds {
  readonly from: string;
  /** Undefined: the bytes went to the application of `from`. */
  readonly to: string | undefined;
}

/** The passage that a cursor stands at: the latest one before it, else the first. */
export function stepAt(passages: readonly Passage[], timeNs: number): number {
  const last = passages.findLastIndex((passage) => passage.timeNs <= timeNs);
  return Math.max(0, last);
}

/** Who offers a packet to whom. */
export function endsOf(passage: Passage, { nodes, links }: TraceInfo): PassageEnds {
  const name = (node: number): string => nodes[node]?.name ?? 'a node';
  const link = passage.link === undefined ? undefined : links[passage.link];
  const isShared = link !== undefined && link.to < 0;
  const to = isShared ? 'all on the segment' : link && name(link.to);
  return { from: name(passage.node), to };
}

/**
 * The layers that nodes take off, outermost first: a node that makes another packet of what it got
 * has taken one off. The last node of an onion counts, though nothing comes out of it.
 */
export function skinsOf(passages: readonly Passage[], info: TraceInfo): readonly Skin[] {
  const skins: Skin[] = [];
  for (const [at, passage] of passages.entries()) {
    const { to } = endsOf(passage, info);
    const next = passages[at + 1];
    const isOpened = next === undefined ? skins.length > 0 : next.packet !== passage.packet;
    if (to !== undefined && isOpened) skins.push({ node: to, offFrom: at + 1 });
  }
  return skins;
}

/** How many bytes of a field are other than they were; undefined where nothing was before. */
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
