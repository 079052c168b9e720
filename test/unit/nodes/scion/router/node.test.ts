import { describe, expect, it } from 'vitest';
import type { DatagramHandler, DatagramSocket } from '../../../../../engine/host/socket.ts';
import { ROUTER_INTERNAL_PORT } from '../../../../../nodes/scion/router/geometry.ts';
import { type DecodedHeader, decodeHeader } from '../../../../../nodes/scion/wire/header.ts';
import { decodeScmp, type ReceivedScmp } from '../../../../../nodes/scion/wire/scmp.ts';
import { chainPacket, makeChain } from '../chain.ts';
import { FakeWorld } from '../fake-world.ts';

const MS = 1_000_000;
const EPOCH = 1_700_000_000;

interface Received {
  readonly atNs: number;
  readonly bytes: Uint8Array;
}

/** A world with a row of routers, in which both end hosts listen. */
function makeWorld(options: {
  readonly length: number;
  readonly bfd: boolean;
  readonly mtu?: number;
  readonly seed?: number;
}): {
  readonly world: FakeWorld;
  readonly chain: ReturnType<typeof makeChain>;
  readonly arrived: Received[];
  readonly returned: Received[];
  readonly sender: DatagramSocket;
  send(bytes: Uint8Array, dscp?: number): void;
} {
  const chain = makeChain({ delayNs: 10 * MS, ...options });
  const world = new FakeWorld({ network: chain.network, epoch: EPOCH, seed: options.seed ?? 1 });
  const arrived: Received[] = [];
  const returned: Received[] = [];
  const into =
    (list: Received[]): DatagramHandler =>
    (buffer, offset, length): void => {
      list.push({ atNs: world.nowNs, bytes: buffer.slice(offset, offset + length) });
    };
  for (let place = 0; place < options.length; place++) {
    world.startRouter(`r${place}`, options.bfd ? {} : { bfd: false });
  }
  const sender = world.listen('h0', 31_000, into(returned));
  world.listen(`h${options.length - 1}`, 31_001, into(arrived));
  const router = world.endpoint(`127.1.0.1:${ROUTER_INTERNAL_PORT}`);
  const send = (bytes: Uint8Array, dscp?: number): void => {
    sender.send(bytes, 0, bytes.length, router, dscp);
  };
  return { world, chain, arrived, returned, sender, send };
}

function readScmp(bytes: Uint8Array): ReceivedScmp {
  const { headerLength } = decodeHeader(bytes) as DecodedHeader;
  return decodeScmp(bytes.subarray(headerLength)) as ReceivedScmp;
}

describe('router node', () => {
  it('two routers carry a packet from host to host; the receiver gets its payload unchanged', () => {
    const { world, chain, arrived, send } = makeWorld({ length: 2, bfd: false });
    const packet = chainPacket(chain, { timestamp: EPOCH - 100 });
    send(packet.slice());
    world.runUntil(10 * MS);
    expect(world.drops).toEqual([]);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]?.atNs).toBe(10 * MS);
    expect(arrived[0]?.bytes.slice(-100)).toEqual(packet.slice(-100));
    expect(world.counter('r0/router.forwarded')).toBe(1);
    expect(world.counter('r1/router.delivered')).toBe(1);
  });

  it('the receiver answers over the reversed path, back through both routers', () => {
    const { world, chain, returned, send } = makeWorld({ length: 2, bfd: false });
    send(chainPacket(chain, { timestamp: EPOCH - 100, targetPort: 5 }));
    // Port 5 is outside the dispatched ports, so the packet goes to the end-host port, where nobody
    // listens.
    world.runUntil(10 * MS);
    expect(world.sent.at(-1)?.to).toBe('127.1.1.128:30041');
    send(chainPacket(chain, { timestamp: EPOCH - 100_000 }));
    world.runUntil(50 * MS);
    expect(returned).toHaveLength(1);
    expect(readScmp(returned[0]!.bytes)).toMatchObject({ kind: 'parameter-problem', code: 52 });
  });

  it('a priority queue saw one class of every protocol: BFD and SCMP are network control', () => {
    const { world, chain, sender, send } = makeWorld({ length: 2, bfd: true });
    world.runUntil(2_000 * MS);
    expect(world.sent.length).toBeGreaterThan(4);
    expect(new Set(world.sent.map(({ dscp }) => dscp))).toEqual(new Set([48]));
    const before = world.sent.length;
    send(chainPacket(chain, { timestamp: EPOCH - 100_000 }));
    world.runUntil(2_010 * MS);
    const returned = world.sent.slice(before).filter(({ to }) => to === world.text(sender.local));
    expect(returned.map(({ dscp }) => dscp)).toEqual([48]);
  });

  it('routers pass on the class with which a packet came', () => {
    for (const dscp of [0, 46, 48]) {
      const { world, chain, arrived, send } = makeWorld({ length: 3, bfd: false });
      const packet = chainPacket(chain, { timestamp: EPOCH - 100 });
      send(packet.slice(), dscp);
      world.runUntil(30 * MS);
      expect(arrived).toHaveLength(1);
      expect(world.sent.map((datagram) => datagram.dscp)).toEqual([dscp, dscp, dscp, dscp]);
    }
  });

  it('every BFD session is up 0.75 to 1.4 s after both ends have started', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { world } = makeWorld({ length: 4, bfd: true, seed });
      world.runUntil(749 * MS);
      expect(world.counter('r1/bfd.links_up')).toBe(0);
      expect(world.counter('r1/bfd.links_down')).toBe(2);
      world.runUntil(1400 * MS);
      expect(world.counter('r0/bfd.links_up')).toBe(1);
      expect(world.counter('r1/bfd.links_up')).toBe(2);
      expect(world.counter('r3/bfd.links_up')).toBe(1);
      expect(world.counter('r1/bfd.links_down')).toBe(0);
    }
  });

  it('a cut is answered with external interface down 400 to 620 ms later, and not before', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { world, chain, returned, arrived, send } = makeWorld({ length: 4, bfd: true, seed });
      world.runUntil(3000 * MS);
      const cutNs = world.nowNs;
      const packet = chainPacket(chain, { timestamp: EPOCH - 100 });
      world.cut.add('l1');
      for (let tick = 0; tick < 100; tick++) {
        send(packet.slice());
        world.runUntil(world.nowNs + 10 * MS);
      }
      const firstNs = returned[0]!.atNs - cutNs;
      // BFD detects the cut 600 ms after the last packet, which was up to 200 ms plus the delay old
      // at the cut. The error takes 10 ms back over l0, and the packet that causes it leaves up to
      // 10 ms later.
      expect(firstNs).toBeGreaterThanOrEqual(400 * MS);
      expect(firstNs).toBeLessThanOrEqual(630 * MS);
      const error = readScmp(returned[0]!.bytes);
      expect(error).toMatchObject({
        kind: 'external-interface-down',
        isdAs: '1-ff00:0:2',
        ifId: 12,
      });
      expect(world.drops).toContainEqual({ host: 'r1', reason: 'link-down' });
      expect(arrived).toHaveLength(0);
      expect(world.states.get('r1/bfd l1')).toBe('down');
      expect(world.counter('r1/bfd.links_down')).toBe(1);
      world.cut.clear();
      world.runUntil(world.nowNs + 2000 * MS);
      expect(world.states.get('r1/bfd l1')).toBe('up');
    }
  });

  it('a router that leaves in order takes its links down at once at its neighbours', () => {
    const chain = makeChain({ length: 2, delayNs: 10 * MS });
    const world = new FakeWorld({ network: chain.network });
    world.startRouter('r0');
    const leaving = world.startRouter('r1');
    world.runUntil(2000 * MS);
    expect(world.states.get('r0/bfd l0')).toBe('up');
    leaving.stop?.();
    world.runUntil(2010 * MS);
    expect(world.states.get('r0/bfd l0')).toBe('down');
    // A link that is down is one that should be up.
    expect(world.counter('r1/bfd.links_down')).toBe(0);
    expect(world.counter('r0/bfd.links_down')).toBe(1);
  });

  it('is ready once every link is up, and says how each link is', () => {
    const chain = makeChain({ length: 2, delayNs: 10 * MS });
    const world = new FakeWorld({ network: chain.network });
    const router = world.startRouter('r0');
    expect(router.isReady?.()).toBe(false);
    world.startRouter('r1');
    world.runUntil(2000 * MS);
    expect(router.isReady?.()).toBe(true);
    expect(router.status?.()).toEqual({
      isdAs: '1-ff00:0:1',
      links: [
        {
          bfd: 'up',
          id: 'l0',
          ifId: 12,
          isUp: true,
          kind: 'external',
          mtu: 1400,
          neighbour: '1-ff00:0:2',
        },
      ],
    });
  });

  it('answers a packet longer than its link with the MTU', () => {
    const { world, chain, returned, send } = makeWorld({ length: 3, bfd: false, mtu: 1280 });
    send(chainPacket(chain, { timestamp: EPOCH - 100, payloadLength: 1300 }));
    world.runUntil(100 * MS);
    expect(world.drops).toEqual([{ host: 'r0', reason: 'packet-too-big' }]);
    expect(readScmp(returned[0]!.bytes)).toMatchObject({ kind: 'packet-too-big', mtu: 1280 });
    expect(returned[0]!.bytes.length).toBeLessThanOrEqual(1232);
  });

  it('counts a packet that the socket refuses as queue-full', () => {
    const { world, chain, send } = makeWorld({ length: 2, bfd: false });
    world.full.add('r0');
    send(chainPacket(chain, { timestamp: EPOCH - 100 }));
    world.runUntil(100 * MS);
    expect(world.drops).toEqual([{ host: 'r0', reason: 'queue-full' }]);
  });

  it('takes nothing on a link from anybody but its far end', () => {
    const { world, chain } = makeWorld({ length: 2, bfd: false });
    const stranger = world.listen('h0', 40_000);
    const packet = chainPacket(chain, { timestamp: EPOCH - 100 });
    stranger.send(packet, 0, packet.length, world.endpoint('127.1.1.1:50011'));
    world.runUntil(MS);
    expect(world.drops).toEqual([{ host: 'r1', reason: 'underlay-source' }]);
  });

  it('drops BFD where it has no session', () => {
    const { world } = makeWorld({ length: 2, bfd: false });
    world.runUntil(10 * MS);
    const other = new FakeWorld({ network: world.network });
    other.startRouter('r1');
    other.runUntil(1100 * MS);
    const bfd = other.sent[0]!;
    world.transmit({ ...bfd, atNs: world.nowNs });
    world.runUntil(100 * MS);
    expect(world.drops).toEqual([{ host: 'r0', reason: 'bfd-no-session' }]);
  });
});
