/**
 * AES-128 (FIPS 197) over WebAssembly that is assembled at load from `wasm/aes.ts`: one block at a
 * time, in constant time, without the object per block that Node's ciphers need.
 *
 * All keys of a thread share one memory; the key schedule and the block are overwritten there
 * before each call returns or throws.
 *
 * @module
 */
import { wipe, wipeRange } from '../core/secrets.ts';
import type { BlockFunction } from './aes-cmac.ts';
import { gf256Product, AES_SBOX as SUBSTITUTION } from './aes-field.ts';
import { checkLength } from './lengths.ts';
import {
  aesConstants,
  BLOCK_OFFSET,
  encodeAesModule,
  ROUND_KEYS_OFFSET,
  SBOX_OFFSET,
} from './wasm/aes.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';

const KEY_LENGTH = 16;
const BLOCK_LENGTH = 16;
const WORD_LENGTH = 4;
const ROUNDS = 10;
const SCHEDULE_LENGTH = BLOCK_LENGTH * (ROUNDS + 1);

interface Instance {
  readonly memory: Uint8Array;
  readonly encrypt: () => void;
  readonly substitute: () => void;
}

const instance = memoiseResult(instantiate);

/**
 * Makes the AES-128 block function of a key, in WebAssembly vectors.
 * @param key 16 bytes; copied into its schedule.
 * @returns undefined on machines without WebAssembly vectors.
 */
export function createVectorAes(key: Uint8Array): BlockFunction | undefined {
  checkLength('an AES-128 key', key, KEY_LENGTH);
  const shared = instance();
  if (shared === undefined) return undefined;
  const { memory, encrypt } = shared;
  const schedule = expand(shared, key);
  // hot: once per hop field in live worlds.
  return (input, output): void => {
    memory.set(schedule, ROUND_KEYS_OFFSET);
    try {
      for (let index = 0; index < BLOCK_LENGTH; index++) {
        memory[BLOCK_OFFSET + index] = input[index] as number;
      }
      encrypt();
      for (let index = 0; index < BLOCK_LENGTH; index++) {
        output[index] = memory[BLOCK_OFFSET + index] as number;
      }
    } finally {
      wipeRange(memory, ROUND_KEYS_OFFSET, BLOCK_OFFSET + BLOCK_LENGTH);
    }
  };
}

/** Expands a key of four words to the key schedule (FIPS 197 section 5.2). */
function expand({ memory, substitute }: Instance, key: Uint8Array): Uint8Array {
  const schedule = new Uint8Array(SCHEDULE_LENGTH);
  schedule.set(key);
  const word = new Uint8Array(WORD_LENGTH);
  let constant = 1;
  for (let at = KEY_LENGTH; at < SCHEDULE_LENGTH; at += WORD_LENGTH) {
    for (let index = 0; index < WORD_LENGTH; index++) {
      word[index] = schedule[at - WORD_LENGTH + index] as number;
    }
    if (at % KEY_LENGTH === 0) {
      // RotWord, SubWord and the round constant of section 5.2.
      memory.set(word, BLOCK_OFFSET);
      substitute();
      for (let index = 0; index < WORD_LENGTH; index++) {
        word[index] = memory[BLOCK_OFFSET + ((index + 1) % WORD_LENGTH)] as number;
      }
      word[0] = (word[0] as number) ^ constant;
      constant = gf256Product(constant, 2);
    }
    for (let index = 0; index < WORD_LENGTH; index++) {
      schedule[at + index] =
        (schedule[at - KEY_LENGTH + index] as number) ^ (word[index] as number);
    }
  }
  wipeRange(memory, BLOCK_OFFSET, BLOCK_OFFSET + BLOCK_LENGTH);
  wipe(word);
  return schedule;
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodeAesModule());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  memory.set(aesConstants(SUBSTITUTION), SBOX_OFFSET);
  return {
    memory,
    encrypt: exports['encrypt'] as Instance['encrypt'],
    substitute: exports['substitute'] as Instance['substitute'],
  };
}
