/**
 * Strangers send to the sockets of a live world: however many they are, nodes continue to receive
 * from their peers.
 *
 * @module
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { DatagramSocket, Endpoint } from '../../engine/host/socket.ts';
import { LiveWorld, type LiveWorldOptions } from '../../engine/live/live-world.ts';
import { EndpointTable, GUESTS_MAX } from '../../engine/net/endpoint-table.ts';

const BLOCK = `127.${100 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const PORT = 7_000;
/** More senders than the table could ever distinguish. */
const STRANGERS = 70_000;
/** Number of ports from which each stranger's address sends. */
const PORTS_EACH = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let worlds: LiveWorld[] = [];
let strangers: Socket[] = [];

afterEach(async () => {
  for (const socket of strangers) socket.close();
  await Promise.all(worlds.map((world) => world.close()));
  worlds = [];
  strangers = [];
});

function liveWorld(options: Partial<LiveWorldOptions> = {}): LiveWorld {
  const crypto = createCryptoProvider('node');
  const onFailure = (error: unknown): void => {
    throw error;
  };
  const cryptoFor = (): typeof crypto => crypto;
  const world = new LiveWorld({ seed: 1, cryptoFor, onFailure, ...options });
  worlds.push(world);
  const spec = { rateBps: 1e9, delayNs: 0 };
  world.addHost({ name: 'a', address: `${BLOCK}.2` });
  world.addHost({ name: 'b', address: `${BLOCK}.3` });
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  world.addLink({ id: 'a--b', ...ends, forward: spec, backward: spec });
  world.seal();
  return world;
}

interface Heard {
  readonly peers: number[];
  strangers: number;
  /** Number of the peer that was received last. */
  from: Endpoint;
}

/** Makes `b` receive; anything from the address of `a` comes from a peer. */
function listen(world: LiveWorld, heard: Heard = { peers: [], strangers: 0, from: -1 }): Heard {
  const host = world.host('b');
  host.udp({
    port: PORT,
    onDatagram: (buffer, offset, _, from) => {
      if (host.endpointOf(from).address !== `${BLOCK}.2`) heard.strangers += 1;
      else {
        heard.peers.push(buffer[offset]!);
        heard.from = from;
      }
    },
  });
  return heard;
}

/** Waits until the condition holds or two seconds have passed; the caller checks the condition. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 400 && !holds(); turn += 1) await pause(5);
}

/**
 * Sends a word to `b` repeatedly until it is received, because a flooded socket loses datagrams.
 */
async function say(socket: DatagramSocket, word: number, heard: Heard): Promise<void> {
  const [world] = worlds as [LiveWorld];
  const host = world.host('a');
  for (let turn = 0; turn < 20 && !heard.peers.includes(word); turn += 1) {
    world.pump.enter(() => {
      const buffer = host.alloc(10);
      buffer[0] = word;
      socket.send(buffer, 0, 10, host.endpoint(`${BLOCK}.3`, PORT));
    });
    await pause(50);
  }
}

async function bound(address: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

/**
 * Sends junk from this many different addresses and ports, one datagram each, through real sockets.
 */
async function flood(count: number, heard: Heard): Promise<void> {
  const GROUP = 100;
  for (let from = 0; from < count; from += GROUP) {
    const sockets = await Promise.all(
      Array.from({ length: Math.min(GROUP, count - from) }, (_, at) => {
        const number = from + at;
        const address = `127.99.${Math.floor(number / 250) % 250}.${2 + (number % 250)}`;
        return bound(address, 1_024 + (number % PORTS_EACH));
      }),
    );
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((sent) => {
            socket.send(Uint8Array.of(255), PORT, `${BLOCK}.3`, () => sent());
          }),
      ),
    );
    for (const socket of sockets) socket.close();
    // Lets the receiver read now; datagrams lost in its full buffer never reach the table.
    for (let turn = 0; turn < 20 && heard.strangers < from + sockets.length; turn += 1) {
      await new Promise((next) => setImmediate(next));
    }
  }
}

it('hears peers that speak first after 70,000 strangers, and after a restart among them', async () => {
  const world = liveWorld();
  const heard = listen(world);
  await flood(STRANGERS, heard);
  expect(heard.strangers).toBeGreaterThan(GUESTS_MAX);
  const first = world.host('a').udp({ port: 8_001, onDatagram: () => undefined })!;
  await say(first, 1, heard);
  expect(heard.peers).toContain(1);
  // Node b crashes and restarts while the flood continues.
  const flooding = flood(2_000, heard);
  world.pump.enter(() => {
    world.host('b').crash('synced');
    world.host('b').restart();
  });
  listen(world, heard);
  const second = world.host('a').udp({ port: 8_002, onDatagram: () => undefined })!;
  await say(second, 2, heard);
  await flooding;
  await say(first, 3, heard);
  expect([...new Set(heard.peers)]).toEqual([1, 2, 3]);
  // A flood too fast for the loop arrives late and is dropped as such; so may a peer's datagram.
  const late = world.host('b').drops.get('overload') ?? 0;
  const { received, foreign } = world.wires.counts;
  expect(received + foreign).toBe(heard.strangers + heard.peers.length + late);
  expect(foreign).toBeGreaterThanOrEqual(heard.strangers);
  expect(world.endpoints.size).toBeLessThan(GUESTS_MAX + 100);
});

it('hears a process of the run at a port that nobody named, after 70,000 forged ones', async () => {
  // No test can open all ports of a and more as sockets, so it calls the table directly.
  const world = liveWorld({ isLocal: (host) => host === 'b' });
  const heard = listen(world);
  const { endpoints } = world;
  for (let port = 0; port < 65_536; port += 1) {
    endpoints.meet(`${BLOCK}.2`, port, 'peer');
    endpoints.meet('127.99.0.1', port, 'stranger');
    endpoints.meet('127.99.0.2', port, 'peer');
  }
  expect(endpoints.size).toBeLessThan(2 * GUESTS_MAX + 100);
  const peer = await bound(`${BLOCK}.2`);
  strangers.push(peer);
  peer.send(Uint8Array.of(7), PORT, `${BLOCK}.3`);
  await until(() => heard.peers.length > 0);
  expect(heard.peers).toEqual([7]);
  expect(world.wires.counts).toMatchObject({ received: 1, foreign: 0 });
  // A process of the run is not a stranger, even if its answer leaves later: its number is never
  // reassigned.
  for (let port = 0; port < GUESTS_MAX; port += 1) endpoints.meet('127.99.0.3', port, 'stranger');
  const { port } = peer.address();
  expect(world.host('b').endpointOf(heard.from)).toEqual({ address: `${BLOCK}.2`, port });
});

it('keeps the number of a configured neighbour whatever strangers do', () => {
  const table = new EndpointTable();
  const neighbour = table.intern('127.1.0.2', 50_000);
  for (let at = 0; at < 3 * GUESTS_MAX; at += 1) {
    table.meet(`127.9.${at >>> 16}.1`, at & 65_535, 'stranger');
  }
  expect(table.find('127.1.0.2', 50_000)).toBe(neighbour);
  expect(table.pairOf(neighbour)).toEqual({ address: '127.1.0.2', port: 50_000 });
  expect(table.size).toBe(1 + GUESTS_MAX);
});

it('sends nothing to a stranger that was forgotten, and to nobody in its place', async () => {
  const world = liveWorld();
  const forgotten = world.endpoints.meet('127.99.0.1', 9, 'stranger');
  for (let port = 0; port < GUESTS_MAX; port += 1) {
    world.endpoints.meet('127.99.0.2', port, 'stranger');
  }
  const host = world.host('b');
  expect(host.endpointOf(forgotten)).toEqual({ address: '0.0.0.0', port: 0 });
  const socket = host.udp({ port: PORT, onDatagram: () => undefined })!;
  world.pump.enter(() => socket.send(host.alloc(10), 0, 10, forgotten));
  expect(world.unrouted).toBe(1);
  await pause(5);
  expect(world.wires.counts).toMatchObject({ written: 0 });
});
