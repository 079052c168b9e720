/**
 * What an attacker who forges the address of a gateway's peer can do to its handshakes and frames:
 * with junk, with openings made with the gateway's public key, and with copies of genuine ones. In
 * the past, twenty junk openings a second kept a tunnel from its next key, and 2,000 junk frames a
 * second displaced genuine ones.
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CryptoProvider, X25519Key } from '../../engine/host/crypto.ts';
import { CheckFirstAdmission } from '../../nodes/gateway/admission/admission.ts';
import { CookieIssuer } from '../../nodes/gateway/admission/cookie-issuer.ts';
import { HandshakeMacs, OPENING_MACS_BYTES } from '../../nodes/gateway/admission/handshake-macs.ts';
import { createStaticKeyPair } from '../../nodes/gateway/crypto.ts';
import { ChargeFirstAdmission } from '../../nodes/gateway/doubles/eager-admission.ts';
import { decodeFrame, encodeHeader, FrameHeader } from '../../nodes/gateway/wire.ts';
import {
  advance,
  at,
  CLOCK_US,
  HOUR,
  Pair,
  SECOND,
  Side,
  sealed,
} from '../unit/nodes/gateway/session-pair.ts';

const MS = SECOND / 1000;

/** A provider that counts Diffie-Hellman operations. */
function counting(): { readonly crypto: CryptoProvider; readonly exchanges: () => number } {
  const real = createCryptoProvider('node');
  let count = 0;
  const crypto: CryptoProvider = Object.create(real, {
    x25519: {
      value: (secret: Uint8Array, publicKey: Uint8Array): Uint8Array | undefined => {
        count += 1;
        return real.x25519(secret, publicKey);
      },
    },
    x25519Key: {
      value: (secret: Uint8Array): X25519Key => {
        const key = real.x25519Key(secret);
        return {
          publicKey: key.publicKey,
          sharedSecret: (other): Uint8Array | undefined => {
            count += 1;
            return key.sharedSecret(other);
          },
          wipe: (): void => key.wipe(),
        };
      },
    },
  });
  return { crypto, exchanges: () => count };
}

/** An opening of the right length and time with random content. */
function junkOpening(genuine: Uint8Array, salt: number, clockUs = CLOCK_US): Uint8Array {
  const header = new FrameHeader();
  decodeFrame(genuine, 0, genuine.length, header);
  header.timestamp = clockUs + salt;
  const target = new Uint8Array(genuine.length + 20);
  const body = encodeHeader(header, header.bodyLength, target, 0);
  const frame = target.subarray(0, body + header.bodyLength);
  for (let k = body; k < frame.length; k++) frame[k] = (salt * 31 + k * 17 + (salt >> 8)) & 0xff;
  return frame;
}

/** The same, with the MAC that anybody who knows the gateway's public key can compute. */
function keyedOpening(
  pair: Pair,
  genuine: Uint8Array,
  salt: number,
  clockUs = CLOCK_US,
): Uint8Array {
  const frame = junkOpening(genuine, salt, clockUs);
  macsOfEve(pair).signOpening(frame, undefined);
  return frame;
}

/** The MACs that eve can compute, because she knows the public key of b. */
function macsOfEve(pair: Pair): HandshakeMacs {
  const eve = createStaticKeyPair(createCryptoProvider('node'), new Uint8Array(32).fill(66));
  return new HandshakeMacs(createCryptoProvider('node'), {
    own: eve.publicKey,
    peer: pair.identities[1].publicKey,
  });
}

/** An opening of a, from which to copy the format; a itself does not change. */
function shapeOf(pair: Pair): Uint8Array {
  const [low, high] = pair.identities;
  const other = new Side({ identity: low, peerKey: high.publicKey, seed: 123 });
  other.session.connect(at(0));
  return other.outbox[0]!;
}

describe('a flood of openings in the name of a peer', () => {
  it('junk costs no Diffie-Hellman work and no budget: a tunnel gets its next key in time', () => {
    const { crypto, exchanges } = counting();
    const pair = Pair.connected({ crypto });
    const shape = shapeOf(pair);
    const before = exchanges();
    for (let k = 0; k < 5000; k++) {
      expect(pair.b.receive(junkOpening(shape, k), at(HOUR - SECOND + k))).toBe('handshake-mac');
    }
    expect(exchanges()).toBe(before);
    pair.a.session.tick(at(HOUR));
    pair.exchange(at(HOUR));
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([2, 2]);
  });

  it('the double that charges first loses the rekey to the same flood', () => {
    const pair = new Pair();
    const [low, high] = pair.identities;
    const admission = new ChargeFirstAdmission(undefined);
    const b = new Side({ identity: high, peerKey: low.publicKey, seed: 7, admission });
    const shape = shapeOf(pair);
    for (let k = 0; k < 20; k++) b.receive(junkOpening(shape, k), at(0));
    pair.a.session.connect(at(0));
    expect(b.receive(pair.a.outbox[0]!, at(0))).toBe('rate-limited');
  });

  it('openings made with our public key cost ten, then only who has a cookie is heard', () => {
    const { crypto, exchanges } = counting();
    const pair = Pair.connected({ crypto });
    const shape = shapeOf(pair);
    const clockUs = CLOCK_US + HOUR / 1000 - 5000;
    const before = exchanges();
    const outcomes = new Map<string | undefined, number>();
    for (let k = 0; k < 5000; k++) {
      const outcome = pair.b.receive(keyedOpening(pair, shape, k, clockUs), at(HOUR - 5000 + k));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(Object.fromEntries(outcomes)).toEqual({ 'bad-auth': 10, 'cookie-required': 4990 });
    // Each costs a an operation. One more in the life of the session makes the key of its cookies.
    expect(exchanges() - before).toBe(10 + 1);
    // Twenty cookies leave, each shorter than the opening that caused it, and they go to the peer.
    const cookies = pair.b.outbox.splice(0);
    expect(cookies).toHaveLength(20);
    expect(Math.max(...cookies.map(({ length }) => length))).toBeLessThan(shape.length / 2);
    for (const cookie of cookies) {
      expect(pair.a.receive(cookie, at(HOUR))).toBe('handshake-unexpected');
    }
    // The rekey of the tunnel needs one more round trip, and completes at that instant.
    pair.a.session.tick(at(HOUR + 150 * MS));
    pair.exchange(at(HOUR + 150 * MS));
    expect(pair.b.drops.at(-1)).toBe('cookie-required');
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([2, 2]);
    expect(pair.b.cookies).toBe(21);
  });

  it('a flood that uses up the cookies gets them for the peer, too: the rekey needs no luck', () => {
    const pair = Pair.connected();
    const shape = shapeOf(pair);
    pair.a.session.tick(at(HOUR));
    // Eve sends 20,000 openings per second; messages between the gateways take a millisecond.
    let rekeyedNs = 0;
    for (let ms = 0; ms < 1000 && rekeyedNs === 0; ms++) {
      const now = at(HOUR + ms * MS);
      const eves = Array.from({ length: 20 }, (_, k) => 20 * ms + k);
      for (const k of eves) pair.b.receive(keyedOpening(pair, shape, k, now.clockUs), now);
      // The peer's own opening waits until eve has used up the initial budget.
      if (ms < 100) pair.b.outbox = [];
      else pair.exchange(now);
      if (pair.b.session.epoch === 2) rekeyedNs = ms * MS;
    }
    expect(rekeyedNs).toBeGreaterThan(0);
    expect(rekeyedNs).toBeLessThanOrEqual(300 * MS);
    // Twenty immediately and ten per second, however many openings come.
    expect(pair.b.cookies).toBeLessThanOrEqual(20 + 4);
  });

  it('in the names of 200 peers costs a thousand at once and fifty a second, then all need a cookie', () => {
    const mint = new CookieIssuer(createCryptoProvider('node'), (length) => new Uint8Array(length));
    const peers = Array.from({ length: 200 }, () => new CheckFirstAdmission(mint, undefined));
    // Each peer alone is allowed ten immediately and five per second.
    const admitted = (nowNs: number): number =>
      peers.reduce((sum, peer) => {
        const verdicts = Array.from({ length: 20 }, () => peer.opening(nowNs, false));
        return sum + verdicts.filter((verdict) => verdict === 'admit').length;
      }, 0);
    expect([0, SECOND, 2 * SECOND].map(admitted)).toEqual([1000, 50, 50]);
    expect(new Set(peers.map((peer) => peer.opening(2 * SECOND, true)))).toEqual(
      new Set(['admit']),
    );
  });

  it('a cookie holds for two minutes, and the next rekey asks for another one', () => {
    const pair = Pair.connected();
    const shape = shapeOf(pair);
    const flood = (nowNs: number): void => {
      for (let k = 0; k < 25; k++) {
        pair.b.receive(keyedOpening(pair, shape, k, CLOCK_US + nowNs / 1000), at(nowNs));
      }
      pair.b.outbox = [];
      pair.b.cookies = 0;
    };
    flood(HOUR);
    pair.a.session.tick(at(HOUR));
    pair.exchange(at(HOUR));
    expect([pair.a.session.epoch, pair.b.cookies]).toEqual([2, 1]);
    advance(pair, HOUR, HOUR + 100 * SECOND);
    flood(HOUR + 100 * SECOND);
    pair.a.session.connect(at(HOUR + 100 * SECOND));
    pair.exchange(at(HOUR + 100 * SECOND));
    expect([pair.a.session.epoch, pair.b.cookies]).toEqual([3, 0]);
    advance(pair, HOUR + 100 * SECOND, HOUR + 221 * SECOND);
    flood(HOUR + 221 * SECOND);
    pair.a.session.connect(at(HOUR + 221 * SECOND));
    pair.exchange(at(HOUR + 221 * SECOND));
    expect([pair.a.session.epoch, pair.b.cookies]).toEqual([4, 1]);
  });

  it('copies of a genuine opening cost nothing after the first, and end no session', () => {
    const { crypto, exchanges } = counting();
    const pair = new Pair({ crypto });
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox[0]!;
    pair.exchange(at(0));
    const before = exchanges();
    for (let k = 0; k < 5000; k++) {
      expect(pair.b.receive(opening, at(k * 200_000))).toBe('handshake-replay');
    }
    expect(exchanges()).toBe(before);
    expect(pair.b.receive(sealed(pair.a, 'still here'), at(SECOND))).toBe('ok still here');
  });

  it('copies that come before the answer is confirmed get at most so many answers', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox.shift()!;
    for (let k = 0; k < 5000; k++) pair.b.receive(opening, at(k * 200_000));
    // One answer, plus twenty immediately and ten in the second that the attack lasts.
    expect(pair.b.outbox.length).toBeLessThanOrEqual(1 + 20 + 10);
    expect(pair.b.outbox.length).toBeGreaterThanOrEqual(1 + 20);
    pair.a.receive(pair.b.outbox[0]!, at(SECOND));
    expect(pair.a.session.isOpen).toBe(true);
  });

  it('an opening of the wrong length is refused before its MAC is computed', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox[0]!;
    const header = new FrameHeader();
    decodeFrame(opening, 0, opening.length, header);
    for (const change of [-OPENING_MACS_BYTES, -1, 1]) {
      const target = new Uint8Array(opening.length + 8);
      const body = encodeHeader(header, header.bodyLength + change, target, 0);
      const frame = target.subarray(0, body + header.bodyLength + change);
      expect(pair.b.receive(frame, at(0)), `${change} bytes`).toBe('handshake-length');
    }
  });
});

describe('a flood of answers in the name of a peer', () => {
  it('nothing that does not name our opening costs work or keeps the true answer out', () => {
    const { crypto, exchanges } = counting();
    const pair = new Pair({ crypto });
    const other = Pair.connected();
    other.a.session.connect(at(SECOND));
    other.b.receive(other.a.outbox[0]!, at(SECOND));
    // A genuine answer from b to a of an earlier session, which names another opening.
    const stale = other.b.outbox[0]!;
    pair.a.epochs.next = 2;
    pair.a.session.connect(at(SECOND));
    const opening = pair.a.outbox.shift()!;
    const before = exchanges();
    for (let k = 0; k < 5000; k++) {
      const junk = stale.slice();
      junk[junk.length - 1 - (k % 80)]! ^= 1 + (k % 255);
      expect(pair.a.receive(junk, at(SECOND))).toBe('handshake-mac');
    }
    expect(pair.a.receive(stale, at(SECOND))).toBe('handshake-mac');
    expect(exchanges()).toBe(before);
    pair.b.receive(opening, at(SECOND));
    pair.a.receive(pair.b.outbox[0]!, at(SECOND));
    expect(pair.a.session.isOpen).toBe(true);
  });

  it('openings do not use up what answers need', () => {
    const pair = new Pair();
    const shape = shapeOf(pair);
    pair.b.session.connect(at(0));
    const opening = pair.b.outbox.shift()!;
    // Attacks b, whose own opening is under way.
    for (let k = 0; k < 100; k++) pair.b.receive(keyedOpening(pair, shape, k), at(0));
    pair.b.outbox = [];
    pair.a.receive(opening, at(0));
    pair.b.receive(pair.a.outbox[0]!, at(0));
    expect(pair.b.session.isOpen).toBe(true);
  });
});

describe('a flood of frames in the name of a peer', () => {
  const rate = { perSecond: 1000, burst: 1000 };

  it('junk and copies do not take the place of honest frames', () => {
    const pair = Pair.connected({ rate });
    const junk = sealed(pair.a, 'junk');
    junk[junk.length - 1]! ^= 1;
    const first = sealed(pair.a, 'first');
    pair.b.receive(first, at(0));
    for (let ms = 1; ms <= 2000; ms++) {
      for (let k = 0; k < 2; k++) expect(pair.b.receive(junk, at(ms * MS))).toBe('bad-auth');
      expect(['replay', 'expired']).toContain(pair.b.receive(first, at(ms * MS)));
      expect(pair.b.receive(sealed(pair.a, 'x'), at(ms * MS))).toBe('ok x');
    }
  });

  it('the double that charges first drops honest frames for them', () => {
    const pair = Pair.connected();
    const [low, high] = pair.identities;
    const admission = new ChargeFirstAdmission(rate);
    const b = new Side({ identity: high, peerKey: low.publicKey, seed: 7, admission });
    const a = new Side({ identity: low, peerKey: high.publicKey, seed: 9 });
    a.session.connect(at(0));
    b.receive(a.outbox.shift()!, at(0));
    a.receive(b.outbox.shift()!, at(0));
    b.receive(a.outbox.shift()!, at(0));
    const junk = sealed(a, 'junk');
    junk[junk.length - 1]! ^= 1;
    let refused = 0;
    for (let ms = 1; ms <= 2000; ms++) {
      for (let k = 0; k < 2; k++) b.receive(junk, at(ms * MS));
      if (b.receive(sealed(a, 'x'), at(ms * MS)) === 'rate-limited') refused++;
    }
    expect(refused).toBeGreaterThan(1000);
  });
});
