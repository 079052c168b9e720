/**
 * Pooled packet buffers in four sizes, cut from slabs. Memory grows to the largest number of
 * buffers in use at the same time and stays there.
 *
 * In poison mode every returned buffer is overwritten and its state is tracked, so that a use after
 * return, a double release, or a foreign buffer is found immediately. The contents of a buffer that
 * is handed out are undefined.
 *
 * @module
 */
import { assert } from '../core/assert.ts';

/** The four sizes of pooled buffers, bytes. */
export const BUFFER_SIZES_BYTES = [256, 2_048, 9_216, 65_536] as const;

/** Size of a slab, bytes; buffers of the smaller sizes are cut from one. */
const SLAB_BYTES = 65_536;
/** The byte that fills a poisoned buffer. */
export const POISON_BYTE = 0xdb;

/** Represents "no buffer", so that arrays of buffers never hold `undefined`. */
export const NO_BUFFER: Uint8Array = new Uint8Array(0);

/** Packet buffers of {@link BUFFER_SIZES_BYTES} for reuse, with a stack of free buffers per size. */
export class BufferPool {
  private readonly free256: Uint8Array[] = [];
  private readonly free2048: Uint8Array[] = [];
  private readonly free9216: Uint8Array[] = [];
  private readonly free65536: Uint8Array[] = [];
  /** In poison mode, the buffers that are in use. */
  private readonly out: Set<Uint8Array> | undefined;
  private slabBytes = 0;

  constructor(mode: 'plain' | 'poison' = 'plain') {
    this.out = mode === 'poison' ? new Set() : undefined;
  }

  /** Number of bytes allocated so far. */
  get allocatedBytes(): number {
    return this.slabBytes;
  }

  /** Number of free buffers of all sizes. */
  get freeCount(): number {
    const small = this.free256.length + this.free2048.length;
    return small + this.free9216.length + this.free65536.length;
  }

  /** A buffer of the smallest size that holds `length` bytes, 0..65,536. */
  alloc(length: number): Uint8Array {
    const stack = this.stackFor(length);
    const buffer = stack.pop() ?? this.refill(stack, length);
    this.out?.add(buffer);
    return buffer;
  }

  /** Takes back a buffer that its owner no longer needs. */
  release(buffer: Uint8Array): void {
    const length = buffer.length;
    if (this.out !== undefined) this.poison(buffer);
    if (length === 256) this.free256.push(buffer);
    else if (length === 2_048) this.free2048.push(buffer);
    else if (length === 9_216) this.free9216.push(buffer);
    else if (length === 65_536) this.free65536.push(buffer);
    // A buffer of any other length does not belong to the pool; the garbage collector frees it.
  }

  /** In poison mode, asserts that the buffer is in use and owned by the caller. */
  checkOwned(buffer: Uint8Array, action: string): void {
    if (this.out === undefined) return;
    assert(this.out.has(buffer), `${action}: the buffer was handed back or is not from alloc`);
  }

  private poison(buffer: Uint8Array): void {
    this.checkOwned(buffer, 'release');
    this.out?.delete(buffer);
    buffer.fill(POISON_BYTE);
  }

  private stackFor(length: number): Uint8Array[] {
    if (length <= 256) return this.free256;
    if (length <= 2_048) return this.free2048;
    if (length <= 9_216) return this.free9216;
    assert(length <= 65_536, `a buffer of ${length} bytes is larger than 65,536`);
    return this.free65536;
  }

  private refill(stack: Uint8Array[], length: number): Uint8Array {
    const size = BUFFER_SIZES_BYTES.find((candidate) => candidate >= length) ?? 65_536;
    const count = Math.floor(SLAB_BYTES / size);
    const slab = new ArrayBuffer(count * size);
    this.slabBytes += count * size;
    for (let i = count - 1; i > 0; i -= 1) stack.push(new Uint8Array(slab, i * size, size));
    return new Uint8Array(slab, 0, size);
  }
}
