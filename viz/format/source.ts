/**
 * Where the bytes of a trace come from: memory, a `File` of the browser that is read by slices (files
 * above 2 GiB do not fit one buffer), or whatever else can be read at an offset.
 *
 * @module
 */
import { type FailureName, problem, TraceProblem } from './failure.ts';

/** Bytes that can be read anywhere. */
export interface ByteSource {
  readonly size: number;
  /** At most `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/** Makes `rawLength` bytes of a gzip stream; must stop as soon as there are more. */
export type Inflate = (stored: Uint8Array, rawLength: number) => Uint8Array | Promise<Uint8Array>;

/** The part of `Blob` and `File` that is needed. */
export interface SliceableBlob {
  readonly size: number;
  slice(begin: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A trace in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A file of the browser, read by slices. */
export function blobSource(blob: SliceableBlob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** Exactly `length` bytes, or a problem of this name. */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  name: FailureName = 'truncated',
): Promise<Uint8Array> {
  // Checked before anything is allocated: a length may be a lie.
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
    const message = `${length} bytes at byte ${offset} reach beyond the end (${source.size} bytes)`;
    throw problem(name, message, offset);
  }
  let bytes: Uint8Array;
  try {
    bytes = await source.read(offset, length);
  } catch (error) {
    throw new TraceProblem(
      { name: 'unreadable', message: `byte ${offset}: ${wordsOf(error)}`, at: offset },
      { cause: error },
    );
  }
  if (bytes.length !== length) {
    throw problem(name, `the file ends within ${length} bytes at byte ${offset}`, offset);
  }
  return bytes;
}

/** The message of whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
