/**
 * One sequence space and one window for all paths of a peer, tested in a network with three
 * paths.
 */
import { describe, expect, it } from 'vitest';
import { FRAME_TYPE } from '../../../../../nodes/gateway/geometry.ts';
import { GATEWAY_PORT } from '../../../../../nodes/gateway/underlay/underlay-path.ts';
import { decodeFrame, FrameHeader } from '../../../../../nodes/gateway/wire.ts';
import { ROUTER_INTERNAL_PORT } from '../../../../../nodes/scion/router/geometry.ts';
import { decodeHeader } from '../../../../../nodes/scion/wire/header.ts';
import { PacketView } from '../../../../../nodes/scion/wire/packet-view.ts';
import { decodeUdp, encodeUdpPacket } from '../../../../../nodes/scion/wire/udp.ts';
import type { PreparedRun } from '../../../../../runner/run/assemble-seed.ts';
import { load, MS, prepare, SECOND } from '../../../runner/fixture.ts';
import { value } from '../../scion/wire/value.ts';

/** The three paths of the default network end at different border routers. */
const ROUTERS = ['br-211-1', 'br-211-2', 'br-211-3'];
const linkOf = (router: string): string => `gateway-211--${router}`;

/** A sealed frame that reached gateway-211, and the last router of its path. */
interface Arrival {
  readonly packet: Uint8Array;
  readonly path: string;
  readonly frame: Uint8Array;
  readonly type: number;
  readonly epoch: number;
  readonly sequence: number;
}

const scenario = load('failover.yaml', {
  duration: '10s',
  warmup: '3s',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '100/s',
  'traffic.0.size': '100B',
  events: '[]',
});

function arrivalOf(path: string, packet: Uint8Array): Arrival | undefined {
  const view = new PacketView();
  if (view.parse(packet, 0, packet.length) !== undefined || view.upperProtocol !== 17) return;
  const { payload } = value(decodeUdp(packet.subarray(view.upperOffset)));
  const header = new FrameHeader();
  if (decodeFrame(payload, 0, payload.length, header) !== undefined) return;
  if (header.type === FRAME_TYPE.handshake) return;
  const { type, epoch, sequence } = header;
  return { packet, path, frame: payload, type, epoch, sequence };
}

/** Records every frame that reaches gateway-211 from now on. */
function listen({ world }: PreparedRun): Arrival[] {
  const seen: Arrival[] = [];
  for (const router of ROUTERS) {
    world.link(linkOf(router)).tap('backward', ({ bytes, offset, length }) => {
      const arrival = arrivalOf(router, bytes.slice(offset, offset + length));
      if (arrival !== undefined) seen.push(arrival);
      return true;
    });
  }
  return seen;
}

function byPath(arrivals: readonly Arrival[]): ReadonlyMap<string, readonly Arrival[]> {
  const paths = new Map<string, Arrival[]>();
  for (const one of arrivals) paths.set(one.path, [...(paths.get(one.path) ?? []), one]);
  return paths;
}

/** Puts a frame into a packet of another path, as an attacker on that path could. */
function move(frame: Uint8Array, onto: Arrival): Uint8Array {
  const { header } = value(decodeHeader(onto.packet));
  const view = new PacketView();
  view.parse(onto.packet, 0, onto.packet.length);
  const { sourcePort, targetPort } = value(decodeUdp(onto.packet.subarray(view.upperOffset)));
  return encodeUdpPacket(header, { sourcePort, targetPort, payload: frame });
}

function inject({ world }: PreparedRun, buffer: Uint8Array, router: string): void {
  const { hosts } = scenario.topology;
  const endpoint = (name: string, port: number): number =>
    world.sim.endpoints.intern(hosts.find((host) => host.name === name)!.address, port);
  const [direction] = world.sim.link(linkOf(router)).directions('backward');
  world.sim.network.inject(direction!, {
    buffer,
    offset: 0,
    length: buffer.length,
    from: endpoint(router, ROUTER_INTERNAL_PORT),
    to: endpoint('gateway-211', GATEWAY_PORT),
  });
}

describe('three paths to a peer', () => {
  it('R-016: share one sequence space: no number comes twice, whatever the path', () => {
    const prepared = prepare(scenario);
    const seen = listen(prepared);
    prepared.world.sim.runUntil(8 * SECOND);
    const { epoch } = seen.at(-1)!;
    const ofEpoch = seen.filter((one) => one.epoch === epoch);
    const paths = byPath(ofEpoch);
    expect(paths.size).toBe(3);
    const sequences = ofEpoch.map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);
    // Separate spaces per path would start at 0 three times; this single space has almost no gaps.
    const [least, most] = [Math.min(...sequences), Math.max(...sequences)];
    expect(least).toBeLessThan(10);
    expect(sequences.length).toBeGreaterThan(0.99 * (most - least));
    for (const arrivals of paths.values()) {
      expect(arrivals.length).toBeGreaterThan(5);
      expect(arrivals.length).toBeLessThan(sequences.length);
    }
  });

  it('R-016: share one window: a frame that came by one path is a replay on every other', () => {
    const prepared = prepare(scenario);
    const { world, experiment } = prepared;
    const seen = listen(prepared);
    world.sim.runUntil(5 * SECOND);
    const data = seen.findLast(({ type }) => type === FRAME_TYPE.data)!;
    const others = [...byPath(seen)]
      .filter(([path]) => path !== data.path)
      .map(([, arrivals]) => arrivals.at(-1)!);
    expect(others).toHaveLength(2);
    const replays = (): number => world.nodeDrops()['replay'] ?? 0;
    const { meter } = experiment.flows[0]!;
    expect(replays()).toBe(0);
    for (const [index, other] of others.entries()) {
      expect(seen.some((one) => one.path === other.path && one.sequence === data.sequence)).toBe(
        false,
      );
      inject(prepared, move(data.frame, other), other.path);
      world.sim.runUntil(world.now() + 5 * MS);
      expect(replays()).toBe(index + 1);
    }
    world.sim.runUntil(9 * SECOND);
    expect([meter.duplicates, replays()]).toEqual([0, 2]);
  });

  it('R-016: a frame that one path lost is taken from another, once', () => {
    const prepared = prepare(scenario);
    const { world, experiment } = prepared;
    let taken: Arrival | undefined;
    const seen = listen(prepared);
    // Data uses the shortest path, which is the first.
    world.link(linkOf('br-211-1')).tap('backward', ({ bytes, offset, length }) => {
      if (world.now() < 4 * SECOND || taken !== undefined) return true;
      const arrival = arrivalOf('br-211-1', bytes.slice(offset, offset + length));
      if (arrival?.type !== FRAME_TYPE.data) return true;
      taken = arrival;
      return false;
    });
    world.sim.runUntil(5 * SECOND);
    const { meter } = experiment.flows[0]!;
    const before = meter.deliveredTotal;
    const other = seen.findLast(({ path }) => path !== taken!.path)!;
    inject(prepared, move(taken!.frame, other), other.path);
    inject(prepared, move(taken!.frame, other), other.path);
    world.sim.runUntil(world.now() + 2 * MS);
    expect(world.nodeDrops()['replay']).toBe(1);
    expect(meter.deliveredTotal - before).toBeGreaterThan(0);
  });
});
