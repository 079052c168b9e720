/**
 * Reads a trace from a URL by HTTP ranges. A trace of at most 4 MiB is fetched in one request.
 *
 * @module
 */
import { type ByteSource, memorySource } from '../../format/source.ts';

/**
 * Largest trace that is fetched in one request, bytes: for so small a file one request is faster
 * than many requests for its parts.
 */
const WHOLE_BYTES = 4 * 1024 * 1024;

/** Opens a trace on a server; its parts are read by requests for byte ranges. */
export async function openHttpSource(url: string): Promise<ByteSource> {
  const head = await fetch(url, { method: 'HEAD' });
  if (!head.ok) throw new Error(`the server answers ${head.status} for ${url}`);
  const size = Number(head.headers.get('content-length') ?? Number.NaN);
  const isRanged = head.headers.get('accept-ranges') === 'bytes' && Number.isFinite(size);
  if (!isRanged || size <= WHOLE_BYTES) return memorySource(await bytesOf(await fetch(url)));
  return {
    size,
    read: async (offset, length): Promise<Uint8Array> => {
      if (length === 0) return new Uint8Array(0);
      const range = `bytes=${offset}-${Math.min(size, offset + length) - 1}`;
      return bytesOf(await fetch(url, { headers: { range } }));
    },
  };
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
