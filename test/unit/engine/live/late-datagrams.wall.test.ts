/**
 * Late datagrams at real sockets: dropped as `overload` at their host, so that nothing is uncounted, while
 * urgent ones are handed over and an unloaded socket drops nothing.
 *
 * @module
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { DatagramSocket } from '../../../../engine/host/socket.ts';
import { LiveWorld } from '../../../../engine/live/live-world.ts';
import type { NodeTraceSink } from '../../../../engine/net/sim-observers.ts';

const BLOCK = `127.${50 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const PORT = 7_000;
const TO = { address: `${BLOCK}.3`, port: PORT };
/** Three quarters of what a receive buffer holds. */
const MANY = 650;
const URGENT = 1;
/** A turn that reads 32 datagrams then takes 11 ms, less than the 20 ms that count of a turn. */
const HANDLER_NS = 350_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const crypto = createCryptoProvider('node');

let world: LiveWorld | undefined;

afterEach(async () => {
  await world?.close();
  world = undefined;
});

interface Scene {
  readonly live: LiveWorld;
  readonly sender: DatagramSocket;
  readonly plain: DatagramSocket;
  /** First bytes of what the node got. */
  readonly served: number[];
}

function scene(handlerNs: number): Scene {
  const cryptoFor = (): CryptoProvider => crypto;
  const onFailure = (error: unknown): void => {
    throw error;
  };
  const live = new LiveWorld({ seed: 1, cryptoFor, onFailure });
  world = live;
  const a = live.addHost({ name: 'a', address: `${BLOCK}.2` });
  const b = live.addHost({ name: 'b', address: TO.address });
  const spec = { rateBps: 1e9, delayNs: 0 };
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  live.addLink({ id: 'a--b', ...ends, forward: spec, backward: spec });
  live.seal();
  const served: number[] = [];
  b.udp({
    port: PORT,
    isUrgent: (buffer, offset) => buffer[offset] === URGENT,
    onDatagram: (buffer, offset) => {
      served.push(buffer[offset] as number);
      const endNs = live.clock.now() + handlerNs;
      while (live.clock.now() < endNs);
    },
  });
  const isUrgent = (buffer: Uint8Array, offset: number): boolean => buffer[offset] === URGENT;
  const onDatagram = (): void => undefined;
  const sender = a.udp({ port: PORT, isUrgent, onDatagram }) as DatagramSocket;
  const plain = a.udp({ port: PORT + 1, onDatagram }) as DatagramSocket;
  return { live, sender, plain, served };
}

/** Sends as another process would: no link and no pump between sender and socket. */
function write({ live, sender }: Scene, kind: number): void {
  const bytes = new Uint8Array(1_000).fill(kind);
  live.wires.send(sender.local, bytes, TO);
}

/** Sends from a socket that marks nothing as urgent, so that the datagram waits among the data. */
function writeAmongData(whole: Scene, kind: number): void {
  whole.live.wires.send(whole.plain.local, new Uint8Array(1_000).fill(kind), TO);
}

async function untilRead({ live }: Scene): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    await pause(5);
    const { written, received } = live.wires.counts;
    if (written === received) return;
  }
}

it('data that a slow node has not read in 100 ms of its time is dropped and counted, and urgent data is not', async () => {
  const whole = scene(HANDLER_NS);
  const { live, served } = whole;
  const dropped: (number | undefined)[] = [];
  const nodeDrop = (_host: number, reason: string): void => {
    // The account of messages finds the message by these bytes.
    if (reason === 'overload') dropped.push(live.ownership.current[0]);
  };
  live.recorder = { nodeDrop } as unknown as NodeTraceSink;
  // One in ten is urgent.
  for (let index = 0; index < MANY; index += 1)
    writeAmongData(whole, index % 10 === 9 ? URGENT : 2);
  await untilRead(whole);
  const urgent = served.filter((kind) => kind === URGENT).length;
  const data = served.length - urgent;
  expect(live.host('b').drops.get('overload')).toBe(dropped.length);
  expect(dropped.every((kind) => kind === 2)).toBe(true);
  expect(urgent).toBe(MANY / 10);
  expect(data + dropped.length).toBe((MANY * 9) / 10);
  // Turns of 11 to 20 ms: from five to ten of them before 100 ms are over.
  expect(data).toBeGreaterThanOrEqual(5 * 28);
  expect(data).toBeLessThanOrEqual(12 * 29);
  const { written, received, foreign, unsent } = live.wires.counts;
  expect({ written, received, foreign, unsent }).toEqual({
    written: MANY,
    received: MANY,
    foreign: 0,
    unsent: 0,
  });
});

it('a fast node loses nothing to bursts of exactly what is read at a time, however long', async () => {
  const whole = scene(0);
  for (let burst = 0; burst < 60; burst += 1) {
    for (let index = 0; index < 32; index += 1) write(whole, 2);
    await pause(3);
  }
  await untilRead(whole);
  expect(whole.served.length).toBe(60 * 32);
  expect(whole.live.host('b').drops.size).toBe(0);
});

it('a queue that stands for long and is short loses nothing, because its marks come back', async () => {
  const whole = scene(HANDLER_NS);
  const turns = 40;
  for (let index = 0; index < 64; index += 1) write(whole, 2);
  for (let turn = 0; turn < turns; turn += 1) {
    for (let index = 0; index < 32; index += 1) write(whole, 2);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await untilRead(whole);
  const sent = 64 + 32 * turns;
  expect(whole.served).toEqual(new Array(sent).fill(2));
  expect(whole.live.host('b').drops.size).toBe(0);
  // Marks are not among the datagrams of a world.
  const { written, received, foreign } = whole.live.wires.counts;
  expect([written, received, foreign]).toEqual([sent, sent, 0]);
});

it('what is urgent passes all data that waits in front of a slow node', async () => {
  const whole = scene(HANDLER_NS);
  for (let index = 0; index < MANY; index += 1) write(whole, 2);
  for (let index = 0; index < 10; index += 1) write(whole, URGENT);
  await untilRead(whole);
  const last = whole.served.lastIndexOf(URGENT);
  expect(whole.served.filter((kind) => kind === URGENT).length).toBe(10);
  // One turn's data and themselves; alone in one socket, they would have been behind all that was served.
  expect(last).toBeLessThan(2 * 32 + 10);
  expect(whole.served.length).toBeGreaterThan(100);
});

it('what is urgent arrives where data overflows the receive buffer', async () => {
  const whole = scene(0);
  const many = 3_000;
  for (let index = 0; index < many; index += 1) write(whole, index % 100 === 99 ? URGENT : 2);
  for (let turn = 0; turn < 20; turn += 1) await pause(5);
  expect(whole.served.length).toBeLessThan(many / 2);
  expect(whole.served.filter((kind) => kind === URGENT).length).toBe(many / 100);
});

it('what calls itself urgent passes 256 at a time, and the rest waits with the data', async () => {
  const whole = scene(0);
  const [data, flood] = [200, 500];
  for (let index = 0; index < data; index += 1) write(whole, 2);
  for (let index = 0; index < flood; index += 1) write(whole, URGENT);
  await untilRead(whole);
  expect(whole.served.length).toBe(data + flood);
  const before = whole.served.slice(0, whole.served.lastIndexOf(2));
  const passed = before.filter((kind) => kind === URGENT).length;
  expect(passed).toBeGreaterThanOrEqual(150);
  expect(passed).toBeLessThanOrEqual(256 + 40);
});

it('a stranger gets its answer at its own address, urgent or not', async () => {
  const whole = scene(0);
  const place = { address: `${BLOCK}.77`, port: 9_000 };
  const socket = createSocket('udp4').bind(place.port, place.address);
  await once(socket, 'listening');
  const heard = once(socket, 'message');
  whole.live.wires.send(whole.sender.local, Uint8Array.of(URGENT), place);
  const [message] = (await heard) as [Uint8Array];
  expect([...message]).toEqual([URGENT]);
  socket.close();
});
