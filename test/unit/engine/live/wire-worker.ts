/**
 * Sends datagrams in a separate process, because the way in which Node sends is fixed when it
 * starts. Prints one object of numbers about what happened to them.
 *
 * @module
 */

import { LiveClock } from '../../../../engine/live/live-clock.ts';
import { BoundUdpSocket } from '../../../../engine/live/udp-wire.ts';
import { type UdpSocketCounts, UdpSocketTable } from '../../../../engine/live/wire-table.ts';
import { EndpointTable } from '../../../../engine/net/endpoint-table.ts';

/** The numbers that the tests check. */
export interface WireFacts {
  /** Datagrams that the system had not accepted when the calls returned. */
  readonly waiting: number;
  readonly arrived: number;
  /** How many of them arrived unchanged and in order. */
  readonly intact: number;
  /** Buffers that were returned, all in the order of sending. */
  readonly handedBack: number;
  readonly taken: number;
  readonly refused: number;
  /** Datagrams of those taken that still waited in the process after the next turn of the loop. */
  readonly leftAfterTurn: number;
  /** Datagrams that arrived with `close` immediately after the sends. */
  readonly flushed: number;
  readonly portIsFree: boolean;
  /** Results with `abandon` immediately after the sends. */
  readonly abandoned: { readonly arrived: number; readonly lost: number };
  /** Results for a table whose socket was closed and opened again within one turn. */
  readonly reopened: {
    readonly failure: string;
    readonly arrived: number;
    readonly counts: UdpSocketCounts;
  };
}

const ADDRESS = '127.0.0.1';
const SPENT = 0xdb;
const MANY = 200;
const TOO_MANY = 5_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Ear {
  readonly wire: BoundUdpSocket;
  readonly port: number;
  readonly heard: number[];
}

function bound(port: number, onSent: (buffer: Uint8Array) => void = () => undefined): Ear {
  const heard: number[] = [];
  const onMessage = (bytes: Uint8Array): void => {
    heard.push((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0));
  };
  const wire = BoundUdpSocket.bind(ADDRESS, port, { onMessage, onError: () => undefined, onSent });
  if (typeof wire === 'string') throw new Error(wire);
  return { wire, port, heard };
}

/** Opens a socket on a free port, since other programs on this machine use ports as well. */
function free(onSent?: (buffer: Uint8Array) => void): Ear {
  for (let port = 40_000 + (process.pid % 9_000); ; port += 1) {
    try {
      return bound(port, onSent);
    } catch {
      // The port is in use, so the next one is tried.
    }
  }
}

function numbered(index: number): Uint8Array {
  return Uint8Array.of(index >>> 8, index & 255);
}

function sendMany(
  from: BoundUdpSocket,
  to: Ear,
  count: number,
): { taken: number; refused: number } {
  const target = { address: ADDRESS, port: to.port };
  let taken = 0;
  for (let index = 0; index < count; index += 1) {
    if (from.send(numbered(index), target) === 'taken') taken += 1;
  }
  return { taken, refused: count - taken };
}

async function untilQuiet(ear: Ear): Promise<number> {
  let before = -1;
  for (let turn = 0; turn < 200 && (before !== ear.heard.length || before === 0); turn += 1) {
    before = ear.heard.length;
    await pause(20);
  }
  return ear.heard.length;
}

async function order(): Promise<Pick<WireFacts, 'waiting' | 'arrived' | 'intact' | 'handedBack'>> {
  const back: number[] = [];
  const near = free((buffer) => {
    back.push((buffer[0] ?? 0) * 256 + (buffer[1] ?? 0));
    // If Node still read the buffer, it would now send these bytes.
    buffer.fill(SPENT);
  });
  const far = free();
  sendMany(near.wire, far, MANY);
  const waiting = MANY - back.length;
  await untilQuiet(far);
  sendMany(near.wire, far, MANY);
  await untilQuiet(far);
  near.wire.close();
  far.wire.close();
  const intact = far.heard.filter((value, place) => value === place % MANY).length;
  const handedBack = back.filter((value, place) => value === place % MANY).length;
  return { waiting, arrived: far.heard.length, intact, handedBack };
}

async function bounds(): Promise<Pick<WireFacts, 'taken' | 'refused' | 'leftAfterTurn'>> {
  const [near, far] = [free(), free()];
  const result = sendMany(near.wire, far, TOO_MANY);
  // The rest of this turn, and all of the next one.
  for (let turn = 0; turn < 2; turn += 1) await new Promise((next) => setImmediate(next));
  near.wire.abandon();
  far.wire.close();
  await pause(0);
  return { ...result, leftAfterTurn: near.wire.lost };
}

async function flushing(): Promise<Pick<WireFacts, 'flushed' | 'portIsFree'>> {
  const [near, far] = [free(), free()];
  sendMany(near.wire, far, MANY);
  near.wire.close();
  await new Promise<void>((resolve) => near.wire.onceFreed(resolve));
  const again = bound(near.port);
  again.wire.close();
  const flushed = await untilQuiet(far);
  far.wire.close();
  return { flushed, portIsFree: !again.wire.isOpen };
}

async function abandoning(): Promise<WireFacts['abandoned']> {
  const [near, far] = [free(), free()];
  sendMany(near.wire, far, MANY);
  near.wire.abandon();
  bound(near.port).wire.close();
  const arrived = await untilQuiet(far);
  far.wire.close();
  return { arrived, lost: near.wire.lost };
}

async function reopening(): Promise<WireFacts['reopened']> {
  const endpoints = new EndpointTable();
  const isPeer = (): boolean => false;
  const parts = { clock: new LiveClock(), isPeer, isOfRun: isPeer, release: (): void => undefined };
  const table = new UdpSocketTable({ endpoints, ...parts });
  const { port } = free();
  const [near, far] = [endpoints.intern('127.0.0.2', port), endpoints.intern('127.0.0.3', port)];
  let arrived = 0;
  const onDatagram = (): void => {
    arrived += 1;
  };
  const user = { host: 0, onDatagram, onLate: onDatagram, onError: (): void => undefined };
  table.open(near, user);
  table.open(far, user);
  const to = endpoints.pairOf(far);
  for (let index = 0; index < MANY; index += 1) table.send(near, numbered(index), to);
  table.close(near);
  const failure = table.open(near, user)?.code ?? 'none';
  await pause(50);
  table.send(near, numbered(0), to);
  table.closeAll();
  await table.drained();
  const { counts } = table;
  return { failure, arrived, counts };
}

const facts: WireFacts = {
  ...(await order()),
  ...(await bounds()),
  ...(await flushing()),
  abandoned: await abandoning(),
  reopened: await reopening(),
};
process.stdout.write(JSON.stringify(facts), () => process.exit(0));
