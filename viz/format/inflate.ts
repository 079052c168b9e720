/**
 * Inflates gzip with the platform's `DecompressionStream`, in browsers and in Node. That stream has
 * no limit on its output, so the output is read in chunks and reading stops at the length that the
 * block states (docs/TRACE.md).
 *
 * @module
 */

import { joinBytes } from '../../engine/pure/join-bytes.ts';

interface ByteStreams {
  readonly readable: {
    getReader(): {
      read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
      cancel(): Promise<void>;
    };
  };
  readonly writable: {
    getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> };
  };
}

/** Inflates one gzip stream. Rejects if it is damaged or does not have the stated length. */
export async function inflateGzip(stored: Uint8Array, rawLength: number): Promise<Uint8Array> {
  const tooLong = (): Error => new Error(`inflates to more than the stated ${rawLength} bytes`);
  const limit = { bytesMax: rawLength, tooLong };
  const raw = await throughStream(new DecompressionStream('gzip'), stored, limit);
  if (raw.length === rawLength) return raw;
  throw new Error(`inflates to ${raw.length} bytes instead of ${rawLength}`);
}

/**
 * Passes bytes through a stream of the platform. Rejects with the error of `tooLong` as soon as more than `bytesMax` come
 * out, and with the platform's error if the bytes are damaged.
 */
export async function throughStream(
  stream: unknown,
  bytes: Uint8Array,
  limit?: { readonly bytesMax: number; readonly tooLong: () => Error },
): Promise<Uint8Array> {
  const { readable, writable } = stream as ByteStreams;
  const writer = writable.getWriter();
  // Errors of the writing side are ignored, because the reading side reports the same errors.
  const ignore = (): void => undefined;
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  const reader = readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) return joinBytes(parts);
    length += value.length;
    if (limit !== undefined && length > limit.bytesMax) {
      await reader.cancel().catch(ignore);
      throw limit.tooLong();
    }
    parts.push(value);
  }
}
