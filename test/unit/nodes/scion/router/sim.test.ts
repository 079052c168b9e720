/**
 * A row of routers in the simulated world: real buffers, which are overwritten when returned,
 * links, and virtual time.
 */

import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import type { NodeHandle } from '../../../../../engine/host/protocol.ts';
import type { SimHost } from '../../../../../engine/net/sim-host.ts';
import { SimWorld } from '../../../../../engine/net/sim-world.ts';
import { routerConfig } from '../../../../../nodes/scion/config.ts';
import { protocol } from '../../../../../nodes/scion/index.ts';
import { ROUTER_INTERNAL_PORT } from '../../../../../nodes/scion/router/geometry.ts';
import { type DecodedHeader, decodeHeader } from '../../../../../nodes/scion/wire/header.ts';
import { decodeScmp } from '../../../../../nodes/scion/wire/scmp.ts';
import { BlindWitness } from '../../../../fixtures/blind-witness.ts';
import { type Chain, chainPacket, makeChain } from '../chain.ts';

const MS = 1_000_000;
const EPOCH = 1_700_000_000;
const DELAY_NS = 10 * MS;

interface Line {
  readonly world: SimWorld;
  readonly chain: Chain;
  readonly routers: readonly NodeHandle[];
  readonly arrived: { readonly atNs: number; readonly bytes: Uint8Array }[];
  readonly returned: { readonly atNs: number; readonly bytes: Uint8Array }[];
  /** Sends a fresh copy of `packet` from the first host. */
  send(packet: Uint8Array): void;
}

function makeLine(length: number, seed: number): Line {
  const chain = makeChain({ length, delayNs: DELAY_NS });
  const world = new SimWorld({
    seed,
    epochSeconds: EPOCH,
    cryptoFor: (): CryptoProvider => createCryptoProvider('node', { timing: 'simulation' }),
    buffers: 'poison',
  });
  const { metrics, drops } = protocol;
  for (const { name, address } of chain.network.hosts) {
    const isRouter = name.startsWith('r');
    world.addHost({ name, address, ...(isRouter ? { metrics, drops } : {}) });
  }
  for (const { id, a, b, rateBps, delayNs, mtu } of chain.network.links) {
    const direction = { rateBps, delayNs, mtu };
    world.addLink({ id, a, b, forward: direction, backward: direction });
  }
  const access = { rateBps: 1e9, delayNs: 0 };
  for (let place = 0; place < length; place++) {
    const [a, b] = [
      { host: `h${place}`, port: 50_000 },
      { host: `r${place}`, port: 50_000 },
    ];
    world.addLink({ id: `access${place}`, a, b, forward: access, backward: access });
  }
  const options = routerConfig.parse({});
  const witness = new BlindWitness();
  const routers = Array.from({ length }, (_, place) => {
    const setup = { options, network: chain.network, witness };
    const handle = protocol.create(world.host(`r${place}`), setup);
    handle.start();
    return handle;
  });
  const arrived = collect(world.host(`h${length - 1}`), 31_001);
  const first = world.host('h0');
  const returned: Line['returned'] = [];
  const socket = first.udp({
    port: 31_000,
    onDatagram: (buffer, offset, size) => {
      returned.push({ atNs: first.now(), bytes: buffer.slice(offset, offset + size) });
    },
  })!;
  const router = first.endpoint('127.1.0.1', ROUTER_INTERNAL_PORT);
  const send = (packet: Uint8Array): void => {
    const buffer = first.alloc(packet.length);
    buffer.set(packet);
    socket.send(buffer, 0, packet.length, router);
  };
  return { world, chain, routers, arrived, returned, send };
}

function collect(host: SimHost, port: number): Line['arrived'] {
  const into: Line['arrived'] = [];
  host.udp({
    port,
    onDatagram: (buffer, offset, size) => {
      into.push({ atNs: host.now(), bytes: buffer.slice(offset, offset + size) });
    },
  });
  return into;
}

describe('a line of routers in the simulated world', () => {
  it('all links are up within 1.4 s, and a packet crosses five ASes with its payload', () => {
    const line = makeLine(5, 1);
    expect(line.routers.some((router) => router.isReady?.())).toBe(false);
    line.world.runUntil(1400 * MS);
    expect(line.routers.every((router) => router.isReady?.())).toBe(true);
    const packet = chainPacket(line.chain, { timestamp: EPOCH - 100 });
    line.send(packet);
    line.world.runUntil(1500 * MS);
    expect(line.arrived).toHaveLength(1);
    expect(line.arrived[0]!.bytes.slice(-100)).toEqual(packet.slice(-100));
    // Four links of 10 ms and some microseconds of serialisation.
    expect(line.arrived[0]!.atNs - 1400 * MS).toBeGreaterThan(40 * MS);
    expect(line.arrived[0]!.atNs - 1400 * MS).toBeLessThan(41 * MS);
    for (const { drops } of line.world.hosts) expect([...drops]).toEqual([]);
    expect(line.world.unrouted).toBe(0);
  });

  it('a cut is heard of as external interface down, 400 to 600 ms and the way back later', () => {
    const times: number[] = [];
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const line = makeLine(5, seed);
      const { world, returned, send } = line;
      const packet = chainPacket(line.chain, { timestamp: EPOCH - 100 });
      world.runUntil(3000 * MS);
      const cut = world.link('l2').change({ up: false });
      for (let tick = 0; tick < 200; tick++) {
        send(packet);
        world.runUntil(world.scheduler.now + 5 * MS);
      }
      const { headerLength } = decodeHeader(returned[0]!.bytes) as DecodedHeader;
      expect(decodeScmp(returned[0]!.bytes.subarray(headerLength))).toMatchObject({
        kind: 'external-interface-down',
        isdAs: '1-ff00:0:3',
        ifId: 12,
      });
      times.push(returned[0]!.atNs - 3000 * MS);
      cut.end();
      world.runUntil(world.scheduler.now + 2000 * MS);
      expect(line.routers.every((router) => router.isReady?.())).toBe(true);
      expect(world.host('r2').drops.get('link-down')).toBe(returned.length);
    }
    // The last packet before the cut was sent up to 200 ms earlier and took 10 ms. The packet that
    // causes the error is up to 5 ms late, and the error takes 20 ms back.
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(420 * MS);
      expect(time).toBeLessThanOrEqual(640 * MS);
    }
    expect(Math.max(...times)).toBeGreaterThan(Math.min(...times));
  });

  it('a crashed and restarted router takes its sessions up again', () => {
    const line = makeLine(3, 1);
    line.world.runUntil(2000 * MS);
    line.world.crash('r1');
    line.world.runUntil(3000 * MS);
    expect(line.routers[0]?.isReady?.()).toBe(false);
    line.world.restart('r1');
    const options = routerConfig.parse({});
    const witness = new BlindWitness();
    const setup = { options, network: line.chain.network, witness };
    const again = protocol.create(line.world.host('r1'), setup);
    again.start();
    line.world.runUntil(5000 * MS);
    expect(again.isReady?.()).toBe(true);
    expect(line.routers[0]?.isReady?.()).toBe(true);
  });

  it('the same seed gives the same fingerprint, another seed another', () => {
    const digest = (seed: number): string => {
      const { world } = makeLine(3, seed);
      world.runUntil(3000 * MS);
      return world.fingerprint;
    };
    expect(digest(1)).toBe(digest(1));
    expect(digest(1)).not.toBe(digest(2));
  });
});
