import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { FIRST_RETRY_NS } from '../../../../nodes/fabric/geometry.ts';
import { PeerChallenges } from '../../../../nodes/fabric/incoming/challenges.ts';

const CLAIM = { memory: new Uint8Array(8).fill(1), life: 1 };

describe('the question to a peer', () => {
  const challenges = (): PeerChallenges =>
    new PeerChallenges(openRandomStream(1, 'bob', 'challenges'));

  it('leaves once in 250 ms for each of who it may be, with one nonce', () => {
    const asked = challenges();
    const first = asked.doubt(0, CLAIM);
    expect(first).toMatchObject(CLAIM);
    expect(asked.doubt(FIRST_RETRY_NS - 1, CLAIM)).toBeUndefined();
    expect(asked.doubt(FIRST_RETRY_NS, CLAIM)).toEqual(first);
    const others = [
      { ...CLAIM, life: 2 },
      { ...CLAIM, memory: new Uint8Array(8).fill(2) },
    ];
    for (const other of others) {
      expect(asked.doubt(FIRST_RETRY_NS, other)).toEqual({ ...other, nonce: first?.nonce });
    }
  });

  it('is answered once: a packet that is sent again later confirms nothing', () => {
    const asked = challenges();
    const nonces = [0, 1].map((now) => {
      const confirmation = asked.doubt(now, CLAIM)?.nonce;
      expect(asked.isConfirmed({ confirmation: new Uint8Array(8) })).toBe(false);
      expect([1, 2].map(() => asked.isConfirmed({ confirmation }))).toEqual([true, false]);
      return confirmation;
    });
    asked.doubt(2, CLAIM);
    expect(nonces.map((confirmation) => asked.isConfirmed({ confirmation }))).toEqual([
      false,
      false,
    ]);
  });
});
