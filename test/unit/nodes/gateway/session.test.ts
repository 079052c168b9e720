import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { createStaticKeyPair } from '../../../../nodes/gateway/crypto.ts';
import { MAC_BYTES } from '../../../../nodes/gateway/geometry.ts';
import { at, CLOCK_US, HOUR, Pair, SECOND, Side, sealed } from './session-pair.ts';

const MS = SECOND / 1000;

describe('opening a session', () => {
  it('R-023: agrees on one epoch and carries frames both ways', () => {
    const pair = Pair.connected();
    expect(pair.a.established).toEqual(['initiator 1']);
    expect(pair.b.established).toEqual(['responder 1']);
    expect(pair.b.receive(sealed(pair.a, 'there'), at(1))).toBe('ok there');
    expect(pair.a.receive(sealed(pair.b, 'and back'), at(1))).toBe('ok and back');
    expect(pair.a.session.invariant() ?? pair.b.session.invariant()).toBeUndefined();
  });

  it('cannot seal before there are keys', () => {
    const pair = new Pair();
    expect(pair.a.seal('early')).toBe('no-session');
    const ready = Pair.connected();
    expect(pair.a.receive(sealed(ready.b, 'x'), at(0))).toBe('no-session');
  });

  it('repeats an opening that was lost, with doubling waits, and takes the first answer', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const sentAt: number[] = [0];
    const first = toHex(pair.a.outbox[0]!);
    while (sentAt.length < 6) {
      pair.a.outbox = [];
      const nowNs = pair.a.session.deadlineNs;
      pair.a.session.tick(at(nowNs));
      sentAt.push(nowNs / (SECOND / 4));
      expect(toHex(pair.a.outbox[0]!)).toBe(first);
    }
    expect(sentAt).toEqual([0, 1, 3, 7, 15, 31]);
    pair.exchange(at(10 * SECOND));
    expect([pair.a.session.isOpen, pair.b.session.isOpen]).toEqual([true, true]);
  });

  it('waited longer and longer without a path, and so for seconds after the first one was found', () => {
    const pair = new Pair();
    pair.a.hasPath = false;
    pair.a.session.connect(at(0));
    for (let attempts = 1; attempts <= 20; attempts++) {
      expect(pair.a.session.deadlineNs).toBe((attempts * SECOND) / 2);
      pair.a.session.tick(at(pair.a.session.deadlineNs));
    }
    expect(pair.a.outbox).toEqual([]);
    pair.a.hasPath = true;
    const nowNs = pair.a.session.deadlineNs;
    pair.a.session.tick(at(nowNs));
    expect([pair.a.outbox.length, pair.a.session.deadlineNs]).toEqual([1, nowNs + SECOND / 4]);
    pair.exchange(at(nowNs));
    expect(pair.a.session.isOpen).toBe(true);
  });

  it('begins a fresh attempt with a higher epoch after eight sendings', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const first = toHex(pair.a.outbox[0]!);
    for (let sendings = 1; sendings <= 8; sendings++) {
      pair.a.outbox = [];
      pair.a.session.tick(at(pair.a.session.deadlineNs));
    }
    expect(toHex(pair.a.outbox[0]!)).not.toBe(first);
    expect(pair.a.epochs.given).toEqual([1, 2]);
  });

  it('answers a repeated opening with the same answer, and not again after the confirmation', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox[0]!;
    pair.b.receive(opening, at(0));
    pair.b.receive(opening, at(0));
    expect(pair.b.outbox).toHaveLength(2);
    expect(toHex(pair.b.outbox[0]!)).toBe(toHex(pair.b.outbox[1]!));
    pair.a.outbox = [];
    pair.exchange(at(0));
    expect(pair.b.receive(opening, at(0))).toBe('handshake-replay');
    expect(pair.a.drops).toEqual(['handshake-unexpected']);
  });

  it('repeats the confirmation until the responder, which has nothing to say, answers it', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    pair.b.receive(pair.a.outbox.shift()!, at(0));
    pair.a.receive(pair.b.outbox.shift()!, at(0));
    pair.a.outbox = []; // The confirmation is lost.
    expect([pair.a.session.isOpen, pair.b.session.isOpen]).toEqual([true, false]);
    pair.a.session.tick(at(pair.a.session.deadlineNs));
    pair.b.receive(pair.a.outbox.shift()!, at(SECOND / 4));
    expect(pair.b.session.isOpen).toBe(true);
    pair.b.outbox = []; // The answer to its repetition is lost as well.
    pair.a.session.tick(at(pair.a.session.deadlineNs));
    pair.exchange(at(SECOND));
    expect(pair.a.session.status()).toMatchObject({ isConfirmed: true, epoch: 1 });
    expect(pair.a.session.deadlineNs).toBe(HOUR);
  });

  it('decides a simultaneous opening alike on both sides: the lower key wins', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    pair.b.session.connect(at(0));
    pair.exchange(at(0));
    expect(pair.a.established).toEqual(['initiator 2']);
    expect(pair.b.established).toEqual(['responder 2']);
    expect(pair.a.drops).toEqual(['handshake-collision']);
    expect(pair.b.receive(sealed(pair.a, 'x'), at(1))).toBe('ok x');
    expect(pair.a.receive(sealed(pair.b, 'y'), at(1))).toBe('ok y');
  });

  it('on a collision repeats its own opening at once when that was long ago', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    pair.a.outbox = [];
    pair.b.session.connect(at(SECOND / 4));
    pair.a.receive(pair.b.outbox.shift()!, at(SECOND / 4));
    expect(pair.a.outbox).toHaveLength(1);
  });

  it('waits for the disk and not for a retry while the next epoch is not durable, on either side', () => {
    const pair = new Pair();
    pair.a.epochs.isDurable = false;
    pair.b.epochs.isDurable = false;
    pair.a.session.connect(at(0));
    expect(pair.a.outbox).toEqual([]);
    pair.a.epochs.isDurable = true;
    pair.a.session.tick(at(MS));
    const opening = pair.a.outbox.shift()!;
    expect(pair.b.receive(opening, at(2 * MS))).toBeUndefined();
    expect(pair.b.receive(opening, at(3 * MS))).toBe('epoch-not-durable');
    expect(pair.b.outbox).toEqual([]);
    pair.b.epochs.isDurable = true;
    pair.b.session.tick(at(4 * MS));
    expect(pair.b.outbox).toHaveLength(1);
    pair.exchange(at(5 * MS));
    expect([pair.a.session.isOpen, pair.b.session.isOpen]).toEqual([true, true]);
    expect(pair.a.epochs.given).toEqual([1]);
  });

  it('asks a disk that fails again with the pace of retries, and not with that of ticks', () => {
    const pair = new Pair();
    pair.a.epochs.isDurable = false;
    pair.a.session.connect(at(0));
    expect(pair.a.session.deadlineNs).toBe(SECOND / 4);
    pair.a.session.tick(at(SECOND / 4));
    expect([pair.a.session.deadlineNs, pair.a.outbox]).toEqual([SECOND / 2, []]);
  });

  it('an opening that waits for the disk keeps our own from going out, and a newer one replaces it', () => {
    const pair = new Pair();
    pair.b.epochs.isDurable = false;
    pair.a.session.connect(at(0));
    pair.b.receive(pair.a.outbox.shift()!, at(0));
    pair.b.session.connect(at(MS));
    expect(pair.b.session.status()).toMatchObject({ opening: false });
    const [low, high] = pair.identities;
    const reborn = new Side({ identity: low, peerKey: high.publicKey, seed: 77 });
    reborn.epochs.next = 17;
    reborn.session.connect(at(SECOND));
    expect(pair.b.receive(reborn.outbox.shift()!, at(SECOND))).toBeUndefined();
    pair.b.epochs.isDurable = true;
    pair.b.session.tick(at(2 * SECOND));
    expect(pair.b.outbox).toHaveLength(1);
    reborn.receive(pair.b.outbox.shift()!, at(2 * SECOND));
    expect(reborn.session.epoch).toBe(17);
  });

  it('three copies of each message on three paths make one epoch, and no more answers than copies', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox.shift()!;
    for (const nowMs of [10, 12, 15]) pair.b.receive(opening, at(nowMs * MS));
    expect(pair.b.outbox).toHaveLength(3);
    for (const answer of pair.b.outbox.splice(0)) pair.a.receive(answer, at(20 * MS));
    expect(pair.a.drops).toEqual(['handshake-unexpected', 'handshake-unexpected']);
    pair.exchange(at(30 * MS));
    expect([pair.a.established, pair.b.established]).toEqual([['initiator 1'], ['responder 1']]);
    expect([pair.a.epochs.given, pair.b.epochs.given]).toEqual([[1], [1]]);
  });

  it('connects anew under a higher epoch when the peer has crashed', () => {
    const pair = Pair.connected();
    const old = sealed(pair.b, 'before');
    const [low, high] = pair.identities;
    const reborn = new Side({ identity: low, peerKey: high.publicKey, seed: 77 });
    reborn.epochs.next = 17;
    reborn.session.connect(at(SECOND));
    pair.b.receive(reborn.outbox.shift()!, at(SECOND));
    reborn.receive(pair.b.outbox.shift()!, at(SECOND));
    pair.b.receive(reborn.outbox.shift()!, at(SECOND));
    expect([reborn.session.epoch, pair.b.session.epoch]).toEqual([17, 17]);
    expect(reborn.receive(old, at(SECOND))).toBe('epoch-unknown');
    expect(pair.b.receive(sealed(reborn, 'after'), at(SECOND))).toBe('ok after');
  });

  it('closes: no keys, no windows, and it can connect again', () => {
    const pair = Pair.connected();
    pair.a.session.close();
    expect([pair.a.session.isOpen, pair.a.retired]).toEqual([false, [1]]);
    expect(pair.a.session.deadlineNs).toBe(Number.POSITIVE_INFINITY);
    pair.a.session.connect(at(SECOND));
    pair.exchange(at(SECOND));
    expect(pair.b.receive(sealed(pair.a, 'again'), at(SECOND))).toBe('ok again');
  });
});

describe('who may open a session', () => {
  const crypto = createCryptoProvider('node');
  const stranger = createStaticKeyPair(crypto, new Uint8Array(32).fill(99));

  it('R-023: refuses a static key that is not on the list, by name', () => {
    const pair = new Pair();
    const peerKey = pair.identities[1].publicKey;
    const eve = new Side({ identity: stranger, peerKey, seed: 50 });
    eve.session.connect(at(0));
    expect(pair.b.receive(eve.outbox[0]!, at(0))).toBe('peer-not-allowed');
    expect(pair.b.outbox).toEqual([]);
  });

  it('refuses an opening that was made for another gateway', () => {
    const pair = new Pair();
    const identity = pair.identities[0];
    const lost = new Side({ identity, peerKey: stranger.publicKey, seed: 5 });
    lost.session.connect(at(0));
    expect(pair.b.receive(lost.outbox[0]!, at(0))).toBe('handshake-mac');
  });

  it('R-022: refuses a handshake message with any bit flipped, and completes with the true one', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const opening = pair.a.outbox.shift()!;
    let nowNs = 0;
    // All fields except `mac2`, which only matters when many peers open at a time (test/security).
    for (let bit = 0; bit < 8 * (opening.length - MAC_BYTES); bit += 13) {
      nowNs += SECOND / 5;
      const changed = opening.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      pair.b.receive(changed, at(nowNs));
      expect(pair.b.outbox, `bit ${bit}`).toEqual([]);
      expect(pair.b.session.status()['nextEpoch'], `bit ${bit}`).toBeUndefined();
    }
    pair.b.receive(opening, at(nowNs));
    const answer = pair.b.outbox.shift()!;
    for (let bit = 8 * 24; bit < 8 * answer.length; bit += 13) {
      nowNs += SECOND / 5;
      const changed = answer.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      pair.a.receive(changed, at(nowNs));
      expect(pair.a.session.isOpen, `bit ${bit}`).toBe(false);
    }
    pair.a.receive(answer, at(nowNs));
    expect(pair.a.session.isOpen).toBe(true);
  });

  it('recovers at the next repetition from an answer whose header was changed on the way', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    pair.b.receive(pair.a.outbox.shift()!, at(0));
    const answer = pair.b.outbox.shift()!;
    answer[3]! ^= 2; // Epoch 1 becomes 3, still in range.
    expect(pair.a.receive(answer, at(0))).toBe('handshake-mac');
    pair.a.session.tick(at(pair.a.session.deadlineNs));
    pair.exchange(at(SECOND));
    expect([pair.a.session.isOpen, pair.a.session.epoch]).toEqual([true, 1]);
  });

  it('refuses an epoch that would use up the counter', () => {
    const pair = new Pair();
    pair.a.epochs.next = 2 ** 21;
    pair.a.session.connect(at(0));
    expect(pair.b.receive(pair.a.outbox[0]!, at(0))).toBe('handshake-epoch');
  });

  it('refuses a replayed opening of an earlier time, also when the clock of the peer steps back', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const old = pair.a.outbox[0]!;
    pair.exchange(at(0));
    pair.a.session.connect({ nowNs: SECOND, clockUs: CLOCK_US - 1000 });
    pair.exchange(at(SECOND));
    expect(pair.b.session.epoch).toBe(2);
    expect(pair.b.receive(old, at(2 * SECOND))).toBe('handshake-replay');
    expect(pair.b.outbox).toEqual([]);
  });

  it('an old opening that is replayed to a restarted gateway does not stop its own', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const old = pair.a.outbox[0]!;
    pair.exchange(at(0));
    // b crashes and forgets what it answered.
    const [low, high] = pair.identities;
    const reborn = new Side({ identity: high, peerKey: low.publicKey, seed: 77 });
    reborn.epochs.next = 17;
    reborn.session.connect(at(SECOND));
    const opening = reborn.outbox.shift()!;
    expect(reborn.receive(old, at(SECOND))).toBeUndefined();
    pair.a.receive(reborn.outbox.shift()!, at(SECOND));
    expect(pair.a.drops).toEqual(['handshake-unexpected']);
    // Its own opening is lost too, but it is repeated.
    reborn.session.tick(at(reborn.session.deadlineNs));
    expect(toHex(reborn.outbox.shift()!)).toBe(toHex(opening));
    pair.a.receive(opening, at(SECOND + SECOND / 2));
    reborn.receive(pair.a.outbox.shift()!, at(SECOND + SECOND / 2));
    expect(reborn.session.status()).toMatchObject({ epoch: 17, nextEpoch: undefined });
    expect(reborn.receive(old, at(2 * SECOND))).toBe('handshake-replay');
    expect(pair.a.receive(reborn.outbox.shift()!, at(2 * SECOND))).toBe('ok ');
    expect(reborn.receive(sealed(pair.a, 'x'), at(2 * SECOND))).toBe('ok x');
  });

  it('an old opening that is replayed does not take the place of a newer one that waits for the disk', () => {
    const pair = new Pair();
    pair.a.session.connect(at(0));
    const old = pair.a.outbox[0]!;
    pair.exchange(at(0));
    const [low, high] = pair.identities;
    const reborn = new Side({ identity: high, peerKey: low.publicKey, seed: 77 });
    reborn.epochs.isDurable = false;
    pair.a.session.connect(at(SECOND));
    expect(reborn.receive(pair.a.outbox.shift()!, at(SECOND))).toBeUndefined();
    expect(reborn.receive(old, at(SECOND))).toBe('handshake-replay');
    reborn.epochs.isDurable = true;
    reborn.session.tick(at(SECOND));
    pair.a.receive(reborn.outbox.shift()!, at(SECOND));
    expect(reborn.receive(pair.a.outbox.shift()!, at(SECOND))).toBe('ok ');
  });

  it('accepts a peer that lost its disk and begins at epoch 1 again', () => {
    const pair = Pair.connected();
    pair.a.session.connect(at(SECOND));
    pair.exchange(at(SECOND));
    const [low, high] = pair.identities;
    const reborn = new Side({ identity: low, peerKey: high.publicKey, seed: 77 });
    reborn.session.connect(at(2 * SECOND));
    pair.b.receive(reborn.outbox.shift()!, at(2 * SECOND));
    reborn.receive(pair.b.outbox.shift()!, at(2 * SECOND));
    expect(reborn.session.epoch).toBe(3);
  });
});
