/**
 * From when on what is read from a socket is late: exactly after 100 ms of running time in which neither
 * the socket was empty nor a mark has come back that was sent in it.
 *
 * @module
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { SocketQueue, SocketQueues } from '../../../../engine/live/socket-queues.ts';

const MS = 1_000_000;
const READ_AT_ONCE = 32;
const DATA = new Uint8Array(100);

let nowNs = 0;
let marks: Uint8Array[] = [];
const clock = { now: (): number => nowNs };
let queues = new SocketQueues(clock);
let queue = new SocketQueue((mark) => void marks.push(mark));

beforeEach(() => {
  nowNs = 0;
  marks = [];
  queues = new SocketQueues(clock);
  queue = new SocketQueue((mark) => void marks.push(mark));
});

/** Simulates a turn of the event loop that takes `ns` and reads `count` datagrams. */
async function turn(ns: number, count = READ_AT_ONCE, bytes = DATA): Promise<void> {
  for (let read = 0; read < count; read += 1) queues.read(queue, bytes);
  nowNs += ns;
  await new Promise((resolve) => setImmediate(resolve));
}

async function fullTurns(count: number, ns: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn(ns);
}

describe('a socket that gives as much as is read at a time, and whose marks are lost', () => {
  it('is not late after 99 ms, and late after 101', async () => {
    await fullTurns(99, MS);
    expect(queue.isLate).toBe(false);
    await fullTurns(2, MS);
    expect(queue.isLate).toBe(true);
  });

  it('is late until it has given less', async () => {
    await fullTurns(150, MS);
    expect(queue.isLate).toBe(true);
    await turn(MS, READ_AT_ONCE - 1);
    expect([queue.isLate, queue.isStanding]).toEqual([false, false]);
    await fullTurns(99, MS);
    expect(queue.isLate).toBe(false);
  });

  it('is empty also when nothing is read from it in a turn', async () => {
    for (let burst = 0; burst < 200; burst += 1) {
      await turn(MS);
      await turn(0, 0);
    }
    expect(queue.isLate).toBe(false);
  });

  it('is not late because the process paused', async () => {
    await turn(MS);
    await turn(5_000 * MS);
    await fullTurns(79, MS);
    expect(queue.isLate).toBe(false);
    await fullTurns(2, MS);
    expect(queue.isLate).toBe(true);
  });

  it('does not make another socket late', async () => {
    const other = new SocketQueue(() => undefined);
    for (let index = 0; index < 150; index += 1) {
      for (let read = 0; read < READ_AT_ONCE - 1; read += 1) queues.read(other, DATA);
      await turn(MS);
    }
    expect([queue.isLate, other.isLate]).toEqual([true, false]);
  });
});

describe('a mark', () => {
  it('is sent every 2 ms while a queue stands, and never to one that is emptied', async () => {
    for (let index = 0; index < 100; index += 1) await turn(MS, READ_AT_ONCE - 1);
    expect(marks.length).toBe(0);
    await fullTurns(100, MS);
    expect(marks.length).toBeGreaterThanOrEqual(49);
    expect(marks.length).toBeLessThanOrEqual(51);
  });

  it('that comes back tells that what follows it is younger', async () => {
    await fullTurns(90, MS);
    const sentAtNs = nowNs;
    await fullTurns(2, MS);
    const mark = marks.at(-1) as Uint8Array;
    await fullTurns(50, MS);
    expect(queue.isLate).toBe(true);
    expect(queues.read(queue, mark)).toBe(true);
    expect(queue.isLate).toBe(false);
    await fullTurns(Math.floor((sentAtNs + 99 * MS - nowNs) / MS), MS);
    expect(queue.isLate).toBe(false);
    await fullTurns(4, MS);
    expect(queue.isLate).toBe(true);
  });

  it('that is old changes nothing', async () => {
    await fullTurns(2, MS);
    const old = marks.at(-1) as Uint8Array;
    await fullTurns(150, MS);
    queues.read(queue, old);
    expect(queue.isLate).toBe(true);
  });

  it('cannot be made by a stranger, whose datagram of that length is data', async () => {
    await fullTurns(150, MS);
    const forged = (marks.at(-1) as Uint8Array).slice();
    forged[15] = (forged[15] as number) ^ 1;
    expect(queues.read(queue, forged)).toBe(false);
    expect(queue.isLate).toBe(true);
  });
});
