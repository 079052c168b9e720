/**
 * Raw deflate (RFC 1951) by the platform's streams, in browsers and in Node.
 *
 * @module
 */
import { throughStream } from '../../viz/format/inflate.ts';

/** More output than allowed. */
export class InflateError extends Error {}

/** Deflates bytes. */
export function deflateRaw(bytes: Uint8Array): Promise<Uint8Array> {
  return throughStream(new CompressionStream('deflate-raw'), bytes);
}

/**
 * Inflates one stream, and stops reading as soon as it exceeds `bytesMax`. Rejects with an {@link InflateError} if it
 * does, and with the platform's error if it is damaged.
 */
export function inflateRaw(bytes: Uint8Array, bytesMax: number): Promise<Uint8Array> {
  const tooLong = (): Error => new InflateError(`more than ${bytesMax} bytes`);
  return throughStream(new DecompressionStream('deflate-raw'), bytes, { bytesMax, tooLong });
}
