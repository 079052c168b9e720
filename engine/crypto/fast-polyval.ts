/**
 * POLYVAL (RFC 8452) over WebAssembly that is assembled at load from `wasm/polyval.ts`, ten times as
 * fast as `polyval.ts`. All calls of a thread share one memory, which is wiped after each.
 *
 * @module
 */
import { wipeRange } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { BLOCK_LENGTH, checkBlocks, checkLength } from './lengths.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';
import {
  encodePolyvalModule,
  POLYVAL_BLOCKS_OFFSET,
  POLYVAL_KEY_OFFSET,
  POLYVAL_SUM_OFFSET,
} from './wasm/polyval.ts';

/** Largest number of bytes that one call of the module absorbs; longer input is absorbed in pieces. */
const PIECE_LENGTH = 4_096;

interface Instance {
  readonly memory: Uint8Array;
  readonly absorb: (pointer: number, count: number) => void;
}

const instance = memoiseResult(instantiate);

/** Makes a POLYVAL function that runs in WebAssembly, or gives `fallback` where there is none. */
export function createFastPolyval(fallback: CryptoProvider['polyval']): CryptoProvider['polyval'] {
  return (key, blocks) => {
    const wasm = instance();
    return wasm === undefined ? fallback(key, blocks) : polyval(wasm, key, blocks);
  };
}

// hot: once or twice per cell and layer of a circuit.
function polyval({ memory, absorb }: Instance, key: Uint8Array, blocks: Uint8Array): Uint8Array {
  checkLength('a POLYVAL key', key, BLOCK_LENGTH);
  checkBlocks(blocks);
  memory.set(key, POLYVAL_KEY_OFFSET);
  for (let offset = 0; offset < blocks.length; offset += PIECE_LENGTH) {
    const piece = blocks.subarray(offset, offset + PIECE_LENGTH);
    memory.set(piece, POLYVAL_BLOCKS_OFFSET);
    absorb(POLYVAL_BLOCKS_OFFSET, piece.length / BLOCK_LENGTH);
  }
  const result = memory.slice(POLYVAL_SUM_OFFSET, POLYVAL_SUM_OFFSET + BLOCK_LENGTH);
  const longest = Math.min(blocks.length, PIECE_LENGTH);
  wipeRange(memory, POLYVAL_KEY_OFFSET, POLYVAL_BLOCKS_OFFSET + longest);
  return result;
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodePolyvalModule());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  return { memory, absorb: exports['absorb'] as Instance['absorb'] };
}
