import { describe, expect, it } from 'vitest';
import { nobleCrypto } from '../../../../../engine/crypto/noble.ts';
import { DrkeyStore } from '../../../../../nodes/scion/router/drkey-store.ts';
import { ScmpAuthenticator } from '../../../../../nodes/scion/router/scmp-authentication.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { makePacket, NOW, situation } from './packets.ts';
import { TestRouter } from './test-router.ts';

const zeroKey = (): Uint8Array => new Uint8Array(16);

function authenticatorAt(seconds: number): ScmpAuthenticator {
  return new ScmpAuthenticator({
    crypto: nobleCrypto,
    clock: () => ({ seconds, nanos: 0 }),
    keyOf: zeroKey,
  });
}

/** A signed error about an expired packet. */
function signedReply(): Uint8Array {
  const router = new TestRouter(situation, { isAuthenticated: true });
  const packet = makePacket({
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
    ageSeconds: 1e6,
  });
  return router.receive({ external: 3 }, packet).packet!;
}

function isAuthentic(bytes: Uint8Array, seconds: number): boolean {
  const view = new PacketView();
  expect(view.parse(bytes, 0, bytes.length)).toBeUndefined();
  return authenticatorAt(seconds).isAuthentic(view);
}

describe('authenticated SCMP', () => {
  it('is right for 150 s around its time, across epochs', () => {
    const reply = signedReply();
    for (const shift of [-150, 0, 150]) expect(isAuthentic(reply, NOW + shift)).toBe(true);
    for (const shift of [-151, 151]) expect(isAuthentic(reply, NOW + shift)).toBe(false);
  });

  it('is wrong after any change outside the parts that routers change', () => {
    const reply = signedReply();
    const view = new PacketView();
    view.parse(reply, 0, reply.length);
    // Bytes of the quote, of the source host (which selects the key), of a hop's MAC, and of the
    // flow.
    for (const at of [reply.length - 1, view.sourceHostOffset, view.hopOffset + 8, 3]) {
      const forged = reply.slice();
      forged[at]! ^= 1;
      expect(isAuthentic(forged, NOW)).toBe(false);
    }
    const moved = reply.slice();
    view.parse(moved, 0, moved.length);
    view.foldMacIntoSegmentId();
    expect(isAuthentic(moved, NOW)).toBe(true);
  });

  it('keeps an error and its authenticator within 1232 bytes', () => {
    const router = new TestRouter(situation, { isAuthenticated: true });
    const packet = makePacket({
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
      ageSeconds: 1e6,
      payloadLength: 3000,
    });
    const reply = router.receive({ external: 3 }, packet).packet!;
    expect(reply).toHaveLength(1232);
    expect(isAuthentic(reply, NOW)).toBe(true);
  });
});

describe('DRKey store', () => {
  it('gives each host, AS and epoch its own key, and the same one again', () => {
    const store = new DrkeyStore(nobleCrypto, new Uint8Array(32).fill(1));
    const request = {
      epochBegin: 0,
      isdAs: new Uint8Array(8),
      host: { type: 0, bytes: Uint8Array.of(127, 0, 0, 1) },
    };
    const keys = [
      store.keyOf(request),
      store.keyOf({ ...request, epochBegin: 86_400 }),
      store.keyOf({ ...request, isdAs: new Uint8Array(8).fill(1) }),
      store.keyOf({ ...request, host: { type: 0, bytes: Uint8Array.of(127, 0, 0, 2) } }),
    ];
    expect(new Set(keys.map(String)).size).toBe(4);
    for (let epoch = 2; epoch < 6; epoch++) store.keyOf({ ...request, epochBegin: epoch * 86_400 });
    expect(store.keyOf(request)).toEqual(keys[0]);
  });
});
