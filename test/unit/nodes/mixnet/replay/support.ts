/**
 * Replay tags, and a store whose journal consists of bytes and can be cut at any of them.
 *
 * @module
 */
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { type Disk, DiskStore } from '../../../../../engine/net/disk-store.ts';
import {
  concatByteArrays,
  parseValidFrames,
  type StoreFrame,
} from '../../../../../engine/net/store-frames.ts';
import { writeUint32 } from '../../../../../nodes/_kit/bytes.ts';
import {
  ReplayFilter,
  type ReplayFilterOptions,
} from '../../../../../nodes/mixnet/replay/index.ts';

/** A tag of 32 bytes that looks random and depends only on the number. */
export function tagOf(number: number): Uint8Array {
  const tag = new Uint8Array(32);
  let mixed = number + 1;
  for (let at = 0; at < 32; at += 4) {
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b) ^ (number + at);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
    writeUint32(tag, at, (mixed ^ (mixed >>> 16)) >>> 0);
  }
  return tag;
}

function keyOf(seed: number): Uint8Array {
  return openRandomStream(seed, 'mix', 'filter').bytes(16);
}

export function filterOf(options: Partial<ReplayFilterOptions> = {}, seed = 1): ReplayFilter {
  return new ReplayFilter({ expectedTags: 1_000, falsePositive: 1e-6, ...options }, keyOf(seed));
}

class ByteDisk implements Disk {
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  append(frame: Uint8Array): void {
    this.#bytes = concatByteArrays([this.#bytes, frame]);
  }

  read(): StoreFrame[] {
    const frames = parseValidFrames(this.#bytes);
    this.#bytes = concatByteArrays([this.#bytes.subarray(0, lengthOf(frames))]);
    return frames;
  }

  cut(bytes: number): ByteDisk {
    return new ByteDisk(this.#bytes.slice(0, bytes));
  }
}

const lengthOf = (frames: readonly StoreFrame[]): number =>
  frames.reduce((sum, { whole }) => sum + whole.length, 0);

/** A journal framed as on a real disk. Bytes that were not synced can be cut off anywhere. */
export class ByteStore extends DiskStore {
  readonly #disk: ByteDisk;
  #syncs: { readonly end: number; readonly done: (error?: string) => void }[] = [];
  /** A crash keeps at least this many bytes. */
  durable: number;
  /** Number of syncs requested. */
  syncs = 0;

  constructor(disk = new ByteDisk(new Uint8Array(0))) {
    super(disk);
    this.#disk = disk;
    this.durable = disk.length;
  }

  get written(): number {
    return this.#disk.length;
  }

  protected override syncDisk(done: (error?: string) => void): void {
    this.syncs += 1;
    this.#syncs.push({ end: this.#disk.length, done });
  }

  /** Completes the syncs requested so far, but not those requested by their completion. */
  settleOnce(error?: string): void {
    const syncs = this.#syncs;
    this.#syncs = [];
    for (const { end, done } of syncs) {
      if (error === undefined) this.durable = Math.max(this.durable, end);
      done(error);
    }
  }

  settle(): void {
    while (this.#syncs.length > 0) this.settleOnce();
  }

  /** Makes data durable without reporting it, as when the power fails in between. */
  syncSilently(): void {
    this.durable = this.#syncs.at(-1)?.end ?? this.durable;
  }

  /** The store after a crash that left the first `bytes` of the journal. */
  crash(bytes: number): ByteStore {
    return new ByteStore(this.#disk.cut(Math.max(bytes, this.durable)));
  }
}
