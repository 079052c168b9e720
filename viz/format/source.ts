/**
 * Reads the bytes of a trace: from memory, from a `File` of the browser, or from any other source
 * that can be read at an offset. A `File` is read in slices, because files above 2 GiB do not fit
 * into one buffer.
 *
 * @module
 */
import { type FailureName, makeTraceProblem, TraceProblem } from './failure.ts';

/** A source of bytes with random access. */
export interface ByteSource {
  readonly size: number;
  /** Reads `length` bytes from `offset` on; near the end of the source, the bytes that are left. */
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array>;
}

/**
 * Inflates a gzip stream to `rawLength` bytes. It must not inflate more, even if the stream
 * contains more.
 */
export type GzipInflater = (
  stored: Uint8Array,
  rawLength: number,
) => Uint8Array | Promise<Uint8Array>;

/** The members of `Blob` and `File` that {@link blobSource} uses. */
export interface SliceableBlob {
  readonly size: number;
  slice(begin: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** Makes a source that reads from memory. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Makes a source that reads slices of a file of the browser. */
export function blobSource(blob: SliceableBlob): ByteSource {
  return {
    size: blob.size,
    read: async (offset, length) =>
      new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** Reads exactly `length` bytes, or throws a {@link TraceProblem} with the given name. */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  name: FailureName = 'truncated',
): Promise<Uint8Array> {
  // The range is checked before memory is allocated, since a damaged file may state any length.
  if (!(offset >= 0 && length >= 0 && offset + length <= source.size)) {
    const message = `${length} bytes at byte ${offset} reach beyond the end (${source.size} bytes)`;
    throw makeTraceProblem(name, message, offset);
  }
  let bytes: Uint8Array;
  try {
    bytes = await source.read(offset, length);
  } catch (error) {
    throw new TraceProblem(
      { name: 'unreadable', message: `byte ${offset}: ${thrownMessage(error)}`, at: offset },
      { cause: error },
    );
  }
  if (bytes.length !== length) {
    throw makeTraceProblem(name, `the file ends within ${length} bytes at byte ${offset}`, offset);
  }
  return bytes;
}

/** Returns the message of a thrown value. */
export function thrownMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
