/**
 * Reads the bodies of requests.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';

/**
 * Reads a body of at most `most` bytes.
 * @param take Called with the length of each part; returns false if there is no room for the part.
 */
export async function readBody(
  request: IncomingMessage,
  most: number,
  take: (bytes: number) => boolean,
): Promise<Buffer | 'too-long' | 'no-room'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return 'too-long';
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return 'too-long';
    if (!take(chunk.length)) return 'no-room';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
