/**
 * Writes blocks one after the other, remembers their offsets, and closes the file with the index
 * (docs/TRACE.md#file). It only appends, so a file can be streamed; a file without a footer can still
 * be read block by block.
 *
 * Output and compression are arguments: there are no files here.
 *
 * @module
 */
import { assert } from '../../core/assert.ts';
import {
  type BlockHeaderFields,
  encodeBlockHead,
  type RawBlock,
  writeBlockHead,
} from './encode-block.ts';
import {
  alignedLength,
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  BLOCK_ROWS,
  FILE_HEAD_BYTES,
  FILE_MAGIC,
  FLAG_GZIP,
  FLAG_PACKED,
  FLAG_WIDE_TIMES,
  FOOTER_TABLE_NUMBER,
  FORMAT_VERSION,
  TABLES,
  TRAILER_BYTES,
  type TraceHeader,
  type TraceSummary,
} from './layout.ts';
import { ColumnPacker } from './pack-columns.ts';

/** The destination of a trace's bytes, such as a file. */
export interface TraceSink {
  write(bytes: Uint8Array): void;
  /** Compresses blocks that are not packed to a gzip stream; if absent, these are stored uncompressed. */
  readonly compress?: (raw: Uint8Array) => Uint8Array;
}

interface Placed {
  readonly facts: BlockHeaderFields;
  readonly stored: number;
  readonly offset: number;
  readonly linkCounts: Uint32Array;
}

const encoder = new TextEncoder();
const NO_COUNTS = new Uint32Array(0);
const PAIR_BYTES = 8;

/** Writes the blocks and the index of one trace. */
export class TraceWriter {
  readonly #sink: TraceSink;
  readonly #index: Placed[] = [];
  readonly #packer = new ColumnPacker();
  #offset = 0;

  constructor(sink: TraceSink, header: TraceHeader) {
    this.#sink = sink;
    const json = encoder.encode(JSON.stringify(header));
    const head = new Uint8Array(alignedLength(FILE_HEAD_BYTES + json.length));
    // JSON may be followed by white space.
    head.fill(0x20);
    head.set(encoder.encode(FILE_MAGIC));
    const view = new DataView(head.buffer);
    view.setUint32(8, FORMAT_VERSION, true);
    view.setUint32(12, head.length - FILE_HEAD_BYTES, true);
    head.set(json, FILE_HEAD_BYTES);
    this.#write(head);
  }

  /** Number of bytes written so far. */
  get bytes(): number {
    return this.#offset;
  }

  /** Appends a block. `linkCounts` are pairs of link and number of packets. */
  append(block: RawBlock, linkCounts: Uint32Array = NO_COUNTS): void {
    const offset = this.#offset;
    const { facts, stored } = this.#put(block);
    this.#index.push({ facts, stored, offset, linkCounts });
  }

  /** Appends the index; nothing may follow. */
  finish(summary: TraceSummary): void {
    const json = encoder.encode(JSON.stringify(summary));
    const entries = this.#index.length;
    const pairs = this.#index.reduce((sum, { linkCounts }) => sum + linkCounts.length / 2, 0);
    const auxAt = entries * BLOCK_HEAD_BYTES + pairs * PAIR_BYTES;
    const bytes = new Uint8Array(auxAt + alignedLength(json.length));
    this.#fillIndex(bytes);
    bytes.set(json, auxAt);
    const began = this.#offset;
    this.#put({
      table: FOOTER_TABLE_NUMBER,
      flags: 0,
      rows: entries,
      rawBytes: bytes.length,
      auxBytes: json.length,
      baseNs: 0,
      lastNs: 0,
      maxTransitNs: 0,
      drops: 0,
      bytes,
    });
    const trailer = new Uint8Array(TRAILER_BYTES);
    new DataView(trailer.buffer).setBigUint64(0, BigInt(this.#offset - began), true);
    this.#write(trailer);
  }

  #fillIndex(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer);
    let pairAt = this.#index.length * BLOCK_HEAD_BYTES;
    for (const [number, { facts, stored, offset, linkCounts }] of this.#index.entries()) {
      const at = number * BLOCK_HEAD_BYTES;
      writeBlockHead(view, at, facts, stored);
      view.setUint32(at + BLOCK_FIELD_OFFSETS.links, linkCounts.length / 2, true);
      view.setFloat64(at + BLOCK_FIELD_OFFSETS.offset, offset, true);
      for (const value of linkCounts) {
        view.setUint32(pairAt, value, true);
        pairAt += 4;
      }
    }
  }

  #put(block: RawBlock): { readonly facts: BlockHeaderFields; readonly stored: number } {
    const { bytes, ...facts } = block;
    const { payload, flag } = this.#shorten(block);
    const written = { ...facts, flags: facts.flags | flag };
    this.#write(encodeBlockHead(written, payload.length));
    this.#write(payload);
    const padding = alignedLength(payload.length) - payload.length;
    if (padding > 0) this.#write(new Uint8Array(padding));
    return { facts: written, stored: payload.length };
  }

  /** The payload in the form in which it is stored, and the flag that says which form it is. */
  #shorten(block: RawBlock): { readonly payload: Uint8Array; readonly flag: number } {
    const { bytes, table: id, rows, flags, auxBytes } = block;
    const table = TABLES.hop;
    const { compress } = this.#sink;
    if (compress === undefined) return { payload: bytes, flag: 0 };
    // Runs with many packets fill their blocks; for runs with few packets, gzip makes smaller files and takes
    // little time.
    if (id !== table.id || rows < BLOCK_ROWS) return { payload: compress(bytes), flag: FLAG_GZIP };
    assert(auxBytes === 0, 'packed tables have columns only');
    const isWide = (flags & FLAG_WIDE_TIMES) !== 0;
    return { payload: this.#packer.pack({ table, isWide, rows, bytes }), flag: FLAG_PACKED };
  }

  #write(bytes: Uint8Array): void {
    assert(bytes.length > 0, 'nothing to write');
    this.#offset += bytes.length;
    this.#sink.write(bytes);
  }
}
