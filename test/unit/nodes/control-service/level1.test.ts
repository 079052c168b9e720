/**
 * Level 1 keys between control services: who gets which, what is on the way, and what is refused.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  isdAsBytes,
  Level1Exchange,
  type Level1ExchangeParts,
} from '../../../../nodes/control-service/drkey/level1-exchange.ts';
import { Level1Keys } from '../../../../nodes/control-service/drkey/level1-keys.ts';
import {
  KEY_FETCHES_MAX,
  KEY_WAITERS_MAX,
  KEYS_KEPT_MAX,
} from '../../../../nodes/control-service/geometry.ts';
import { controlRequest } from '../../../../nodes/control-service/wire.ts';
import {
  DRKEY_EPOCH_SECONDS,
  drkeyEpochAt,
  type IsdAs,
  requireHostAddress,
} from '../../../../nodes/scion/index.ts';
import { JoinedServices } from './joined-services.ts';
import {
  CORE_A,
  CORE_B,
  crypto,
  drkeysOf,
  FAR,
  LEAF,
  MIDDLE,
  NOW_S,
  publicKeyOf,
  signingKeyOf,
} from './small-network.ts';

const HOST = '10.0.4.9';
const EPOCH = drkeyEpochAt(NOW_S);

function exchangeOf(own: IsdAs, changes: Partial<Level1ExchangeParts> = {}): Level1Exchange {
  let drawn = 0;
  return new Level1Exchange({
    ...{ own, crypto, key: () => signingKeyOf(own), drkeys: drkeysOf(own), seconds: () => NOW_S },
    randomBytes: (length) => crypto.sha256(Uint8Array.of(++drawn, own.length)).slice(0, length),
    isSignedBy: (by, message, signature) => crypto.p256Verify(publicKeyOf(by), message, signature),
    ...changes,
  });
}

/** The answer of CORE_A to a question of MIDDLE. */
function answerTo(message: Uint8Array): Uint8Array {
  const answer = exchangeOf(CORE_A).answer(MIDDLE, message);
  return typeof answer === 'string' ? expect.fail(answer) : answer;
}

describe('keys of hosts', () => {
  it('are those that the routers of the other AS sign with, for that host alone', () => {
    const joined = new JoinedServices().runTo(6);
    const bytesOf = (isdAs: IsdAs): Uint8Array => isdAsBytes(isdAs);
    const expected = drkeysOf(FAR).keyOf({
      epochBegin: EPOCH,
      isdAs: bytesOf(LEAF),
      host: requireHostAddress(HOST),
    });
    expect(joined.findKey(LEAF, FAR, HOST)).toEqual({ epochBegin: EPOCH, key: expected });
    expect(joined.findKey(LEAF, FAR, '10.0.4.8')?.key).not.toEqual(expected);
    expect(joined.findKey(MIDDLE, FAR, HOST)?.key).not.toEqual(expected);
    // Of its own AS nobody is asked.
    const sent = joined.count(LEAF, 'control.calls_failed');
    expect(joined.findKey(LEAF, LEAF, HOST)?.key).toHaveLength(16);
    expect(joined.count(LEAF, 'control.calls_failed')).toBe(sent);
    expect(joined.drops).toEqual([]);
  });

  it('were derived for any day that a host named: only for this one and those beside it', () => {
    const joined = new JoinedServices().runTo(6);
    const day = 86_400;
    for (const owner of [LEAF, FAR]) {
      expect(joined.findKey(LEAF, owner, HOST, NOW_S + day)).toBeDefined();
      expect(joined.findKey(LEAF, owner, HOST, NOW_S + 2 * day)).toBeUndefined();
      expect(joined.findKey(LEAF, owner, HOST, NOW_S - 2 * day)).toBeUndefined();
    }
  });

  it('are never on the way in clear', () => {
    const joined = new JoinedServices().runTo(6);
    const onWay: string[] = [];
    joined.onWay = ({ bytes }): Uint8Array => {
      onWay.push(toHex(bytes));
      return bytes;
    };
    const found = joined.findKey(LEAF, FAR, HOST);
    const level1 = drkeysOf(FAR).level1KeyOf({ epochBegin: EPOCH, isdAs: isdAsBytes(LEAF) });
    for (const key of [found!.key, level1]) {
      expect(onWay.some((packet) => packet.includes(toHex(key)))).toBe(false);
    }
  });

  it('are asked of other ASes once an epoch, and none is found where nobody answers', () => {
    const joined = new JoinedServices().runTo(6);
    joined.findKey(LEAF, FAR, HOST);
    expect(joined.status(LEAF)['keys']).toBe(1);
    joined.onWay = (): undefined => undefined;
    expect(joined.findKey(LEAF, FAR, '10.0.4.8')).toBeDefined();
    expect(joined.findKey(LEAF, CORE_B, HOST)).toBeUndefined();
  });
});

describe('a request for a level 1 key', () => {
  const { message } = exchangeOf(MIDDLE).ask(CORE_A, EPOCH);

  it('is refused from another AS than it names, or signed by another', () => {
    expect(exchangeOf(CORE_A).answer(CORE_B, message)).toBe('key-caller');
    const forged = exchangeOf(MIDDLE, { key: () => signingKeyOf(CORE_B) }).ask(CORE_A, EPOCH);
    expect(exchangeOf(CORE_A).answer(MIDDLE, forged.message)).toBe('key-signature');
    // A request to another AS cannot be passed on.
    expect(exchangeOf(CORE_B).answer(MIDDLE, message)).toBe('key-signature');
  });

  it('is refused for an epoch that is not beside the current one', () => {
    for (const [shift, isNear] of [
      [-2, false],
      [-1, true],
      [1, true],
      [2, false],
    ] as const) {
      const asked = exchangeOf(MIDDLE).ask(CORE_A, EPOCH + shift * DRKEY_EPOCH_SECONDS);
      const answer = exchangeOf(CORE_A).answer(MIDDLE, asked.message);
      if (isNear) expect(answer).toBeInstanceOf(Uint8Array);
      else expect(answer).toBe('key-epoch');
    }
  });

  it('is a named drop of a control service otherwise', () => {
    const joined = new JoinedServices();
    const tell = (body: Uint8Array): string[] =>
      joined.tell({ from: MIDDLE, to: CORE_A, ingress: 0 }, controlRequest('level1', body));
    expect(tell(Uint8Array.of(255))).toEqual(['key-malformed']);
    expect(tell(new Uint8Array(0))).toEqual(['key-malformed']);
    // Field 2 is the protocol.
    const other = message.slice();
    other[other.indexOf(0x10) + 1] = 2;
    expect(tell(other)).toEqual(['key-protocol']);
    expect(tell(message)).toEqual([]);
  });
});

describe('the answer with a level 1 key', () => {
  it('opens for its request alone, unchanged', () => {
    const asked = exchangeOf(MIDDLE).ask(CORE_A, EPOCH);
    const answer = answerTo(asked.message);
    for (let at = 0; at < answer.length; at += 1) {
      const question = exchangeOf(MIDDLE).ask(CORE_A, EPOCH);
      const changed = answer.slice();
      changed[at]! ^= 1;
      const opened = question.open(changed);
      if (typeof opened !== 'string') {
        // The end of the epoch is not read.
        const owner = drkeysOf(CORE_A);
        const level1 = owner.level1KeyOf({ epochBegin: EPOCH, isdAs: isdAsBytes(MIDDLE) });
        expect(toHex(opened)).toBe(toHex(level1));
        continue;
      }
      expect(['key-answer', 'key-signature']).toContain(opened);
    }
    const later = exchangeOf(MIDDLE, { randomBytes: (length) => new Uint8Array(length).fill(9) });
    expect(later.ask(CORE_A, EPOCH).open(answer)).toBe('key-signature');
    const next = exchangeOf(MIDDLE).ask(CORE_A, EPOCH + DRKEY_EPOCH_SECONDS);
    expect(next.open(answer)).toBe('key-answer');
  });
});

describe('kept level 1 keys', () => {
  interface Asked {
    readonly epochBegin: number;
    readonly done: (key: Uint8Array | undefined) => void;
  }
  const KEY = new Uint8Array(16);

  function table(): { keys: Level1Keys; asked: Asked[]; at: { seconds: number } } {
    const at = { seconds: NOW_S };
    const asked: Asked[] = [];
    const keys = new Level1Keys({
      seconds: () => at.seconds,
      fetch: (_, epochBegin, done) => asked.push({ epochBegin, done }),
    });
    return { keys, asked, at };
  }

  it('are fetched ahead of the next epoch if a host used them, again and again until it works', () => {
    const { keys, asked, at } = table();
    const end = EPOCH + DRKEY_EPOCH_SECONDS;
    const tickAt = (seconds: number): number => {
      at.seconds = seconds;
      keys.tick();
      return asked.length;
    };
    keys.find(FAR, EPOCH, () => undefined);
    asked[0]!.done(KEY);
    expect(tickAt(end - 601)).toBe(1);
    expect(tickAt(end - 600)).toBe(2);
    expect(asked[1]!.epochBegin).toBe(end);
    asked[1]!.done(undefined);
    expect(tickAt(end - 571)).toBe(2);
    expect(tickAt(end - 570)).toBe(3);
    asked[2]!.done(KEY);
    expect(tickAt(end - 1)).toBe(3);
    let found: Uint8Array | undefined;
    keys.find(FAR, end, (key) => {
      found = key;
    });
    expect(found).toBe(KEY);
    expect(asked).toHaveLength(3);
    // Those of an epoch that is over are forgotten a day later; those that nobody used are not fetched again.
    tickAt(end + DRKEY_EPOCH_SECONDS);
    expect(keys.size).toBe(1);
    const { keys: unused, asked: never, at: then } = table();
    unused.find(FAR, end, () => undefined);
    never[0]!.done(undefined);
    then.seconds = end - 1;
    unused.tick();
    expect(never).toHaveLength(1);
  });

  it('are bounded, as are those that are asked for and those who wait', () => {
    const { keys, asked } = table();
    const owner = (index: number): IsdAs => `1-ff00:0:${(index + 1).toString(16)}` as IsdAs;
    let refused = 0;
    for (let index = 0; index < KEY_FETCHES_MAX + 5; index += 1) {
      keys.find(owner(index), EPOCH, (key) => {
        refused += key === undefined ? 1 : 0;
      });
    }
    expect([asked.length, refused]).toEqual([KEY_FETCHES_MAX, 5]);
    for (let index = 0; index < KEY_WAITERS_MAX; index += 1) {
      keys.find(owner(0), EPOCH, (key) => {
        refused += key === undefined ? 1 : 0;
      });
    }
    expect(refused).toBe(6);
    for (const { done } of asked) done(KEY);
    for (let index = 0; index < KEYS_KEPT_MAX + 5; index += 1) {
      keys.find(owner(1_000 + index), EPOCH, () => undefined);
      asked.at(-1)!.done(KEY);
    }
    expect(keys.size).toBe(KEYS_KEPT_MAX);
  });
});
