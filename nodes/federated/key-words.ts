/**
 * Random 32-bit words from a key: the key stream of ChaCha20 (RFC 8439 section 2.4), with the
 * counter from 0. The words must be unpredictable, since anybody who knows them can subtract the
 * noise drawn from them.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { RandomWordSource } from './privacy/uniform-source.ts';

const NONCE = new Uint8Array(12);
const BLOCKS = 64;
const BLOCK_BYTES = 64;
const ZEROS = new Uint8Array(BLOCKS * BLOCK_BYTES);
const WORDS = ZEROS.length / 4;

/** The words of a key's stream, one after the other; the stream has 2^38 bytes. */
export function keyStreamWords(
  crypto: Pick<CryptoProvider, 'chacha20'>,
  key: Uint8Array,
): RandomWordSource {
  let view: DataView = new DataView(ZEROS.buffer);
  let block = 0;
  let next = WORDS;
  return {
    u32(): number {
      if (next === WORDS) {
        const stream = crypto.chacha20(key, NONCE, block, ZEROS);
        view = new DataView(stream.buffer, stream.byteOffset, stream.length);
        block += BLOCKS;
        next = 0;
      }
      next += 1;
      return view.getUint32(4 * (next - 1), true);
    },
  };
}
