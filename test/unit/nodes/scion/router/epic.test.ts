/**
 * Packets on EPIC-HP paths at a border router: who checks which field, in which order, and what becomes of bad ones.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../../nodes/_kit/bytes.ts';
import { spaoMacInput } from '../../../../../nodes/scion/router/spao.ts';
import { decodeHeader, encodePacket } from '../../../../../nodes/scion/wire/header.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import {
  decodePath,
  type EpicPath,
  encodePath,
  reverseWirePath,
} from '../../../../../nodes/scion/wire/path.ts';
import { value } from '../wire/value.ts';
import {
  type EpicOptions,
  HERE,
  makePacket,
  type PacketOptions,
  situation,
  withEpicPath,
} from './packets.ts';
import { type Arrival, type Sent, TestRouter } from './test-router.ts';

/** Down from AS 20 through this one to AS 30, which is the last or the last but one. */
const DOWN: PacketOptions['segments'] = [
  {
    hops: [
      [0, 77],
      [2, 3],
      [77, 0],
    ],
  },
];
const LONGER: PacketOptions['segments'] = [
  {
    hops: [
      [0, 77],
      [2, 3],
      [77, 78],
      [79, 0],
    ],
  },
];
const FROM_PARENT: Arrival = { external: 2 };
const PENULTIMATE: PacketOptions = { segments: DOWN, current: 1 };
const EARLIER: PacketOptions = { segments: LONGER, current: 1 };
const LAST: PacketOptions = {
  segments: [
    {
      hops: [
        [0, 77],
        [2, 0],
      ],
    },
  ],
  current: 1,
  target: HERE,
};

function epicPathOf(packet: Uint8Array): EpicPath {
  return value(decodeHeader(packet)).header.path as EpicPath;
}

/** Changes the path of a packet. */
function withPath(packet: Uint8Array, change: (path: EpicPath) => EpicPath): Uint8Array {
  const { header, headerLength } = value(decodeHeader(packet));
  const path = change(epicPathOf(packet));
  return encodePacket({ ...header, path }, packet.slice(headerLength));
}

const WRONG = Uint8Array.of(1, 2, 3, 4);
const withWrong =
  (which: 'penultimateField' | 'lastField') =>
  (path: EpicPath): EpicPath => ({ ...path, [which]: WRONG });

function send(
  options: PacketOptions,
  change?: (path: EpicPath) => EpicPath,
  epic?: EpicOptions,
): Sent {
  const packet = withEpicPath(makePacket(options), epic);
  return new TestRouter(situation).receive(
    FROM_PARENT,
    change === undefined ? packet : withPath(packet, change),
  );
}

describe('EPIC-HP at a router', () => {
  it('forwards like a SCION path, and leaves what stands before that path alone', () => {
    const packet = withEpicPath(makePacket(PENULTIMATE));
    const { packet: sent, leavesOn } = new TestRouter(situation).receive(FROM_PARENT, packet);
    expect(leavesOn).toEqual({ external: 3 });
    const [before, after] = [epicPathOf(packet), epicPathOf(sent!)];
    expect(after.inner.currentHop).toBe(2);
    expect(after.inner.infos[0]!.segmentId).not.toBe(before.inner.infos[0]!.segmentId);
    expect({ ...after, inner: undefined }).toEqual({ ...before, inner: undefined });
  });

  it('has its first field checked by the penultimate hop, its second by the last, neither by others', () => {
    for (const which of ['penultimateField', 'lastField'] as const) {
      expect(send(EARLIER, withWrong(which)).drop).toBeUndefined();
    }
    expect(send(PENULTIMATE, withWrong('penultimateField')).drop).toBe('epic-field');
    expect(send(PENULTIMATE, withWrong('lastField')).drop).toBeUndefined();
    expect(send(LAST).leavesOn).toEqual({ internal: '127.1.1.128:31222' });
    expect(send(LAST, withWrong('penultimateField')).drop).toBeUndefined();
    expect(send(LAST, withWrong('lastField')).drop).toBe('epic-field');
  });

  it('is refused in silence with the field of another instant, packet or length', () => {
    const withId =
      (id: Partial<EpicPath['packetId']>) =>
      (path: EpicPath): EpicPath => ({ ...path, packetId: { ...path.packetId, ...id } });
    const { packetId } = epicPathOf(withEpicPath(makePacket(PENULTIMATE)));
    const changes = [withId({ counter: 8 }), withId({ timestamp: packetId.timestamp + 1 })];
    for (const change of changes) {
      expect(send(PENULTIMATE, change)).toEqual({ drop: 'epic-field' });
    }
    expect(send(PENULTIMATE, undefined, { payloadLength: 1 })).toEqual({ drop: 'epic-field' });
    expect(send(PENULTIMATE, undefined, { sentAgoNs: 4e9 })).toEqual({ drop: 'epic-expired' });
    expect(send(PENULTIMATE, undefined, { sentAgoNs: -2e9 })).toEqual({ drop: 'epic-future' });
  });

  it('is checked after everything that a SCION path is checked for, whose errors are answered', () => {
    const sent = send({ ...PENULTIMATE, ageSeconds: 3e4 }, withWrong('penultimateField'));
    expect(sent.drop).toBe('hop-expired');
    // The answer goes back on the path inside.
    expect(value(decodeHeader(sent.packet!)).header.path.kind).toBe('scion');
  });

  it('is checked where segments change at the penultimate hop', () => {
    const options: PacketOptions = {
      segments: [
        {
          isConsDir: false,
          hops: [
            [0, 77],
            [3, 0],
          ],
        },
        {
          hops: [
            [0, 4],
            [77, 0],
          ],
        },
      ],
      current: 1,
    };
    const packet = withEpicPath(makePacket(options));
    const router = new TestRouter(situation);
    expect(router.receive({ external: 3 }, packet).leavesOn).toEqual({ external: 4 });
    const wrong = withPath(packet, withWrong('penultimateField'));
    expect(router.receive({ external: 3 }, wrong).drop).toBe('epic-field');
  });

  it('is no path with 15 bytes before the SCION path, or none', () => {
    const path = epicPathOf(withEpicPath(makePacket(PENULTIMATE)));
    const bytes = encodePath(path);
    expect(value(decodePath(3, bytes))).toEqual(path);
    for (let length = 0; length < bytes.length; length++) {
      expect(decodePath(3, bytes.slice(0, length))).toBe('scion-header-length');
    }
  });

  it('is authenticated with its head, and without what routers change inside', () => {
    const scion = makePacket(PENULTIMATE);
    const epic = withEpicPath(scion);
    const [plain, covered] = [scion, epic].map((packet) => {
      const view = new PacketView();
      view.parse(packet, 0, packet.length);
      const zeros = new Uint8Array(16);
      const option = {
        spi: 1,
        algorithm: 0,
        timestamp: zeros.subarray(0, 6),
        authenticator: zeros,
      };
      return toHex(spaoMacInput(view, option));
    });
    // 20 bytes of head and the source host come before the path.
    const before = 2 * (20 + 4);
    const head = toHex(encodePath(epicPathOf(epic)).slice(0, 16));
    expect(covered!.slice(before)).toBe(head + plain!.slice(before));
  });

  it('leads back on the path inside', () => {
    const path = epicPathOf(withEpicPath(makePacket(PENULTIMATE)));
    expect(reverseWirePath(path)).toEqual(reverseWirePath(path.inner));
  });
});
