import { describe, expect, it, vi } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { AeadKey, CryptoProvider } from '../../../../engine/host/crypto.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { gatewayConfig } from '../../../../nodes/gateway/config.ts';
import { createStaticKeyPair } from '../../../../nodes/gateway/crypto.ts';
import { FRAME_DROP_REASONS } from '../../../../nodes/gateway/drops.ts';
import { EpochRing } from '../../../../nodes/gateway/epochs.ts';
import { FRAME_TYPE, HELD_FRAMES_MAX } from '../../../../nodes/gateway/geometry.ts';
import { ReservedWindowFactory } from '../../../../nodes/gateway/replay/reserved-windows.ts';
import { type EpochKeys, SESSION_LIMITS } from '../../../../nodes/gateway/session-parts.ts';
import { FrameHeader } from '../../../../nodes/gateway/wire.ts';
import { MemoryStore } from './memory-store.ts';
import { advance, at, CLOCK_US, HOUR, Pair, SECOND, Side, sealed } from './session-pair.ts';

const MS = SECOND / 1000;

describe('receiving', () => {
  it('R-022: drops a frame with any bit flipped, header and body alike', () => {
    const pair = Pair.connected();
    const frame = sealed(pair.a, 'every bit of this counts');
    for (let bit = 0; bit < 8 * frame.length; bit++) {
      const changed = frame.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const outcome = pair.b.receive(changed, at(1));
      expect(outcome, `bit ${bit}`).toBeTypeOf('string');
      expect(Object.keys(FRAME_DROP_REASONS)).toContain(outcome);
    }
    expect(pair.b.receive(frame, at(1))).toBe('ok every bit of this counts');
  });

  it('R-017: names replay, expired, future, bad-auth and malformed', () => {
    const pair = Pair.connected();
    const frame = sealed(pair.a, 'once');
    expect(pair.b.receive(frame, at(1))).toBe('ok once');
    expect(pair.b.receive(frame, at(1))).toBe('replay');
    const old = sealed(pair.a, 'late');
    for (let count = 0; count < 1024; count++) pair.b.receive(sealed(pair.a, 'x'), at(1));
    expect(pair.b.receive(old, at(1))).toBe('expired');
    expect(pair.b.receive(frame.subarray(0, 20), at(1))).toBe('malformed-truncated');
    const forged = sealed(pair.a, 'forged');
    forged[forged.length - 1]! ^= 1;
    expect(pair.b.receive(forged, at(1))).toBe('bad-auth');
    const ahead = pair.a.seal('ahead', FRAME_TYPE.data, CLOCK_US + 400_000_000) as Uint8Array;
    expect(pair.b.receive(ahead, at(1))).toBe('future');
    const aged = pair.a.seal('aged', FRAME_TYPE.data, CLOCK_US - 4_000_000_000) as Uint8Array;
    expect(pair.b.receive(aged, at(1))).toBe('expired');
  });

  it('R-014: a forged frame far ahead does not move the window', () => {
    const pair = Pair.connected();
    const genuine = sealed(pair.a, 'genuine');
    const other = Pair.connected();
    for (let count = 0; count < 5000; count++) other.a.seal('x');
    // Same epoch and 5,000 ahead of the window, but not authentic.
    const forged = sealed(other.a, 'forged');
    forged[forged.length - 1]! ^= 1;
    expect(pair.b.receive(forged, at(1))).toBe('bad-auth');
    expect(pair.b.receive(genuine, at(1))).toBe('ok genuine');
  });

  it('R-025: keys of one pair, and of one direction, open nothing of another', () => {
    const pair = Pair.connected();
    const crypto = createCryptoProvider('node');
    const third = createStaticKeyPair(crypto, new Uint8Array(32).fill(33));
    const [low] = pair.identities;
    const c = new Side({ identity: third, peerKey: low.publicKey, seed: 90 });
    const aToC = new Side({ identity: low, peerKey: third.publicKey, seed: 91 });
    aToC.session.connect(at(0));
    c.receive(aToC.outbox.shift()!, at(0));
    aToC.receive(c.outbox.shift()!, at(0));
    c.receive(aToC.outbox.shift()!, at(0));
    expect(c.session.epoch).toBe(pair.b.session.epoch);
    expect(c.receive(sealed(pair.a, 'for b'), at(1))).toBe('bad-auth');
    expect(pair.a.receive(sealed(pair.a, 'reflected'), at(1))).toBe('bad-auth');
  });

  it('R-056: takes 5,000 frames at once and then 1,000 a second, not one more and not one less', () => {
    const { enabled, ...rate } = gatewayConfig.parse({}).rateLimit;
    expect({ enabled, ...rate }).toEqual({ enabled: false, perSecond: 1000, burst: 5000 });
    const pair = Pair.connected({ rate });
    // The confirmation of the handshake was also a frame.
    const take = (count: number, nowNs: number): string[] =>
      Array.from({ length: count }, () => String(pair.b.receive(sealed(pair.a, 'x'), at(nowNs))));
    const ok = (outcomes: readonly string[]): number =>
      outcomes.filter((outcome) => outcome === 'ok x').length;
    const atOnce = take(5100, 0);
    expect(ok(atOnce)).toBe(4999);
    expect(new Set(atOnce.slice(4999))).toEqual(new Set(['rate-limited']));
    for (const second of [1, 2, 3]) expect(ok(take(1100, second * SECOND))).toBe(1000);
    // One frame per millisecond is at the limit, so none is rejected.
    for (let ms = 1; ms <= 2000; ms++) {
      expect(take(1, 3 * SECOND + ms * MS)).toEqual(['ok x']);
    }
    // Nine frames in eight milliseconds are one too many once the burst is used up.
    take(5000, 6 * SECOND);
    const above = Array.from({ length: 2250 }, (_, k) =>
      take(1, 6 * SECOND + Math.round((k + 1) * (SECOND / 1125))),
    );
    expect(ok(above.flat())).toBe(2000);
  });

  it('R-056: without the option there is no limit', () => {
    const pair = Pair.connected();
    for (let count = 0; count < 6000; count++) {
      expect(pair.b.receive(sealed(pair.a, 'x'), at(1))).toBe('ok x');
    }
  });

  it('keeps frames while the bound is not durable, delivers them once, and bounds them', () => {
    const store = new MemoryStore();
    const guards = new ReservedWindowFactory({ store, size: 1024, reserve: 1024 });
    const pair = Pair.connected({ guards });
    store.settle();
    pair.a.session.tick(at(SECOND)); // The confirmation, held before the first sync, is repeated.
    pair.exchange(at(SECOND));
    pair.b.session.retryHeld(at(SECOND));
    expect(pair.b.session.isOpen).toBe(true);
    store.settle();
    for (let skipped = 0; skipped < 5000; skipped++) pair.a.seal('lost');
    const frame = sealed(pair.a, 'far ahead');
    expect(pair.b.receive(frame, at(SECOND))).toBe('held');
    expect(pair.b.receive(frame, at(SECOND))).toBe('held');
    expect(pair.b.delivered).toEqual([]);
    store.settle();
    pair.b.session.retryHeld(at(SECOND));
    expect(pair.b.delivered).toEqual(['far ahead']);
    // Its copy disappears without a drop reason.
    expect(pair.b.droppedHeld).toEqual(['replay']);
    expect(pair.b.receive(frame, at(SECOND))).toBe('replay');
    for (let skipped = 0; skipped < 5000; skipped++) pair.a.seal('lost');
    const outcomes = Array.from({ length: HELD_FRAMES_MAX + 1 }, () =>
      pair.b.receive(sealed(pair.a, 'x'), at(SECOND)),
    );
    expect(outcomes.at(-2)).toBe('held');
    expect(outcomes.at(-1)).toBe('reserve-full');
  });
});

describe('rekeying', () => {
  it('R-026: at one hour, without losing a frame in flight', () => {
    const pair = Pair.connected();
    const inFlight: Uint8Array[] = [];
    inFlight.push(sealed(pair.a, 'old a'), sealed(pair.b, 'old b'));
    pair.a.session.tick(at(HOUR - 1));
    expect(pair.a.outbox).toEqual([]);
    pair.a.session.tick(at(HOUR));
    inFlight.push(sealed(pair.a, 'old a 2'));
    pair.exchange(at(HOUR));
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([2, 2]);
    const fresh = sealed(pair.a, 'new a');
    expect(pair.b.receive(fresh, at(HOUR + 1))).toBe('ok new a');
    // An hour later the age limit applies: the timestamp of the frame in flight is an hour old, and
    // 1 h + 5 min is allowed.
    expect(pair.b.receive(inFlight[0]!, at(HOUR + SECOND))).toBe('ok old a');
    expect(pair.a.receive(inFlight[1]!, at(HOUR + SECOND))).toBe('ok old b');
    expect(pair.b.receive(inFlight[2]!, at(HOUR + 2 * SECOND))).toBe('ok old a 2');
    expect(pair.b.drops).toEqual([]);
  });

  it('R-026: asks for new keys at 1 GiB or an hour by default, and neither a byte nor a ns sooner', () => {
    expect([SESSION_LIMITS.rekeyBytes, SESSION_LIMITS.rekeyAgeNs]).toEqual([2 ** 30, HOUR]);
    const { rekey } = gatewayConfig.parse({});
    expect(rekey).toEqual({ bytes: 2 ** 30, age: HOUR });
    for (const [missing, epoch] of [
      [1, 1],
      [0, 2],
    ] as const) {
      const crypto = createCryptoProvider('modelled');
      const pair = Pair.connected({ crypto });
      const header = new FrameHeader();
      const body = new Uint8Array(65_000);
      const target = new Uint8Array(66_000);
      for (let left = 2 ** 30 - missing; left > 0; ) {
        const part = body.subarray(0, Math.min(left, body.length));
        expect(pair.a.session.seal(header, part, target, 0)).toBeTypeOf('number');
        left -= part.length;
      }
      pair.a.session.tick(at(1));
      pair.exchange(at(1));
      expect(pair.a.session.epoch, `${missing} bytes missing`).toBe(epoch);
    }
  });

  it('R-026: the limit counts what is sealed and what is opened, woken by the frame that reaches it', () => {
    const limits = { ...SESSION_LIMITS, rekeyBytes: 10_000 };
    const pair = Pair.connected({ limits });
    const wakes = pair.a.wakes;
    for (let count = 0; count < 99; count++) pair.b.receive(sealed(pair.a, 'x'.repeat(100)), at(1));
    expect(pair.a.wakes).toBe(wakes);
    pair.a.session.tick(at(1));
    expect(pair.a.session.epoch).toBe(1);
    pair.b.receive(sealed(pair.a, 'x'.repeat(100)), at(1));
    expect(pair.a.wakes).toBe(wakes + 1);
    pair.a.session.tick(at(1));
    pair.b.session.tick(at(1));
    pair.exchange(at(1));
    expect([pair.a.session.epoch, pair.b.session.epoch]).toEqual([2, 2]);
    expect(pair.b.established).toEqual(['responder 1', 'responder 2']);
    const opened = Pair.connected({ limits });
    for (let count = 0; count < 100; count++) {
      opened.a.receive(sealed(opened.b, 'x'.repeat(100)), at(1));
    }
    opened.a.session.tick(at(1));
    opened.exchange(at(1));
    expect(opened.a.session.epoch).toBe(2);
  });

  it('R-026: loses nothing over forty rekeys under traffic with reordering over old epochs', () => {
    const limits = { ...SESSION_LIMITS, rekeyBytes: 2000, overlapNs: SECOND };
    const pair = Pair.connected({ limits });
    const flying: { readonly frame: Uint8Array; readonly to: Side; readonly atNs: number }[] = [];
    let sent = 0;
    for (let step = 0; step < 3000; step++) {
      const nowNs = step * (SECOND / 50);
      for (const [from, to] of [
        [pair.a, pair.b],
        [pair.b, pair.a],
      ] as const) {
        const delayNs = ((step * 7919) % 40) * (SECOND / 50);
        flying.push({ frame: sealed(from, `${sent++}`.padEnd(60)), to, atNs: nowNs + delayNs });
      }
      pair.a.session.tick(at(nowNs));
      pair.b.session.tick(at(nowNs));
      pair.exchange(at(nowNs));
      for (const { frame, to } of flying.filter((one) => one.atNs === nowNs)) {
        to.receive(frame, at(nowNs));
      }
    }
    const due = flying.filter((one) => one.atNs < 3000 * (SECOND / 50)).length;
    expect(pair.a.delivered.length + pair.b.delivered.length).toBe(due);
    // With these limits, both sides start a rekey at the same time, which is resolved without
    // losing a frame.
    const drops = [...pair.a.drops, ...pair.b.drops];
    expect(drops.filter((drop) => drop !== 'handshake-collision')).toEqual([]);
    expect(pair.a.session.epoch).toBeGreaterThan(40);
  });

  it('retires the old epoch after the overlap, keys and window alike', () => {
    const pair = Pair.connected();
    const old = sealed(pair.a, 'old');
    advance(pair, HOUR, HOUR + 2 * SECOND);
    expect(pair.b.retired).toEqual([]);
    advance(pair, HOUR + 2 * SECOND, HOUR + 4 * SECOND);
    expect(pair.b.retired).toEqual([1]);
    expect(pair.b.receive(old, at(HOUR + 4 * SECOND))).toBe('epoch-unknown');
  });

  it('lets the responder begin when the initiator is late', () => {
    const pair = Pair.connected();
    pair.b.session.tick(at(HOUR + 4 * SECOND));
    expect(pair.b.outbox).toEqual([]);
    pair.b.session.tick(at(HOUR + 5 * SECOND));
    pair.exchange(at(HOUR + 5 * SECOND));
    expect([pair.a.established.at(-1), pair.b.established.at(-1)]).toEqual([
      'responder 2',
      'initiator 2',
    ]);
  });

  it('stops sealing when no rekey succeeds: after twice the bytes, and after twice the time', () => {
    const limits = { ...SESSION_LIMITS, rekeyBytes: 1000 };
    const pair = Pair.connected({ limits });
    for (let count = 0; count < 20; count++) sealed(pair.a, 'x'.repeat(100));
    expect(pair.a.seal('more')).toBe('key-exhausted');
    const quiet = Pair.connected();
    quiet.a.session.tick(at(2 * HOUR + 10 * SECOND));
    expect(quiet.a.seal('late')).toBe('no-session');
  });

  it('handshakes anew when the peer never uses the epoch that it agreed to', () => {
    const pair = Pair.connected();
    pair.a.session.tick(at(HOUR));
    pair.b.receive(pair.a.outbox.shift()!, at(HOUR));
    pair.a.receive(pair.b.outbox.shift()!, at(HOUR));
    pair.a.outbox = [];
    // Nothing reaches b for 10 s, so it forgets epoch 2, with which a seals.
    let nowNs = HOUR;
    while (nowNs < HOUR + 10 * SECOND) {
      nowNs = Math.min(pair.a.session.deadlineNs, pair.b.session.deadlineNs);
      pair.a.session.tick(at(nowNs));
      pair.b.session.tick(at(nowNs));
      if (nowNs < HOUR + 10 * SECOND) pair.a.outbox = [];
    }
    // Frames that b still seals under epoch 1 are always accepted.
    expect(pair.a.receive(sealed(pair.b, 'still'), at(nowNs))).toBe('ok still');
    const inFlight = sealed(pair.b, 'in flight');
    pair.exchange(at(nowNs));
    expect(pair.a.session.epoch).toBeGreaterThan(2);
    expect(pair.b.session.epoch).toBe(pair.a.session.epoch);
    expect(pair.a.receive(inFlight, at(nowNs))).toBe('ok in flight');
    expect(pair.b.receive(sealed(pair.a, 'again'), at(nowNs))).toBe('ok again');
  });

  it('R-027: seals under 2^53-1, the last number, and then no more under this key', () => {
    const adopted = vi.spyOn(EpochRing.prototype, 'adopt');
    const pair = Pair.connected();
    const keys = adopted.mock.calls[0]?.[0] as EpochKeys;
    adopted.mockRestore();
    keys.nextSequence = 2 ** 53 - 2;
    const numbers = [1, 2].map((count) => {
      const frame = sealed(pair.a, `last but ${count}`);
      expect(pair.b.receive(frame, at(1))).toBe(`ok last but ${count}`);
      return pair.a.session.status()['sequence'];
    });
    expect(numbers).toEqual([2 ** 53 - 1, 2 ** 53]);
    expect(pair.a.seal('one more')).toBe('key-exhausted');
    expect(pair.a.session.invariant()).toBeUndefined();
  });

  it('R-027: never seals twice under one key and nonce, over rekeys in both directions', () => {
    const seen = new Set<string>();
    let repeated = 0;
    const spy = (inner: CryptoProvider): CryptoProvider => ({
      ...inner,
      aead: (name, key): AeadKey => {
        const id = toHex(key);
        const made = inner.aead(name, key);
        return {
          open: (nonce, data, sealedBytes, target) => made.open(nonce, data, sealedBytes, target),
          seal: (nonce, data, plaintext, target) => {
            const use = `${id} ${toHex(nonce)}`;
            if (seen.has(use)) repeated++;
            seen.add(use);
            return made.seal(nonce, data, plaintext, target);
          },
          wipe: () => made.wipe(),
        };
      },
    });
    const limits = { ...SESSION_LIMITS, rekeyBytes: 500, overlapNs: 1 };
    const pair = Pair.connected({ crypto: spy(createCryptoProvider('node')), limits });
    for (let step = 0; step < 500; step++) {
      pair.b.receive(sealed(pair.a, 'x'.repeat(50)), at(step * SECOND));
      pair.a.receive(sealed(pair.b, 'x'.repeat(50)), at(step * SECOND));
      pair.a.session.tick(at(step * SECOND));
      pair.b.session.tick(at(step * SECOND));
      pair.exchange(at(step * SECOND));
    }
    expect(pair.a.session.epoch).toBeGreaterThan(20);
    expect(seen.size).toBeGreaterThan(1000);
    expect(repeated).toBe(0);
  });
});
