/**
 * A second look at the handshake's MACs and cookies, by a man on the side: he knows both public keys,
 * reads what the gateways send and adds frames of his own, in time before the genuine ones, but cannot
 * hold any back. He must not be able to keep them apart with a handful of frames.
 */
import { describe, expect, it } from 'vitest';
import { provider } from '../../engine/crypto/index.ts';
import { HandshakeMacs, openingMac } from '../../nodes/gateway/admission/handshake-macs.ts';
import { decodeFrame, FrameHeader } from '../../nodes/gateway/wire.ts';
import { at, CLOCK_US, Pair } from '../unit/nodes/gateway/session-pair.ts';

/** What he makes of an opening that he saw: a cookie in the name of its responder. */
function forgedCookie(pair: Pair, opening: Uint8Array, value: number): Uint8Array {
  const header = new FrameHeader();
  decodeFrame(opening, 0, opening.length, header);
  const [a, b] = pair.identities;
  const eve = new HandshakeMacs(provider('node'), { own: b.publicKey, peer: a.publicKey });
  const stamp = { epoch: header.epoch, timestamp: CLOCK_US + value };
  return eve.sealCookie(openingMac(opening), new Uint8Array(16).fill(value), stamp);
}

function opened(): { readonly pair: Pair; readonly opening: Uint8Array } {
  const pair = new Pair();
  pair.a.session.connect(at(0));
  return { pair, opening: pair.a.outbox[0]!.slice() };
}

describe('a man on the side of a handshake', () => {
  it('does not use up by forged cookies what the answer needs', () => {
    const { pair, opening } = opened();
    const genuine = pair.a.outbox.shift()!.slice();
    for (let value = 1; value <= 100; value++) {
      pair.a.receive(forgedCookie(pair, opening, value), at(0));
    }
    pair.a.outbox = [];
    pair.b.receive(genuine, at(0));
    expect(pair.a.receive(pair.b.outbox[0]!, at(0))).toBeUndefined();
    expect(pair.a.session.isOpen).toBe(true);
  });

  it('does not have openings refused by a gateway that is calm, whatever cookie he forged', () => {
    const { pair, opening } = opened();
    pair.a.outbox = [];
    pair.a.receive(forgedCookie(pair, opening, 7), at(0));
    const spoiled = pair.a.outbox.shift()!;
    expect(openingMac(spoiled)).toEqual(openingMac(opening));
    expect(spoiled).not.toEqual(opening);
    expect(pair.b.receive(spoiled, at(0))).toBeUndefined();
    pair.exchange(at(0));
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([1, 1]);
  });

  it('gets at most so many openings for his cookies', () => {
    const { pair, opening } = opened();
    pair.a.outbox = [];
    for (let value = 1; value <= 250; value++) {
      pair.a.receive(forgedCookie(pair, opening, value), at(0));
    }
    expect(pair.a.outbox.length).toBeGreaterThan(0);
    expect(pair.a.outbox.length).toBeLessThanOrEqual(20);
  });

  it('does not change what an opening means by its second MAC: it is answered once', () => {
    const { pair, opening } = opened();
    pair.a.outbox = [];
    for (let bit = 0; bit < 128; bit++) {
      const changed = opening.slice();
      changed[changed.length - 1 - (bit >> 3)]! ^= 1 << (bit & 7);
      pair.b.receive(changed, at(0));
    }
    // One answer and its copies: twenty in an instant, of the same bytes.
    expect(pair.b.outbox.length).toBeLessThanOrEqual(21);
    expect(new Set(pair.b.outbox.map(String)).size).toBe(1);
    expect(pair.b.epochs.given).toEqual([1]);
    pair.exchange(at(0));
    expect(pair.a.session.isOpen).toBe(true);
  });
});
