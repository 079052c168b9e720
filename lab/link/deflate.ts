/**
 * Raw deflate (RFC 1951) by the platform's streams, in browsers and in Node.
 *
 * @module
 */
import { joinBytes } from './bytes.ts';

interface ByteStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: {
    getWriter(): { write(bytes: Uint8Array): Promise<void>; close(): Promise<void> };
  };
}

/** More output than allowed. */
export class InflateError extends Error {}

/** Deflates bytes. */
export function deflateRaw(bytes: Uint8Array): Promise<Uint8Array> {
  return through(new CompressionStream('deflate-raw') as ByteStreams, bytes, Infinity);
}

/**
 * Inflates one stream, and stops reading as soon as it exceeds `bytesMax`. Rejects with an {@link InflateError} if it
 * does, and with the platform's error if it is damaged.
 */
export function inflateRaw(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  return through(new DecompressionStream('deflate-raw') as ByteStreams, bytes, bytesMax);
}

async function through(
  streams: ByteStreams,
  bytes: Uint8Array,
  bytesMax: number,
): Promise<Uint8Array> {
  const writer = streams.writable.getWriter();
  // The reading side reports the same errors.
  const ignore = (): void => undefined;
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  const reader = streams.readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel().catch(ignore);
      throw new InflateError(`more than ${bytesMax} bytes`);
    }
    chunks.push(value);
  }
  return joinBytes(chunks);
}
