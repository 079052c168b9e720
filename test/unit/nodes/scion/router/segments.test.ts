import { describe, expect, it } from 'vitest';
import { PROTOCOL_BFD, PROTOCOL_UDP } from '../../../../../nodes/scion/geometry.ts';
import {
  type DecodedHeader,
  decodeHeader,
  encodePacket,
} from '../../../../../nodes/scion/wire/header.ts';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { EMPTY_PATH, type SegmentedPath } from '../../../../../nodes/scion/wire/path.ts';
import { HERE, makePacket, type PacketOptions, situation } from './packets.ts';
import { INSIDE, OTHER, scmpOf, send, through } from './sending.ts';
import { TestRouter } from './test-router.ts';

describe('where segments meet', () => {
  const change: PacketOptions = {
    segments: [
      {
        isConsDir: false,
        hops: [
          [0, 77],
          [3, 0],
        ],
      },
      {
        isConsDir: true,
        hops: [
          [0, 4],
          [77, 0],
        ],
      },
    ],
    current: 1,
  };

  it('checks the MAC of the next segment too, and points at its hop field', () => {
    const packet = makePacket(change);
    // 36 + 4 + 2 x 8 bytes come before the hop fields; the MAC of a hop field begins at its byte 6.
    packet[36 + 4 + 16 + 12 * 2 + 6]! ^= 1;
    const sent = new TestRouter(situation).receive({ external: 3 }, packet);
    expect(sent.drop).toBe('hop-mac');
    expect(scmpOf(sent)).toMatchObject({ code: 51, pointer: 36 + 4 + 16 + 12 * 2 });
  });

  it('leaves an egress alert to the sibling that owns the egress', () => {
    const sent = send({ external: 3 }, { ...through(3, 7), egressAlert: true });
    expect(sent.leavesOn).toEqual(OTHER);
    const view = new PacketView();
    view.parse(sent.packet!, 0, sent.packet!.length);
    expect(view.hasEgressAlert).toBe(true);
  });

  it('hears an ingress alert before it delivers', () => {
    const arriving: PacketOptions = {
      segments: [
        {
          hops: [
            [0, 77],
            [3, 0],
          ],
        },
      ],
      current: 1,
      target: HERE,
      ingressAlert: true,
    };
    expect(send({ external: 3 }, arriving)).toEqual({ drop: 'traceroute-not-asked' });
  });

  const joints = [
    { from: 3, to: 5, current: 1, first: [3, 5], second: [78, 79] },
    { from: 5, to: 3, current: 2, first: [78, 79], second: [5, 3] },
  ] as const;
  for (const { from, to, current, first, second } of joints) {
    it(`answers at a peering link, from ${from}, over a path whose SegIDs nobody folded`, () => {
      const packet = makePacket({
        segments: [
          { isConsDir: false, isPeering: true, hops: [[0, 77], first] },
          { isConsDir: true, isPeering: true, hops: [second, [79, 0]] },
        ],
        current,
      });
      const before = (decodeHeader(packet) as DecodedHeader).header.path as SegmentedPath;
      const router = new TestRouter(situation);
      router.link({ external: to }).isUp = false;
      const sent = router.receive({ external: from }, packet);
      expect(sent.drop).toBe('link-down');
      const back = (decodeHeader(sent.packet!) as DecodedHeader).header.path as SegmentedPath;
      // Four hops reversed, and one step further because the reply leaves this AS.
      expect(back.currentHop).toBe(3 - current + 1);
      expect(back.infos.map(({ segmentId }) => segmentId)).toEqual(
        before.infos.map(({ segmentId }) => segmentId).reverse(),
      );
    });
  }
});

describe('packets without a path', () => {
  const inside = (nextHeader: number): Uint8Array => {
    const header = {
      trafficClass: 0,
      flowId: 1,
      nextHeader,
      source: requireIsdAs(HERE),
      target: requireIsdAs(HERE),
      sourceHost: requireHostAddress('127.1.1.2'),
      targetHost: requireHostAddress('127.1.1.1'),
      path: EMPTY_PATH,
    };
    return encodePacket(header, new Uint8Array(24));
  };

  it('are BFD of the link they came on', () => {
    const sent = new TestRouter(situation).receive(OTHER, inside(PROTOCOL_BFD));
    expect(sent).toEqual({ bfd: OTHER });
  });

  it('are dropped without a reply when they are anything else', () => {
    const sent = new TestRouter(situation).receive(INSIDE, inside(PROTOCOL_UDP));
    expect(sent).toEqual({ drop: 'empty-path-not-bfd' });
  });
});
