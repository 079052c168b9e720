/**
 * The keys with which a gateway checks signed SCMP messages: when it asks for them, and what it believes with them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../../../engine/crypto/noble.ts';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import { SCMP_KEYS_MAX } from '../../../../nodes/gateway/geometry.ts';
import { ScmpKeys } from '../../../../nodes/gateway/scmp-keys.ts';
import {
  DRKEY_EPOCH_SECONDS,
  drkeyEpochAt,
  type EpochKey,
  type HostKeyRequest,
  type IsdAs,
  PacketView,
} from '../../../../nodes/scion/index.ts';
import { HERE, makePacket, NOW, situation } from '../scion/router/packets.ts';
import { TestRouter } from '../scion/router/test-router.ts';

const FAR = '1-ff00:0:99' as IsdAs;
const EPOCH = drkeyEpochAt(NOW);
const LAST_S = EPOCH + DRKEY_EPOCH_SECONDS;

interface Asked extends HostKeyRequest {
  readonly done: (answer: EpochKey | undefined) => void;
}

function table(): { keys: ScmpKeys; asked: Asked[]; at: { seconds: number } } {
  const at = { seconds: NOW };
  const asked: Asked[] = [];
  const keys = new ScmpKeys({
    crypto: nobleCrypto,
    clock: (): CalendarTime => ({ seconds: at.seconds, nanos: 0 }),
    client: { findKey: (request, done): void => void asked.push({ ...request, done }) },
  });
  return { keys, asked, at };
}

const over = (...ases: readonly string[]): { interfaces: { isdAs: IsdAs; ifId: number }[] } => ({
  interfaces: ases.map((isdAs) => ({ isdAs: isdAs as IsdAs, ifId: 1 })),
});

/** An error that the router of HERE signed, with a key of zeros. */
function signedError(): PacketView {
  const router = new TestRouter(situation, { isAuthenticated: true });
  const segments = [{ hops: [[0, 77] as const, [3, 2] as const, [77, 0] as const] }];
  const { packet } = router.receive(
    { external: 3 },
    makePacket({ segments, current: 1, ageSeconds: 1e6 }),
  );
  const view = new PacketView();
  expect(view.parse(packet!, 0, packet!.length)).toBeUndefined();
  return view;
}

describe('the keys of a gateway', () => {
  it('are asked for once for each AS on its paths, and again after 5 s without an answer', () => {
    const { keys, asked, at } = table();
    for (let look = 0; look < 3; look += 1) keys.prepare([over(HERE, FAR), over(FAR)]);
    expect(asked.map(({ owner }) => owner)).toEqual([HERE, FAR]);
    expect(asked[0]!.seconds).toBe(EPOCH);
    asked[0]!.done({ epochBegin: EPOCH, key: new Uint8Array(16) });
    asked[1]!.done(undefined);
    at.seconds += 4;
    keys.prepare([over(HERE, FAR)]);
    expect(asked).toHaveLength(2);
    at.seconds += 1;
    keys.prepare([over(HERE, FAR)]);
    expect(asked.map(({ owner }) => owner)).toEqual([HERE, FAR, FAR]);
  });

  it('of the next epoch are asked for 300 s before it begins', () => {
    const { keys, asked, at } = table();
    at.seconds = LAST_S - 301;
    keys.prepare([over(FAR)]);
    at.seconds = LAST_S - 300;
    keys.prepare([over(FAR)]);
    expect(asked.map(({ seconds }) => seconds)).toEqual(
      [EPOCH, EPOCH + DRKEY_EPOCH_SECONDS].sort(),
    );
  });

  it('are bounded', () => {
    const { keys } = table();
    for (let index = 1; index < SCMP_KEYS_MAX + 9; index += 1) {
      keys.prepare([over(`1-ff00:0:${index.toString(16)}`)]);
    }
    expect(keys.size).toBe(SCMP_KEYS_MAX);
  });

  it('prove that a message is of its AS: no other key does, nor none, nor one for another epoch', () => {
    const view = signedError();
    const authenticWith = (answer: EpochKey | undefined): boolean => {
      const { keys, asked } = table();
      keys.prepare([over(HERE)]);
      asked[0]!.done(answer);
      return keys.isAuthentic(view);
    };
    const key = new Uint8Array(16);
    expect(authenticWith({ epochBegin: EPOCH, key })).toBe(true);
    expect(authenticWith({ epochBegin: EPOCH, key: key.slice().fill(1) })).toBe(false);
    expect(authenticWith({ epochBegin: EPOCH - DRKEY_EPOCH_SECONDS, key })).toBe(false);
    expect(authenticWith(undefined)).toBe(false);
    // Another side's key: the index says which.
    view.buffer[view.start + view.headerLength + 5]! ^= 1;
    expect(authenticWith({ epochBegin: EPOCH, key })).toBe(false);
  });

  it('prove nothing of a message that is not signed, or has changed', () => {
    const { keys, asked } = table();
    keys.prepare([over(HERE)]);
    asked[0]!.done({ epochBegin: EPOCH, key: new Uint8Array(16) });
    const changed = signedError();
    changed.buffer[changed.end - 1]! ^= 1;
    expect(keys.isAuthentic(changed)).toBe(false);
    const plain = makePacket({
      segments: [
        {
          hops: [
            [0, 77],
            [3, 2],
            [77, 0],
          ],
        },
      ],
      current: 1,
    });
    const view = new PacketView();
    view.parse(plain, 0, plain.length);
    expect(keys.isAuthentic(view)).toBe(false);
  });
});
