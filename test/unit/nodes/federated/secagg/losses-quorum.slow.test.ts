/**
 * Whoever leaves, and whenever, where the server waits for a quorum of inputs; losses.test.ts has four clients.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import { cachedCrypto } from './cached-crypto.ts';
import { plans, stayers } from './leaving.ts';
import { CRYPTO, configOf, Session } from './session.ts';

const { advertise, shareKeys, maskedInput, unmask } = SECAGG_MESSAGE_TYPES;
const crypto = cachedCrypto(CRYPTO);

describe('a quorum of inputs among five clients, threshold three', () => {
  it.each([
    // Those who are in the sum have to open it. Of k who send an input, the first three must stay:
    // k = 3, 4, 5 have 10 x 9, 5 x 3 x 2 and 4 ways.
    [3, { sum: 90 + 30 + 4, abort: 3_001 }],
    // Three of the first four: 10 x 9, 5 x 3 x 5 and 5 x 2.
    [4, { sum: 90 + 75 + 10, abort: 2_950 }],
    // All: as without a quorum.
    [5, { sum: 181, abort: 2_944 }],
  ])('of %i: every way to leave, never another sum than that of the first', (quorum, wanted) => {
    const found = { sum: 0, abort: 0 };
    for (const leaves of plans(5, [advertise, shareKeys, maskedInput, unmask])) {
      const config = configOf();
      const session = new Session({
        ...{ config, leaves, crypto },
        ...{ server: { crypto, quorum }, client: () => ({ crypto }) },
      }).run();
      const plan = [...leaves.values()].join();
      const survivors = stayers(leaves, maskedInput).slice(0, quorum);
      const openers = survivors.filter((index) => stayers(leaves, unmask).includes(index));
      const late = stayers(leaves, maskedInput).length - survivors.length;
      const isEnough = stayers(leaves, shareKeys).length >= 3 && openers.length >= 3;
      expect(session.sum !== undefined, plan).toBe(isEnough);
      if (isEnough) {
        expect(session.sum?.survivors, plan).toEqual(survivors);
        expect(session.sum?.ring, plan).toEqual(session.sumOf(survivors));
        expect(session.reasons('server')).toEqual(Array.from({ length: late }, () => 'late-input'));
        found.sum += 1;
      } else {
        expect(session.aborted?.outcome, plan).toBe('too-few');
        found.abort += 1;
      }
    }
    expect(found).toEqual(wanted);
  });
});
