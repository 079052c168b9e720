/**
 * Inflates gzip with the platform's `DecompressionStream`, in browsers and in Node. That stream has
 * no limit on its output, so the output is read in chunks and reading stops at the length that the
 * block states (docs/TRACE.md).
 *
 * @module
 */

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
  const streams = new DecompressionStream('gzip') as unknown as ByteStreams;
  const writer = streams.writable.getWriter();
  // Errors of the writing side are ignored, because the reading side reports the same errors.
  const ignore = (): void => undefined;
  writer.write(stored).catch(ignore);
  writer.close().catch(ignore);
  const reader = streams.readable.getReader();
  const raw = new Uint8Array(rawLength);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done || value === undefined) break;
    if (length + value.length > rawLength) {
      await reader.cancel().catch(ignore);
      throw new Error(`inflates to more than the stated ${rawLength} bytes`);
    }
    raw.set(value, length);
    length += value.length;
  }
  if (length !== rawLength) throw new Error(`inflates to ${length} bytes instead of ${rawLength}`);
  return raw;
}
