/**
 * The index of a trace: where each block is and what it contains. The index is read from the footer
 * of the file. A file without a footer (from a killed run) is indexed by reading all block headers.
 * Every number is checked against the file before memory is allocated for it.
 *
 * @module
 */
import {
  alignedLength,
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  BLOCK_MAGIC,
  BLOCK_ROWS,
  bytesPerValue,
  FLAG_GZIP,
  FLAG_PACKED,
  FLAG_WIDE_TIMES,
  FOOTER_TABLE_NUMBER,
  type TableSpec,
  TRAILER_BYTES,
  type TraceSummary,
} from '../../engine/measure/trace/layout.ts';
import { makeTraceProblem, type TraceFailure, TraceProblem } from './failure.ts';
import { parseJsonObject } from './header.ts';
import { type ByteSource, type GzipInflater, readExactly, thrownMessage } from './source.ts';
import { unpackColumns } from './unpack.ts';

/** Largest number of rows that a block may claim; blocks of this project have at most 16,384. */
const ROWS_MAX = 1 << 20;
const RAW_BYTES_MAX = 64 * 1024 * 1024;
/**
 * Largest allowed ratio of inflated to stored bytes; deflate reaches about 1,032 (RFC 1951: 258
 * bytes for a symbol of 2 bits).
 */
const DEFLATE_RATIO_MAX = 1_040;
const GZIP_BYTES = 64;

/** A block as listed in the index. */
export interface BlockEntry {
  readonly table: TableSpec;
  readonly isWide: boolean;
  readonly isGzip: boolean;
  readonly isPacked: boolean;
  readonly rows: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly auxBytes: number;
  /** Earliest instant of the rows in the block, ns; `lastNs` is the latest. */
  readonly baseNs: number;
  readonly lastNs: number;
  /** Longest time from the start of a row of this block to its end, ns. */
  readonly maxTransitNs: number;
  readonly drops: number;
  /** Offset of the block header in the file. */
  readonly offset: number;
  /**
   * Pairs of a link number and the number of packets on this link in the block; empty if the index
   * was rebuilt.
   */
  readonly linkCounts: Uint32Array;
}

/** The blocks of a trace, in the order of the file. */
export interface BlockIndex {
  readonly entries: readonly BlockEntry[];
  /** The summary of the trace in the footer; absent in a file without a footer. */
  readonly summary?: TraceSummary;
  /** Why the index had to be rebuilt; absent if it was read from the footer. */
  readonly damage?: TraceFailure;
}

/** The file, its header and the inflater, which are needed to read blocks. */
export interface BlockContext {
  readonly source: ByteSource;
  readonly inflate: GzipInflater;
  readonly tables: ReadonlyMap<number, TableSpec>;
  readonly firstBlock: number;
}

/** Reads the index or, without a footer, rebuilds it. */
export async function readIndex(context: BlockContext): Promise<BlockIndex> {
  try {
    return await fromFooter(context);
  } catch (error) {
    if (!(error instanceof TraceProblem)) throw error;
    if (error.failure.name === 'unreadable') throw error;
    return { entries: await walkBlocks(context, context.firstBlock), damage: error.failure };
  }
}

/** Reads the payload of a block, and unpacks its columns if they are packed. */
export async function readPayload(context: BlockContext, entry: BlockEntry): Promise<Uint8Array> {
  const bytes = await readBytes(context, entry);
  if (!entry.isPacked) return bytes;
  try {
    return unpackColumns(bytes, entry);
  } catch (error) {
    throw badPayload(entry.offset, error);
  }
}

/**
 * Reads the bytes of a block and inflates them; throws if they do not have the stated length after
 * that.
 */
async function readBytes(
  { source, inflate }: BlockContext,
  entry: Pick<BlockEntry, 'offset' | 'rawBytes' | 'storedBytes' | 'isGzip'>,
): Promise<Uint8Array> {
  const at = entry.offset + BLOCK_HEAD_BYTES;
  const stored = await readExactly(source, at, entry.storedBytes, 'bad-block');
  if (!entry.isGzip) return stored;
  let raw: Uint8Array;
  try {
    raw = await inflate(stored, entry.rawBytes);
  } catch (error) {
    throw badPayload(entry.offset, error);
  }
  if (raw.length === entry.rawBytes) return raw;
  const message = `block at byte ${entry.offset} has ${raw.length} bytes, not ${entry.rawBytes}`;
  throw makeTraceProblem('bad-payload', message, at);
}

function badPayload(offset: number, cause: unknown): TraceProblem {
  const message = `block at byte ${offset}: ${thrownMessage(cause)}`;
  return new TraceProblem(
    { name: 'bad-payload', message, at: offset + BLOCK_HEAD_BYTES },
    { cause },
  );
}

async function fromFooter(context: BlockContext): Promise<BlockIndex> {
  const { source, firstBlock } = context;
  const trailerAt = source.size - TRAILER_BYTES;
  if (trailerAt < firstBlock + BLOCK_HEAD_BYTES) {
    throw makeTraceProblem('truncated', 'the file does not end with an index', source.size);
  }
  const trailer = await readExactly(source, trailerAt, TRAILER_BYTES);
  const length = Number(viewOf(trailer).getBigUint64(0, true));
  const offset = trailerAt - length;
  if (length < BLOCK_HEAD_BYTES || offset < firstBlock) {
    throw makeTraceProblem('truncated', 'the file does not end with an index', trailerAt);
  }
  const head = viewOf(await readExactly(source, offset, BLOCK_HEAD_BYTES));
  const isFooter =
    head.getUint32(BLOCK_FIELD_OFFSETS.magic, true) === BLOCK_MAGIC &&
    head.getUint8(BLOCK_FIELD_OFFSETS.table) === FOOTER_TABLE_NUMBER;
  if (!isFooter) throw makeTraceProblem('truncated', 'the file does not end with an index', offset);
  const sizes = sizesOf(head, 0, offset);
  if (offset + BLOCK_HEAD_BYTES + alignedLength(sizes.storedBytes) !== trailerAt) {
    throw makeTraceProblem('bad-index', 'the index does not fill its space', offset);
  }
  if (sizes.isPacked)
    throw makeTraceProblem('bad-index', 'an index has no columns to pack', offset);
  const raw = await readBytes(context, { ...sizes, offset });
  return parseIndex(context, raw, {
    count: head.getUint32(BLOCK_FIELD_OFFSETS.rows, true),
    ...sizes,
    offset,
  });
}

interface FooterShape {
  readonly count: number;
  readonly auxBytes: number;
  readonly offset: number;
}

function parseIndex(context: BlockContext, raw: Uint8Array, footer: FooterShape): BlockIndex {
  const { count, auxBytes, offset } = footer;
  const jsonAt = raw.length - alignedLength(auxBytes);
  if (count * BLOCK_HEAD_BYTES > jsonAt) {
    throw makeTraceProblem(
      'bad-index',
      `an index of ${count} blocks does not fit into the file`,
      offset,
    );
  }
  const view = viewOf(raw);
  const entries: BlockEntry[] = [];
  let pairAt = count * BLOCK_HEAD_BYTES;
  let previousEnd = context.firstBlock;
  for (let number = 0; number < count; number += 1) {
    const at = number * BLOCK_HEAD_BYTES;
    const links = view.getUint32(at + BLOCK_FIELD_OFFSETS.links, true);
    const pairEnd = pairAt + links * 8;
    if (pairEnd > jsonAt) throw makeTraceProblem('bad-index', 'link counts do not fit', offset);
    const place = view.getFloat64(at + BLOCK_FIELD_OFFSETS.offset, true);
    if (place !== previousEnd) {
      throw makeTraceProblem('bad-index', `block ${number} is not where the last ended`, offset);
    }
    const entry = entryOf(context, view, { at, offset: place, end: offset });
    previousEnd = place + BLOCK_HEAD_BYTES + alignedLength(entry.storedBytes);
    entries.push({ ...entry, linkCounts: Uint32Array.from(words(view, pairAt, pairEnd)) });
    pairAt = pairEnd;
  }
  const json = parseJsonObject(raw.subarray(jsonAt, jsonAt + auxBytes), offset);
  return { entries, summary: checkSummary(json) };
}

/** Reads block headers from `offset` on, up to the first block that is incomplete. */
export async function walkBlocks(context: BlockContext, from: number): Promise<BlockEntry[]> {
  const { source } = context;
  const entries: BlockEntry[] = [];
  let offset = from;
  while (offset + BLOCK_HEAD_BYTES <= source.size) {
    const view = viewOf(await readExactly(source, offset, BLOCK_HEAD_BYTES));
    let entry: BlockEntry;
    try {
      entry = entryOf(context, view, { at: 0, offset, end: source.size });
    } catch (error) {
      if (error instanceof TraceProblem) return entries;
      throw error;
    }
    entries.push(entry);
    offset += BLOCK_HEAD_BYTES + alignedLength(entry.storedBytes);
  }
  return entries;
}

interface EntryPlace {
  /** Offset of the block header in the view. */
  readonly at: number;
  /** Offset of the block header in the file. */
  readonly offset: number;
  /** Offset at which the last block of the file must have ended. */
  readonly end: number;
}

const NO_COUNTS = new Uint32Array(0);

/** Checks a block header against its table and the file. */
function entryOf(context: BlockContext, view: DataView, place: EntryPlace): BlockEntry {
  const { at, offset, end } = place;
  const bad = (message: string): TraceProblem =>
    makeTraceProblem('bad-block', `block at byte ${offset}: ${message}`, offset);
  if (view.getUint32(at + BLOCK_FIELD_OFFSETS.magic, true) !== BLOCK_MAGIC)
    throw bad('there is no block at this place');
  const table = context.tables.get(view.getUint8(at + BLOCK_FIELD_OFFSETS.table));
  if (table === undefined) throw bad('its table is not in the header');
  const isWide = (view.getUint8(at + BLOCK_FIELD_OFFSETS.flags) & FLAG_WIDE_TIMES) !== 0;
  const sizes = sizesOf(view, at, offset);
  const rows = view.getUint32(at + BLOCK_FIELD_OFFSETS.rows, true);
  // A packed column of equal values takes no bytes, so the length of a packed block does not limit
  // its number of rows.
  const rowsMax = sizes.isPacked ? BLOCK_ROWS : ROWS_MAX;
  if (rows > rowsMax) throw bad(`${rows} rows are too many`);
  let expected = alignedLength(sizes.auxBytes);
  for (const { type } of table.columns)
    expected += alignedLength(rows * bytesPerValue(type, isWide));
  if (expected !== sizes.rawBytes) throw bad(`${rows} rows do not fit ${sizes.rawBytes} bytes`);
  if (offset + BLOCK_HEAD_BYTES + alignedLength(sizes.storedBytes) > end)
    throw bad('it is cut off');
  const baseNs = view.getFloat64(at + BLOCK_FIELD_OFFSETS.base, true);
  const lastNs = view.getFloat64(at + BLOCK_FIELD_OFFSETS.last, true);
  const maxTransitNs = view.getFloat64(at + BLOCK_FIELD_OFFSETS.maxTransit, true);
  if (!(Number.isFinite(baseNs) && lastNs >= baseNs)) throw bad('its times are not in order');
  if (!(maxTransitNs >= 0 && Number.isFinite(lastNs + maxTransitNs))) throw bad('its transit');
  const drops = view.getUint32(at + BLOCK_FIELD_OFFSETS.drops, true);
  const times = { baseNs, lastNs, maxTransitNs };
  return { table, isWide, rows, ...sizes, ...times, drops, offset, linkCounts: NO_COUNTS };
}

interface Sizes {
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly auxBytes: number;
  readonly isGzip: boolean;
  readonly isPacked: boolean;
}

/** Reads the lengths of a block and checks that they are consistent. */
function sizesOf(view: DataView, at: number, offset: number): Sizes {
  const flags = view.getUint8(at + BLOCK_FIELD_OFFSETS.flags);
  const isGzip = (flags & FLAG_GZIP) !== 0;
  const isPacked = (flags & FLAG_PACKED) !== 0;
  const rawBytes = view.getUint32(at + BLOCK_FIELD_OFFSETS.raw, true);
  const storedBytes = view.getUint32(at + BLOCK_FIELD_OFFSETS.stored, true);
  const auxBytes = view.getUint32(at + BLOCK_FIELD_OFFSETS.aux, true);
  const inflatedMax = isGzip ? storedBytes * DEFLATE_RATIO_MAX + GZIP_BYTES : storedBytes;
  const rawMax = isPacked ? RAW_BYTES_MAX : Math.min(RAW_BYTES_MAX, inflatedMax);
  const isPossible = rawBytes <= rawMax && alignedLength(auxBytes) <= rawBytes;
  const isExact = isPacked ? auxBytes === 0 && !isGzip : isGzip || rawBytes === storedBytes;
  if (isPossible && isExact) return { rawBytes, storedBytes, auxBytes, isGzip, isPacked };
  const message = `block at byte ${offset}: ${storedBytes} bytes cannot hold ${rawBytes}`;
  throw makeTraceProblem('bad-block', message, offset);
}

function checkSummary(json: Readonly<Record<string, unknown>>): TraceSummary {
  const { counts, rangeNs, hopsSeen, windowsNs, fingerprint } = json;
  const range = pairOf(rangeNs) ?? [0, 0];
  return {
    counts: countsOf(counts),
    rangeNs: range,
    hopsSeen: typeof hopsSeen === 'number' ? hopsSeen : Number.NaN,
    windowsNs: Array.isArray(windowsNs) ? windowsNs.flatMap((pair) => [pairOf(pair) ?? range]) : [],
    fingerprint: typeof fingerprint === 'string' ? fingerprint : '',
  };
}

function countsOf(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).filter(([, count]) => typeof count === 'number');
  return Object.fromEntries(entries) as Record<string, number>;
}

function pairOf(value: unknown): [number, number] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [first, last]: unknown[] = value;
  return typeof first === 'number' && typeof last === 'number' ? [first, last] : undefined;
}

function words(view: DataView, from: number, to: number): number[] {
  const values: number[] = [];
  for (let at = from; at < to; at += 4) values.push(view.getUint32(at, true));
  return values;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
