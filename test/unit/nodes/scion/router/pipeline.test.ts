import { describe, expect, it } from 'vitest';
import { requireHostAddress } from '../../../../../nodes/scion/wire/host-address.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { HERE, makePacket, makeRaw, type PacketOptions, situation } from './packets.ts';
import { hopPointer, INSIDE, OTHER, scmpOf, send, through } from './sending.ts';
import { TestRouter } from './test-router.ts';

describe('forwarding between other ASes (steps 14 to 18)', () => {
  const carried: readonly (readonly [number, number])[] = [
    [1, 8],
    [3, 2],
    [2, 3],
    [3, 5],
    [5, 3],
  ];
  for (const [from, to] of carried) {
    for (const isConsDir of [true, false]) {
      it(`carries ${from} to ${to} ${isConsDir ? 'along' : 'against'} construction`, () => {
        const sent = send({ external: from }, through(from, to, isConsDir));
        expect(sent.leavesOn).toEqual({ external: to });
      });
    }
  }

  const refused: readonly (readonly [number, number])[] = [
    [2, 9],
    [3, 4],
    [1, 3],
    [3, 1],
    [2, 5],
    [5, 2],
    [1, 2],
    [5, 1],
  ];
  for (const [from, to] of refused) {
    it(`refuses ${from} to ${to} on one segment with 4/48 at the hop field`, () => {
      const sent = send({ external: from }, through(from, to));
      expect(sent.drop).toBe('hop-link-types');
      expect(scmpOf(sent)).toMatchObject({ code: 48, pointer: hopPointer(1) });
    });
  }

  const changes = [
    { from: 1, to: 3, isAllowed: true },
    { from: 3, to: 1, isAllowed: true },
    { from: 3, to: 4, isAllowed: true },
    { from: 1, to: 8, isAllowed: false },
    { from: 2, to: 3, isAllowed: false },
    { from: 3, to: 2, isAllowed: false },
    { from: 3, to: 5, isAllowed: false },
  ];
  for (const { from, to, isAllowed } of changes) {
    it(`${isAllowed ? 'allows' : 'refuses'} a change of segments from ${from} to ${to}`, () => {
      const sent = send(
        { external: from },
        {
          segments: [
            {
              isConsDir: false,
              hops: [
                [0, 77],
                [from, 0],
              ],
            },
            {
              isConsDir: true,
              hops: [
                [0, to],
                [77, 0],
              ],
            },
          ],
          current: 1,
        },
      );
      if (isAllowed) {
        expect(sent.leavesOn).toEqual({ external: to });
      } else {
        expect(sent.drop).toBe('segment-change');
        // Offset of the second info field: 36 + 4 + 8.
        expect(scmpOf(sent)).toMatchObject({ code: 53, pointer: 48 });
      }
    });
  }

  it('takes peering hops without folding their MAC, from the peer and to the peer', () => {
    const options: PacketOptions = {
      segments: [
        {
          isConsDir: false,
          isPeering: true,
          hops: [
            [0, 77],
            [3, 5],
          ],
        },
        {
          isConsDir: true,
          isPeering: true,
          hops: [
            [77, 78],
            [79, 0],
          ],
        },
      ],
      current: 1,
    };
    expect(send({ external: 3 }, options).leavesOn).toEqual({ external: 5 });
    const back: PacketOptions = {
      segments: [
        {
          isConsDir: false,
          isPeering: true,
          hops: [
            [0, 77],
            [78, 79],
          ],
        },
        {
          isConsDir: true,
          isPeering: true,
          hops: [
            [5, 3],
            [79, 0],
          ],
        },
      ],
      current: 2,
    };
    expect(send({ external: 5 }, back).leavesOn).toEqual({ external: 3 });
  });

  it('refuses a peering flag on a path of one or three segments without a reply', () => {
    for (const count of [1, 3]) {
      const segment = {
        isPeering: true,
        hops: [
          [0, 3],
          [3, 0],
        ] as const,
      };
      const sent = send({ external: 3 }, { segments: Array(count).fill(segment), current: 0 });
      expect(sent).toEqual({ drop: 'path-peering-malformed' });
    }
  });
});

describe('siblings', () => {
  it('hands a packet for a sibling over with nothing but the ingress steps done', () => {
    const packet = makePacket(through(3, 7, false));
    const sent = new TestRouter(situation).receive({ external: 3 }, packet);
    expect(sent.leavesOn).toEqual(OTHER);
    const view = new PacketView();
    view.parse(sent.packet!, 0, sent.packet!.length);
    expect(view.currentHop).toBe(1);
  });

  it('takes transit packets from the sibling that owns their ingress', () => {
    const options = { ...through(7, 3), isFromOutside: false };
    expect(send(OTHER, options).leavesOn).toEqual({ external: 3 });
  });

  it('refuses transit packets from hosts and from the wrong sibling, without a reply', () => {
    const options = { ...through(7, 3), isFromOutside: false };
    expect(send(INSIDE, options)).toEqual({ drop: 'transit-source' });
    expect(send(OTHER, { ...through(2, 3), isFromOutside: false })).toEqual({
      drop: 'transit-source',
    });
  });

  it('looks for the ingress in the previous segment when that was left here', () => {
    const options: PacketOptions = {
      segments: [
        {
          isConsDir: false,
          hops: [
            [0, 77],
            [6, 0],
          ],
        },
        {
          isConsDir: true,
          hops: [
            [0, 3],
            [77, 0],
          ],
        },
      ],
      current: 2,
      isFromOutside: false,
    };
    expect(send(OTHER, options).leavesOn).toEqual({ external: 3 });
  });

  it('does not take packets from inside for interfaces of a sibling', () => {
    const options: PacketOptions = {
      segments: [
        {
          hops: [
            [0, 6],
            [77, 0],
          ],
        },
      ],
      current: 0,
      source: HERE,
      isFromOutside: false,
    };
    const sent = send(INSIDE, options);
    expect(sent.drop).toBe('egress-unknown');
    expect(scmpOf(sent)).toMatchObject({ code: 50, pointer: hopPointer(0) });
  });
});

describe('links that are down (step 17) or too small', () => {
  it('answers 5/0 with interface and AS for a dead link of its own', () => {
    const router = new TestRouter(situation);
    router.link({ external: 2 }).isUp = false;
    const sent = router.receive({ external: 3 }, makePacket(through(3, 2)));
    expect(sent.drop).toBe('link-down');
    expect(sent.leavesOn).toEqual({ external: 3 });
    expect(scmpOf(sent)).toMatchObject({ kind: 'external-interface-down', isdAs: HERE, ifId: 2 });
  });

  it('answers 6/0 with both interfaces for a dead way to a sibling', () => {
    const router = new TestRouter(situation);
    router.link(OTHER).isUp = false;
    const sent = router.receive({ external: 3 }, makePacket(through(3, 7)));
    expect(sent.drop).toBe('link-down');
    expect(scmpOf(sent)).toMatchObject({
      kind: 'internal-connectivity-down',
      isdAs: HERE,
      ingress: 3,
      egress: 7,
    });
  });

  it('answers traceroute for the egress of a dead link', () => {
    const router = new TestRouter(situation);
    router.link({ external: 2 }).isUp = false;
    const message = {
      kind: 'traceroute-request' as const,
      code: 0,
      identifier: 1,
      sequence: 2,
      isdAs: '0-0' as never,
      ifId: 0,
      data: new Uint8Array(0),
    };
    const packet = makePacket({ ...through(3, 2), egressAlert: true, message });
    const sent = router.receive({ external: 3 }, packet);
    expect(sent.drop).toBeUndefined();
    expect(scmpOf(sent)).toMatchObject({ kind: 'traceroute-reply', ifId: 2, sequence: 2 });
  });

  it('drops an alert on anything but a traceroute request', () => {
    const sent = send({ external: 3 }, { ...through(3, 2), ingressAlert: true });
    expect(sent).toEqual({ drop: 'traceroute-not-asked' });
  });

  it('answers packets longer than the egress link with its MTU, unless told not to', () => {
    const options = { ...through(3, 2), payloadLength: 1400 };
    const sent = send({ external: 3 }, options, { mtu: 1400 });
    expect(sent.drop).toBe('packet-too-big');
    expect(scmpOf(sent)).toMatchObject({ kind: 'packet-too-big', mtu: 1400 });
    const unchecked = send({ external: 3 }, options, { mtu: 1400, mtuCheck: false });
    expect(unchecked.leavesOn).toEqual({ external: 2 });
  });

  it('takes a packet of exactly the MTU', () => {
    const length = makePacket(through(3, 2)).length;
    expect(send({ external: 3 }, through(3, 2), { mtu: length }).drop).toBeUndefined();
    expect(send({ external: 3 }, through(3, 2), { mtu: length - 1 }).drop).toBe('packet-too-big');
  });
});

describe('checks on the way in', () => {
  it('takes a hop field at the very instant of its expiry, and not a second later', () => {
    // The longest lifetime: (1 + 63) x 337.5 s = 21,600 s.
    expect(send({ external: 3 }, { ...through(3, 2), ageSeconds: 21_600 }).drop).toBeUndefined();
    const late = send({ external: 3 }, { ...through(3, 2), ageSeconds: 21_601 });
    expect(late.drop).toBe('hop-expired');
    expect(scmpOf(late)).toMatchObject({ code: 52, pointer: hopPointer(1) });
  });

  it('does not refuse a timestamp in the future', () => {
    expect(send({ external: 3 }, { ...through(3, 2), ageSeconds: -1000 }).drop).toBeUndefined();
  });

  it('names the end of the hop field that is wrong by the direction', () => {
    const along = send({ external: 3 }, through(4, 2));
    expect(along.drop).toBe('hop-ingress-mismatch');
    expect(scmpOf(along)).toMatchObject({ code: 49, pointer: hopPointer(1) });
    const against = send({ external: 3 }, through(4, 2, false));
    expect(scmpOf(against)).toMatchObject({ code: 50, pointer: hopPointer(1) });
    const out = send({ external: 3 }, through(3, 55, false));
    expect(out.drop).toBe('egress-unknown');
    expect(scmpOf(out)).toMatchObject({ code: 49, pointer: hopPointer(1) });
  });

  it('answers interface 0 as the way on like any other that is not there', () => {
    for (const arrival of [{ external: 3 }, INSIDE]) {
      const first = { ...through(0, 0), source: HERE, current: 0, isFromOutside: false };
      const sent = send(arrival, arrival === INSIDE ? first : through(3, 0));
      expect(sent.drop).toBe('egress-unknown');
    }
    const against = send({ external: 3 }, through(3, 0, false));
    expect(scmpOf(against)).toMatchObject({ code: 49, pointer: hopPointer(1) });
  });

  it('carries reserved bits as they came, and leaves unset ones unset', () => {
    const meta = 36;
    const info = meta + 4;
    // The reserved bits of the common header, of the path meta header, of the info field with its
    // flags, and the upper flags of the hop field.
    const reserved = [
      [10, 0xff],
      [11, 0xff],
      [meta + 1, 0xfc],
      [info, 0xfc],
      [info + 1, 0xff],
      [hopPointer(1), 0xfc],
    ] as const;
    const router = new TestRouter(situation, {});
    const plain = router.receive({ external: 3 }, makePacket(through(3, 2))).packet!;
    const packet = makePacket(through(3, 2));
    for (const [at, bits] of reserved) packet[at]! |= bits;
    const sent = router.receive({ external: 3 }, packet);
    expect(sent.leavesOn).toEqual({ external: 2 });
    for (const [at, bits] of reserved) {
      expect([at, plain[at]! & bits, sent.packet![at]! & bits]).toEqual([at, 0, bits]);
      sent.packet![at]! &= ~bits;
    }
    expect(sent.packet).toEqual(plain);
  });

  it('refuses packets that claim to come from here but come from outside', () => {
    const sent = send({ external: 3 }, { ...through(3, 2), source: HERE });
    expect(sent.drop).toBe('source-ia');
    expect(scmpOf(sent)).toMatchObject({ code: 33, pointer: 20 });
  });

  it('refuses packets to here that have further to go, and from inside', () => {
    const outside = send({ external: 3 }, { ...through(3, 2), target: HERE });
    expect(outside.drop).toBe('destination-ia');
    expect(scmpOf(outside)).toMatchObject({ code: 34, pointer: 12 });
    const first: PacketOptions = {
      segments: [
        {
          hops: [
            [0, 3],
            [77, 0],
          ],
        },
      ],
      current: 0,
      source: HERE,
      target: HERE,
    };
    expect(send(INSIDE, first).drop).toBe('destination-ia');
  });

  it('refuses unusable source hosts of its own AS', () => {
    const options: PacketOptions = {
      segments: [
        {
          hops: [
            [0, 3],
            [77, 0],
          ],
        },
      ],
      current: 0,
      source: HERE,
    };
    const unusable = [
      { type: 0x7, bytes: new Uint8Array(16) },
      { type: 0x3, bytes: Uint8Array.of(...Array(10).fill(0), 255, 255, 127, 1, 1, 1) },
    ];
    for (const sourceHost of unusable) {
      const sent = send(INSIDE, { ...options, sourceHost });
      expect(sent.drop).toBe('source-host');
      expect(scmpOf(sent)).toMatchObject({ code: 33, pointer: 0 });
    }
    expect(
      send(INSIDE, { ...options, sourceHost: requireHostAddress('SVC CS') }).drop,
    ).toBeUndefined();
    expect(
      send(INSIDE, { ...options, sourceHost: requireHostAddress('2001:db8::1') }).drop,
    ).toBeUndefined();
  });

  it('forwards whatever host addresses it does not know in transit', () => {
    const targetHost = { type: 0xb, bytes: new Uint8Array(16) };
    expect(send({ external: 3 }, { ...through(3, 2), targetHost }).drop).toBeUndefined();
  });

  it('says nothing about SCMP errors, and counts that', () => {
    const message = {
      kind: 'destination-unreachable' as const,
      code: 0,
      data: makePacket(through(3, 2)),
    };
    const options = { ...through(3, 2), ageSeconds: 1e6 };
    expect(send({ external: 3 }, { ...options, message })).toEqual({
      drop: 'hop-expired',
      suppressed: true,
    });
    const echo = {
      kind: 'echo-request' as const,
      code: 0,
      identifier: 1,
      sequence: 1,
      data: new Uint8Array(0),
    };
    expect(scmpOf(send({ external: 3 }, { ...options, message: echo }))).toMatchObject({
      code: 52,
    });
  });

  it('says nothing about an SCMP packet that is too short to have a type', () => {
    const packet = makeRaw({ ...through(3, 2), ageSeconds: 1e6 }, 202, new Uint8Array(0));
    const sent = new TestRouter(situation).receive({ external: 3 }, packet);
    expect(sent).toEqual({ drop: 'hop-expired', suppressed: true });
  });
});
