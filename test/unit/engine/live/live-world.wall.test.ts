/**
 * Links of a live world: the same losses as in sim, with the same reasons, and all of them counted.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import { LiveWorld, type LiveWorldOptions } from '../../../../engine/live/live-world.ts';
import { firstUnbindableAddress } from '../../../../engine/live/loopback.ts';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import { SimWorld } from '../../../../engine/net/sim-world.ts';

const SEED = 11;
const PACKETS = 300;
const BLOCK = `127.${200 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const crypto = createCryptoProvider('node');
const cryptoFor = (): CryptoProvider => crypto;

const LOSSY: LinkDirectionSpec = {
  rateBps: 1e9,
  delayNs: 3_000_000,
  loss: { kind: 'bernoulli', probability: 0.2 },
  duplicate: 0.1,
  queue: { kind: 'drop-tail', limitPackets: 100 },
};

/** Sends numbered packets in three bursts; returns the numbers that arrived. */
function populate(
  world: SimWorld,
  spec: LinkDirectionSpec,
): { arrived: number[]; send: () => void } {
  const arrived: number[] = [];
  const a = world.addHost({ name: 'a', address: `${BLOCK}.2` });
  const b = world.addHost({ name: 'b', address: `${BLOCK}.3` });
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  world.addLink({ id: 'a--b', ...ends, forward: spec, backward: spec });
  world.seal();
  b.udp({
    port: 7_000,
    onDatagram: (buffer, offset) => arrived.push(buffer[offset]! * 256 + buffer[offset + 1]!),
  });
  const socket = a.udp({ port: 7_000, onDatagram: () => undefined })!;
  const to = a.endpoint(`${BLOCK}.3`, 7_000);
  return {
    arrived,
    send: (): void => {
      for (let i = 0; i < PACKETS; i += 1) {
        const buffer = a.alloc(100);
        buffer[0] = i >>> 8;
        buffer[1] = i & 255;
        socket.send(buffer, 0, 100, to);
      }
    },
  };
}

function liveWorld(options: Partial<LiveWorldOptions> = {}): LiveWorld {
  const onFailure = (error: unknown): void => {
    throw error;
  };
  return new LiveWorld({ seed: SEED, cryptoFor, onFailure, ...options });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function settled(world: LiveWorld): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    await pause(5);
    const { queued, inSerialisation, inPipe } = world.network.conservation();
    const { written, received } = world.wires.counts;
    if (queued + inSerialisation + inPipe === 0 && written === received) return;
  }
}

it('loses, duplicates and refuses the same packets as the simulated world with the same seed', async () => {
  const sim = new SimWorld({ seed: SEED, epochSeconds: 0, cryptoFor });
  const simulated = populate(sim, LOSSY);
  simulated.send();
  sim.runUntil(1_000_000_000);
  const live = liveWorld();
  const real = populate(live, LOSSY);
  live.pump.enter(real.send);
  await settled(live);
  expect(real.arrived).toEqual(simulated.arrived);
  expect(live.network.dropsByReason()).toEqual(sim.network.dropsByReason());
  expect(Object.keys(live.network.dropsByReason())).toEqual(['queue-full', 'loss']);
  expect(live.wires.counts).toMatchObject({
    written: real.arrived.length,
    received: real.arrived.length,
    foreign: 0,
    unsent: 0,
  });
  expect(live.network.imbalance()).toBeUndefined();
  await live.close();
});

it('never delivers before the delay of the link has passed', async () => {
  const live = liveWorld();
  const delayNs = 20_000_000;
  const { arrived, send } = populate(live, { rateBps: 1e9, delayNs });
  const sentAt = live.clock.now();
  live.pump.enter(send);
  while (arrived.length === 0) await pause(1);
  expect(live.clock.now() - sentAt).toBeGreaterThanOrEqual(delayNs);
  await live.close();
});

it('with shape off passes everything at once, and still obeys faults', async () => {
  const live = liveWorld({ shape: 'off' });
  const { arrived, send } = populate(live, { ...LOSSY, delayNs: 5_000_000_000 });
  live.pump.enter(send);
  await settled(live);
  expect(arrived.length).toBe(PACKETS);
  live.pump.enter(() => {
    live.link('a--b').change({ up: false });
    send();
  });
  await settled(live);
  expect(live.network.dropsByReason()).toEqual({ 'link-down': PACKETS });
  await live.close();
});

it('says at the node which port another program holds, and what it is', async () => {
  const [first, second] = [liveWorld(), liveWorld()];
  for (const world of [first, second]) {
    world.addHost({ name: 'a', address: `${BLOCK}.9` });
    world.seal();
  }
  const options = { port: 7_001, onDatagram: (): void => undefined };
  expect(first.host('a').udp(options)).toBeDefined();
  expect(first.host('a').udp(options)).toBeUndefined();
  expect(() => second.host('a').udp(options)).toThrow(
    `a: ${BLOCK}.9:7001: another program holds it (EADDRINUSE)`,
  );
  // A port that the test chose is simply another port.
  const chosen = [first, second].map((world) => world.host('a').udp({ ...options, port: 0 }));
  expect(chosen.every((socket) => socket !== undefined)).toBe(true);
  await Promise.all([first.close(), second.close()]);
});

it('hands over datagrams from outside the run and counts them apart', async () => {
  const [world, stranger] = [liveWorld(), liveWorld()];
  const { arrived } = populate(world, LOSSY);
  const other = stranger.addHost({ name: 'x', address: `${BLOCK}.8` });
  stranger.addHost({ name: 'b', address: `${BLOCK}.3` });
  const spec = { rateBps: 1e9, delayNs: 0 };
  const ends = { a: { host: 'x', port: 1 }, b: { host: 'b', port: 1 } };
  stranger.addLink({ id: 'x--b', ...ends, forward: spec, backward: spec });
  stranger.seal();
  const socket = other.udp({ port: 7_002, onDatagram: () => undefined })!;
  // Its own world does not know that somebody listens there, so the datagram goes directly to the
  // real socket.
  const to = { address: `${BLOCK}.3`, port: 7_000 };
  stranger.wires.send(socket.local, Uint8Array.of(0, 42), to);
  while (arrived.length === 0) await pause(1);
  expect(arrived).toEqual([42]);
  expect(world.wires.counts).toMatchObject({ received: 0, foreign: 1 });
  await Promise.all([world.close(), stranger.close()]);
});

it('tells which address the system does not have', () => {
  expect(firstUnbindableAddress(['127.0.0.1', `${BLOCK}.2`])).toBeUndefined();
  // Nobody uses documentation addresses (RFC 5737).
  expect(firstUnbindableAddress(['127.0.0.1', '192.0.2.1'])).toBe('192.0.2.1');
});
