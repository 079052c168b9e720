/**
 * Lists the packets whose bytes a trace has, at each hop of their route (docs/TRACE.md, table
 * `packet`).
 *
 * @module
 */
import { NO_REFERENCE } from '../../engine/measure/trace/layout.ts';
import type { Block } from './block.ts';

/**
 * Largest number of captures in a result; no run records more for one packet. Several rows may
 * refer to the same bytes, so without this limit a hostile file could claim any number.
 */
const CAPTURES_MAX = 400;

/** The bytes of a packet at one hop of its route, or at its delivery. */
export interface Capture {
  readonly timeNs: number;
  readonly packet: number;
  /** A number that a packet and all packets that nodes made from it have in common. */
  readonly trail: number;
  /** The link on which the packet was sent; undefined if it was delivered to an application. */
  readonly link: number | undefined;
  /** The node that sent the packet, or whose application received it. */
  readonly node: number;
  /** How long the node held the packet; undefined if the node created it. */
  readonly heldNs: number | undefined;
  readonly bytes: Uint8Array;
}

/**
 * Lists the captures of a packet and of all packets with the same trail number, in the order of the
 * file.
 */
export function listCaptures(blocks: readonly Block[], packet: number): readonly Capture[] {
  const home = blocks.find((block) => block.column('packet').includes(packet));
  if (home === undefined) return [];
  const row = home.column('packet').indexOf(packet);
  const trail = home.value('trail', row);
  // Traces of older versions have one row for each packet and no trail numbers.
  if (Number.isNaN(trail)) return [captureAt(home, row)];
  return blocks
    .flatMap((block) => rowsWith(block, 'trail', trail).map((at) => [block, at] as const))
    .slice(0, CAPTURES_MAX)
    .map(([block, at]) => captureAt(block, at));
}

/** Lists the first capture for each trail number, in chronological order. */
export function firstCapturesOfTrails(blocks: readonly Block[]): readonly Capture[] {
  const seen = new Set<number>();
  const firsts: Capture[] = [];
  for (const block of blocks) {
    for (let row = 0; row < block.rows && firsts.length < CAPTURES_MAX; row += 1) {
      const trail = block.value('trail', row);
      if (seen.has(trail)) continue;
      seen.add(trail);
      firsts.push(captureAt(block, row));
    }
  }
  return firsts;
}

function rowsWith(block: Block, column: string, value: number): readonly number[] {
  const rows: number[] = [];
  for (const [row, one] of block.column(column).entries()) if (one === value) rows.push(row);
  return rows;
}

function captureAt(block: Block, row: number): Capture {
  const offset = block.value('offset', row);
  const link = block.value('link', row);
  const heldNs = block.value('held', row);
  return {
    timeNs: block.time('time', row),
    packet: block.value('packet', row),
    trail: block.value('trail', row),
    link: link === NO_REFERENCE ? undefined : link,
    node: block.value('node', row),
    heldNs: heldNs >= 0 ? heldNs : undefined,
    // The bytes are copied into a plain `Uint8Array`, because `slice` of Node's Buffer would return
    // a view.
    bytes: new Uint8Array(block.aux.subarray(offset, offset + block.value('length', row))),
  };
}
