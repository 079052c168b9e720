/**
 * Computes from the route of one packet, as recorded by `--explain`: at which hop the packet is at
 * the cursor, which nodes remove a layer of encryption, and how its bytes changed. Uses no DOM.
 *
 * @module
 */

import type { Capture } from '../../../format/captures.ts';
import type { PacketField } from '../../../format/packet-fields.ts';
import type { TraceInfo } from '../../data/trace-answers.ts';

/**
 * If at most this share of the bytes at equal offsets is equal, nobody can tell that one packet was
 * made from the other; of random bytes, 1 in 256 is equal.
 */
const KEPT_MAX = 1 / 8;

/** A layer of encryption, which only one node can remove. */
export interface OnionLayer {
  /** The node that removes the layer. */
  readonly node: string;
  /** Index of the first hop without the layer; the number of hops if no hop is without it. */
  readonly offFrom: number;
}

/** Names of the two nodes of a hop, as the panel shows them. */
export interface CaptureEnds {
  readonly from: string;
  /**
   * Name of the receiving node; undefined if the node `from` delivered the bytes to its
   * application.
   */
  readonly to: string | undefined;
}

/**
 * Returns the index of the latest hop that began at or before the cursor, or else of the first hop.
 */
export function captureIndexAt(captures: readonly Capture[], timeNs: number): number {
  const last = captures.findLastIndex((capture) => capture.timeNs <= timeNs);
  return Math.max(0, last);
}

/** Returns the names of the two nodes of a hop. */
export function findCaptureEnds(capture: Capture, { nodes, links }: TraceInfo): CaptureEnds {
  const name = (node: number): string => nodes[node]?.name ?? 'a node';
  const link = capture.link === undefined ? undefined : links[capture.link];
  const isShared = link !== undefined && link.to < 0;
  const to = isShared ? (link.toRegion ?? 'all on the segment') : link && name(link.to);
  return { from: link?.fromRegion ?? name(capture.node), to };
}

/**
 * Lists the layers of encryption that nodes remove, the outermost first. A node has removed a layer
 * if its protocol removes layers, and if hardly any byte of the packet that it sends equals the
 * byte at the same offset of the packet that it received. The last node sends nothing on; it counts
 * as well if another node before it has removed a layer.
 * @param peeling The protocols whose nodes remove layers.
 */
export function listOnionLayers(
  captures: readonly Capture[],
  info: TraceInfo,
  peeling: ReadonlySet<string>,
): readonly OnionLayer[] {
  const layers: OnionLayer[] = [];
  for (const [at, capture] of captures.entries()) {
    const { to } = findCaptureEnds(capture, info);
    const node = info.nodes[info.links[capture.link ?? -1]?.to ?? -1];
    if (to === undefined || node === undefined || !isPeeling(node, peeling)) continue;
    const next = captures[at + 1];
    const isOpened = next === undefined ? layers.length > 0 : isAnother(capture, next);
    if (isOpened) layers.push({ node: to, offFrom: at + 1 });
  }
  return layers;
}

function isPeeling(
  { protocol, layers = [] }: TraceInfo['nodes'][number],
  peeling: ReadonlySet<string>,
): boolean {
  return [protocol, ...layers].some((one) => peeling.has(one));
}

/** True if nobody can tell from their bytes that one packet was made from the other. */
function isAnother(before: Capture, after: Capture): boolean {
  if (before.packet === after.packet) return false;
  const length = Math.min(before.bytes.length, after.bytes.length);
  const kept = after.bytes.subarray(0, length).filter((byte, at) => byte === before.bytes[at]);
  return kept.length <= KEPT_MAX * length;
}

/**
 * Counts the bytes of a field that have changed since the previous hop; undefined if there is no
 * previous hop or if the packet had another length there.
 */
export function changedByteCount(
  { offset, length }: Pick<PacketField, 'offset' | 'length'>,
  now: Uint8Array,
  before: Uint8Array | undefined,
): number | undefined {
  if (before === undefined || before.length !== now.length) return undefined;
  let count = 0;
  for (let at = offset; at < offset + length; at += 1) if (now[at] !== before[at]) count += 1;
  return count;
}
