/** 100,000 mutated calls: each gets an answer or a status, and leaves nothing behind. @module */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import {
  type AskControlService,
  DAEMON_CALLS,
  GRPC_STATUS,
} from '../../../../services/daemon/calls.ts';
import { memoryHeld } from '../../../memory.ts';
import { ANSWERS, REQUESTS } from './daemon-answers.ts';

const CALLS = 100_000;
/** Memory that calls may leave behind, at most, bytes: code that was compiled meanwhile. */
const GROWTH_MAX = 4 * 1_048_576;
const CODES: readonly number[] = Object.values(GRPC_STATUS);
const NAMES = Object.keys(DAEMON_CALLS) as (keyof typeof DAEMON_CALLS)[];
const random = openRandomStream(1, 'daemon', 'fuzz');

/** Bytes of which some are changed, left out or added. */
function mutated(bytes: Uint8Array): Uint8Array {
  const changed = [...bytes];
  for (let times = random.below(4); times > 0; times -= 1) {
    const at = random.below(changed.length + 1);
    const removed = random.below(3);
    const added = Array.from({ length: random.below(3) }, () => random.below(256));
    changed.splice(at, removed, ...added);
  }
  return Uint8Array.from(changed);
}

/** Answers of which some are changed too. */
const ask: AskControlService = (kind) => {
  const text = new TextEncoder().encode(ANSWERS[kind] ?? '');
  const said = random.below(2) === 0 ? text : mutated(text);
  return Promise.resolve({ outcome: 'ok', text: new TextDecoder().decode(said) });
};

describe('a daemon', () => {
  it('R-084: answers 100,000 mutated calls or gives a status, throws nothing, and keeps nothing', async () => {
    let answered = 0;
    let refused = 0;
    let before = 0;
    for (let call = 0; call < CALLS; call += 1) {
      if (call === CALLS / 10) before = memoryHeld().heapUsed;
      const name = NAMES[call % NAMES.length]!;
      const answer = await DAEMON_CALLS[name](mutated(REQUESTS[name]), ask);
      if (!('code' in answer)) answered += 1;
      else if (CODES.includes(answer.code)) refused += 1;
    }
    expect(memoryHeld().heapUsed - before).toBeLessThan(GROWTH_MAX);
    expect(answered + refused).toBe(CALLS);
    expect(Math.min(answered, refused)).toBeGreaterThan(CALLS / 10);
  });
});
