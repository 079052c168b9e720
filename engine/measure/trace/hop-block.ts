/**
 * Rows of the hop table in the order of departure. A row is written when the serialisation begins and
 * completed when the packet arrives or is lost, so that blocks come out sorted (ux.md 4.10).
 *
 * @module
 */
import type { Rows } from './encode-block.ts';
import {
  BLOCK_ROWS,
  DROPPED_WIDE,
  NARROW_LIMIT_NS,
  OPEN_WIDE,
  TABLES,
  WORTH_CLOSING_ROWS,
} from './layout.ts';

/** What is known of a packet when its serialisation begins. */
export interface HopStart {
  departNs: number;
  link: number;
  packet: number;
  flow: number;
  class: number;
  flags: number;
  bytes: number;
  queueNs: number;
}

const SIZE_MAX = 0xffff;
const QUEUE_MAX_NS = 0xffff_ffff;

/** Up to {@link BLOCK_ROWS} hops. */
export class HopBlock {
  count = 0;
  /** Rows whose packets are still under way. */
  open = 0;
  drops = 0;
  firstNs = 0;
  lastNs = 0;
  /** Set when it has left memory: late arrivals are not noted any more. */
  isSealed = false;
  private readonly depart = new Float64Array(BLOCK_ROWS);
  private readonly transit = new Float64Array(BLOCK_ROWS);
  private readonly link = new Uint32Array(BLOCK_ROWS);
  private readonly packet = new Uint32Array(BLOCK_ROWS);
  private readonly flow = new Uint16Array(BLOCK_ROWS);
  private readonly class = new Uint8Array(BLOCK_ROWS);
  private readonly flags = new Uint8Array(BLOCK_ROWS);
  private readonly size = new Uint16Array(BLOCK_ROWS);
  private readonly queueNs = new Uint32Array(BLOCK_ROWS);

  /** True when a row of this instant belongs into a new block. */
  isFullAt(timeNs: number): boolean {
    if (this.count === BLOCK_ROWS) return true;
    return timeNs - this.firstNs >= NARROW_LIMIT_NS && this.count >= WORTH_CLOSING_ROWS;
  }

  // hot: once per packet and hop.
  /** Adds a row; returns its number. */
  start(hop: HopStart): number {
    const row = this.count;
    if (row === 0) this.firstNs = hop.departNs;
    this.lastNs = hop.departNs;
    this.count = row + 1;
    this.open += 1;
    this.depart[row] = hop.departNs;
    this.transit[row] = OPEN_WIDE;
    this.link[row] = hop.link;
    this.packet[row] = hop.packet;
    this.flow[row] = hop.flow;
    this.class[row] = hop.class;
    this.flags[row] = hop.flags;
    this.size[row] = hop.bytes < SIZE_MAX ? hop.bytes : SIZE_MAX;
    this.queueNs[row] = hop.queueNs < QUEUE_MAX_NS ? hop.queueNs : QUEUE_MAX_NS;
    return row;
  }

  // hot: once per packet and hop.
  /** Its packet arrived. */
  arrived(row: number, atNs: number): void {
    this.transit[row] = atNs - (this.depart[row] as number);
    this.open -= 1;
  }

  /** Its packet was lost on the way. */
  dropped(row: number): void {
    this.transit[row] = DROPPED_WIDE;
    this.open -= 1;
    this.drops += 1;
  }

  /** Packets per link, by link number, in pairs. */
  linkCounts(links: number): Uint32Array {
    const counts = new Uint32Array(links);
    for (let row = 0; row < this.count; row += 1) {
      const link = this.link[row] as number;
      counts[link] = (counts[link] as number) + 1;
    }
    const pairs: number[] = [];
    for (const [link, count] of counts.entries()) if (count > 0) pairs.push(link, count);
    return Uint32Array.from(pairs);
  }

  /** The rows as columns, without a copy. */
  rows(): Rows {
    const { depart, transit, link, packet, flow, flags, size, queueNs, count, drops } = this;
    const columns = [depart, transit, link, packet, flow, this.class, flags, size, queueNs];
    return { table: TABLES.hop, columns, count, drops };
  }

  /** Makes the block usable again. */
  reset(): void {
    this.count = 0;
    this.open = 0;
    this.drops = 0;
    this.isSealed = false;
  }
}
