/**
 * Attacks on the MACs and cookies of the handshake by an observer beside the path. The attacker
 * knows both public keys, reads what the gateways send, and inserts frames that arrive before the
 * genuine ones, but cannot hold any back. A handful of frames must not suffice to keep the gateways
 * from connecting.
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import { CookieCipher } from '../../nodes/gateway/admission/cookie-cipher.ts';
import { HandshakeMacs, openingMac } from '../../nodes/gateway/admission/handshake-macs.ts';
import { createStaticKeyPair } from '../../nodes/gateway/crypto.ts';
import { at, CLOCK_US, Pair, SECOND } from '../unit/nodes/gateway/session-pair.ts';

/**
 * A cookie that the attacker makes for the sender of an observed opening, with the known public
 * keys.
 */
function forgedCookie(pair: Pair, value: number): Uint8Array {
  const eve = createStaticKeyPair(createCryptoProvider('node'), new Uint8Array(32).fill(66));
  const seal = new CookieCipher(createCryptoProvider('node'), eve, pair.identities[0].publicKey);
  return seal.seal(new Uint8Array(16).fill(value), CLOCK_US + value);
}

/** A cookie made by b, which anybody on its path can record. */
function genuineCookie(pair: Pair, value: number, clockUs: number): Uint8Array {
  const secret = new Uint8Array(32).fill(secretOf(pair));
  const identity = createStaticKeyPair(createCryptoProvider('node'), secret);
  const seal = new CookieCipher(
    createCryptoProvider('node'),
    identity,
    pair.identities[0].publicKey,
  );
  return seal.seal(new Uint8Array(16).fill(value), clockUs);
}

/** The byte of which the secret of b consists. */
function secretOf({ identities }: Pair): number {
  return identities[1].secret[0] ?? 0;
}

function opened(): { readonly pair: Pair; readonly opening: Uint8Array } {
  const pair = new Pair();
  pair.a.session.connect(at(0));
  return { pair, opening: pair.a.outbox[0]!.slice() };
}

describe('a man on the side of a handshake', () => {
  it('does not use up by forged cookies what the answer needs', () => {
    const { pair } = opened();
    const genuine = pair.a.outbox.shift()!.slice();
    for (let value = 1; value <= 100; value++) {
      pair.a.receive(forgedCookie(pair, value), at(0));
    }
    pair.a.outbox = [];
    pair.b.receive(genuine, at(0));
    expect(pair.a.receive(pair.b.outbox[0]!, at(0))).toBeUndefined();
    expect(pair.a.session.isOpen).toBe(true);
  });

  it('makes no cookie that is believed, although he sees the opening and knows both public keys', () => {
    const { pair } = opened();
    pair.a.outbox = [];
    for (let value = 1; value <= 250; value++) {
      expect(pair.a.receive(forgedCookie(pair, value), at(0))).toBe('bad-auth');
    }
    expect(pair.a.outbox).toEqual([]);
  });

  it('takes no cookie of a for one of b: what one side sealed is not for itself', () => {
    const { pair } = opened();
    const [a, b] = pair.identities;
    const own = new CookieCipher(createCryptoProvider('node'), a, b.publicKey).seal(
      new Uint8Array(16),
      CLOCK_US,
    );
    expect(pair.a.receive(own, at(0))).toBe('bad-auth');
  });

  it('puts no recorded cookie in the place of a newer one, until its two minutes are over', () => {
    const { pair } = opened();
    const clockUs = CLOCK_US + 5_000_000;
    const old = genuineCookie(pair, 1, CLOCK_US);
    expect(pair.a.receive(genuineCookie(pair, 2, clockUs), at(5 * SECOND))).toBeUndefined();
    const sent = pair.a.outbox.length;
    expect(pair.a.receive(old, at(6 * SECOND))).toBe('handshake-replay');
    expect(pair.a.outbox).toHaveLength(sent);
    expect(pair.a.receive(old, at(125 * SECOND))).toBeUndefined();
  });

  it('does not have openings refused by a gateway that is calm, whatever cookie they carry', () => {
    const { pair, opening } = opened();
    pair.a.outbox = [];
    pair.a.receive(genuineCookie(pair, 7, CLOCK_US), at(0));
    const spoiled = pair.a.outbox.shift()!;
    expect(openingMac(spoiled)).toEqual(openingMac(opening));
    expect(spoiled).not.toEqual(opening);
    expect(pair.b.receive(spoiled, at(0))).toBeUndefined();
    pair.exchange(at(0));
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([1, 1]);
  });

  it('gets at most so many openings for cookies that he has, new ones each', () => {
    const { pair } = opened();
    pair.a.outbox = [];
    for (let value = 1; value <= 250; value++) {
      pair.a.receive(genuineCookie(pair, value, CLOCK_US + value), at(0));
    }
    expect(pair.a.outbox).toHaveLength(20);
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

  it('has twenty forged answers in an instant cost work, and ten a second, until he stops', () => {
    const { pair, opening } = opened();
    pair.a.outbox = [];
    pair.b.receive(opening, at(0));
    const genuine = pair.b.outbox[0]!.slice();
    const [a, b] = pair.identities;
    const macs = new HandshakeMacs(createCryptoProvider('node'), {
      own: b.publicKey,
      peer: a.publicKey,
    });
    const forged = genuine.slice();
    // Changes the last byte of the Noise message, whose tag is checked after both Diffie-Hellman
    // operations.
    forged[forged.length - 17]! ^= 1;
    macs.signAnswer(forged, openingMac(opening));
    const costly = (count: number, nowNs: number): number =>
      Array.from({ length: count }, () => pair.a.receive(forged.slice(), at(nowNs))).filter(
        (reason) => reason === 'bad-auth',
      ).length;
    expect(costly(1_000, 0)).toBe(20);
    let more = 0;
    for (let ms = 1; ms <= 1_000; ms++) more += costly(5, ms * 1_000_000);
    expect(more).toBe(10);
    // The genuine answer was among those rejected for lack of budget, and is accepted once the
    // attack has stopped.
    expect(pair.a.receive(genuine.slice(), at(SECOND))).toBe('rate-limited');
    expect(pair.a.receive(genuine, at(SECOND + 100_000_000))).toBeUndefined();
    expect(pair.a.session.isOpen).toBe(true);
  });
});
