/**
 * Packets whose bytes a trace holds, at the places of their way (docs/TRACE.md, table `packet`).
 *
 * @module
 */
import { NONE } from '../../engine/measure/trace/layout.ts';
import type { Block } from './block.ts';

/** Places of one packet, as many as a run records: rows of a hostile file may share their bytes. */
const PASSAGES_MAX = 400;

/** A packet whose bytes were kept, at one place of its way. */
export interface Passage {
  readonly timeNs: number;
  readonly packet: number;
  /** The same for all packets that nodes made of each other. */
  readonly trail: number;
  /** The link that it was offered to; undefined: an application got these bytes. */
  readonly link: number | undefined;
  /** The node that offered it, or whose application received it. */
  readonly node: number;
  /** How long the node had it; undefined where the node made it. */
  readonly heldNs: number | undefined;
  readonly bytes: Uint8Array;
}

/** The places of a packet, and of those that nodes made of it. */
export function passagesOf(blocks: readonly Block[], packet: number): readonly Passage[] {
  const home = blocks.find((block) => block.column('packet').includes(packet));
  if (home === undefined) return [];
  const row = home.column('packet').indexOf(packet);
  const trail = home.value('trail', row);
  // Traces of before have one row for a packet, and no trails.
  if (Number.isNaN(trail)) return [passageAt(home, row)];
  return blocks
    .flatMap((block) => rowsWith(block, 'trail', trail).map((at) => [block, at] as const))
    .slice(0, PASSAGES_MAX)
    .map(([block, at]) => passageAt(block, at));
}

/** The first place of each trail, in the order of time. */
export function firstOfTrails(blocks: readonly Block[]): readonly Passage[] {
  const seen = new Set<number>();
  const firsts: Passage[] = [];
  for (const block of blocks) {
    for (let row = 0; row < block.rows && firsts.length < PASSAGES_MAX; row += 1) {
      const trail = block.value('trail', row);
      if (seen.has(trail)) continue;
      seen.add(trail);
      firsts.push(passageAt(block, row));
    }
  }
  return firsts;
}

function rowsWith(block: Block, column: string, value: number): readonly number[] {
  const rows: number[] = [];
  for (const [row, one] of block.column(column).entries()) if (one === value) rows.push(row);
  return rows;
}

function passageAt(block: Block, row: number): Passage {
  const offset = block.value('offset', row);
  const link = block.value('link', row);
  const heldNs = block.value('held', row);
  return {
    timeNs: block.time('time', row),
    packet: block.value('packet', row),
    trail: block.value('trail', row),
    link: link === NONE ? undefined : link,
    node: block.value('node', row),
    heldNs: heldNs >= 0 ? heldNs : undefined,
    // A copy, and of the plain type: `slice` of Node's Buffer is a view.
    bytes: new Uint8Array(block.aux.subarray(offset, offset + block.value('length', row))),
  };
}
