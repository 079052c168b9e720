/**
 * Packets under way as rows of typed arrays: a packet is a small integer. Rows link to each other,
 * so that queues and pipes need no storage of their own.
 *
 * A row holds one packet on one link and owns the buffer until `free` or `takeBuffer`. Does not
 * know links, hosts or time.
 *
 * @module
 */
import { type BufferPool, NO_BUFFER } from './buffer-pool.ts';

/** Represents "no packet" where the number of a packet is expected. */
export const NIL_PACKET = -1;
// Private names: V8 folds them into hot code, while exported ones are loaded and checked each time.
const NONE: number = NIL_PACKET;
const EMPTY = NO_BUFFER;
/** Five integers, two doubles, a byte, and the reference to the buffer. */
const ROW_BYTES = 5 * 4 + 2 * 8 + 1 + 8;

/** Bytes of a datagram, and its two ends. */
export interface Datagram {
  readonly buffer: Uint8Array;
  readonly offset: number;
  readonly length: number;
  /** The numbers of both endpoints, or other addresses if the network is used without hosts. */
  readonly from: number;
  readonly to: number;
}

/** The packets of one world that are under way, as rows of typed arrays. */
export class PacketTable {
  readonly pool: BufferPool;
  /** Buffer of each packet; {@link NO_BUFFER} in free rows. */
  readonly buffers: Uint8Array[] = [];
  /** First byte of the packet in its buffer. */
  offset: Int32Array;
  /** Length of the packet, bytes. */
  length: Int32Array;
  from: Int32Array;
  to: Int32Array;
  /** The next packet of the same queue, pipe or free list. */
  next: Int32Array;
  /** DSCP set by the sender, 0..63. */
  dscp: Uint8Array;
  /** When it was offered to its present link, ns. */
  offeredAt: Float64Array;
  /** When it arrives at the far end, ns; meaningful only in the pipe. */
  arriveAt: Float64Array;
  private freeHead = NONE;
  private used = 0;
  private most = 0;

  constructor(pool: BufferPool, capacity = 1_024) {
    this.pool = pool;
    this.offset = new Int32Array(0);
    this.length = new Int32Array(0);
    this.from = new Int32Array(0);
    this.to = new Int32Array(0);
    this.next = new Int32Array(0);
    this.dscp = new Uint8Array(0);
    this.offeredAt = new Float64Array(0);
    this.arriveAt = new Float64Array(0);
    this.grow(capacity);
  }

  /** Number of packets under way. */
  get liveCount(): number {
    return this.used;
  }

  /** The largest number of packets that were under way at one instant. */
  get mostLive(): number {
    return this.most;
  }

  /** Bytes of all rows, without the buffers. */
  get bytes(): number {
    return this.capacity * ROW_BYTES;
  }

  /** Number of rows, including free ones. */
  get capacity(): number {
    return this.next.length;
  }

  /** A row for the bytes `buffer[offset .. offset + length)`; takes ownership of the buffer. */
  // biome-ignore lint/complexity/useMaxParams: hot, once per packet and hop; an object would be garbage
  acquire(buffer: Uint8Array, offset: number, length: number, from: number, to: number): number {
    if (this.freeHead === NONE) this.grow(this.next.length * 2);
    const packet = this.freeHead;
    this.freeHead = this.next[packet] as number;
    this.used += 1;
    if (this.used > this.most) this.most = this.used;
    this.buffers[packet] = buffer;
    this.offset[packet] = offset;
    this.length[packet] = length;
    this.from[packet] = from;
    this.to[packet] = to;
    this.dscp[packet] = 0;
    return packet;
  }

  /** Makes an independent copy with its own buffer. */
  duplicate(packet: number): number {
    const length = this.length[packet] as number;
    const buffer = this.pool.alloc(length);
    const offset = this.offset[packet] as number;
    buffer.set((this.buffers[packet] as Uint8Array).subarray(offset, offset + length));
    const from = this.from[packet] as number;
    const copy = this.acquire(buffer, 0, length, from, this.to[packet] as number);
    this.dscp[copy] = this.dscp[packet] as number;
    this.offeredAt[copy] = this.offeredAt[packet] as number;
    return copy;
  }

  /** Frees the row and its buffer. */
  free(packet: number): void {
    this.pool.release(this.takeBuffer(packet));
  }

  /** Frees the row and returns its buffer to the caller. */
  takeBuffer(packet: number): Uint8Array {
    const buffer = this.buffers[packet] as Uint8Array;
    this.buffers[packet] = EMPTY;
    this.next[packet] = this.freeHead;
    this.freeHead = packet;
    this.used -= 1;
    return buffer;
  }

  /** The packet's bytes, without copying; valid while the packet exists. */
  view(packet: number): Uint8Array {
    const offset = this.offset[packet] as number;
    const length = this.length[packet] as number;
    return (this.buffers[packet] as Uint8Array).subarray(offset, offset + length);
  }

  private grow(capacity: number): void {
    const before = this.next.length;
    this.offset = widerInts(this.offset, capacity);
    this.length = widerInts(this.length, capacity);
    this.from = widerInts(this.from, capacity);
    this.to = widerInts(this.to, capacity);
    this.next = widerInts(this.next, capacity);
    const dscp = new Uint8Array(capacity);
    dscp.set(this.dscp);
    this.dscp = dscp;
    this.offeredAt = widerDoubles(this.offeredAt, capacity);
    this.arriveAt = widerDoubles(this.arriveAt, capacity);
    for (let packet = before; packet < capacity; packet += 1) {
      this.next[packet] = packet + 1 < capacity ? packet + 1 : this.freeHead;
      this.buffers.push(EMPTY);
    }
    this.freeHead = before;
  }
}

function widerInts(old: Int32Array, capacity: number): Int32Array {
  const wider = new Int32Array(capacity);
  wider.set(old);
  return wider;
}

function widerDoubles(old: Float64Array, capacity: number): Float64Array {
  const wider = new Float64Array(capacity);
  wider.set(old);
  return wider;
}
