/** The sum that hides nothing: who is in it, and when it ends. */
import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import { PlainSumServer } from '../../../../nodes/federated/plain-sum.ts';

const vector = (...values: number[]): Uint32Array => Uint32Array.from(values);
const begun = (): PlainSumServer => {
  const server = new PlainSumServer({ clients: 3, length: 2, timeoutNs: 100, minimum: 2 });
  server.step(0, { kind: 'begin' });
  return server;
};

describe('a plain sum', () => {
  it('ends when all have answered, modulo 2^32', () => {
    const server = begun();
    server.step(1, { kind: 'vector', from: 2, vector: vector(1, 0xffff_ffff) });
    server.step(2, { kind: 'vector', from: 0, vector: vector(2, 3) });
    expect(server.nextAt()).toBe(100);
    expect(server.step(3, { kind: 'vector', from: 1, vector: vector(4, 5) })).toEqual([
      { kind: 'sum', ring: vector(7, 7), survivors: [0, 1, 2], lost: [] },
    ]);
    expect(server.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('ends at its timer, and not before, with those who came', () => {
    const server = begun();
    server.step(1, { kind: 'vector', from: 2, vector: vector(1, 1) });
    server.step(1, { kind: 'vector', from: 0, vector: vector(1, 1) });
    expect(server.step(99, TIMER_DUE)).toEqual([]);
    expect(server.step(100, TIMER_DUE)).toEqual([
      { kind: 'sum', ring: vector(2, 2), survivors: [0, 2], lost: [1] },
    ]);
  });

  it('ends at its quorum, and names what comes later', () => {
    const server = new PlainSumServer({
      ...{ clients: 4, length: 1, timeoutNs: 100, minimum: 1, quorum: 2 },
    });
    server.step(0, { kind: 'begin' });
    expect(server.step(1, { kind: 'vector', from: 3, vector: vector(5) })).toEqual([]);
    expect(server.step(2, { kind: 'vector', from: 1, vector: vector(6) })).toEqual([
      { kind: 'sum', ring: vector(11), survivors: [1, 3], lost: [0, 2] },
    ]);
    expect(server.step(3, { kind: 'vector', from: 0, vector: vector(7) })).toEqual([
      { kind: 'drop', reason: 'late-input' },
    ]);
  });

  it('does not wait for who is gone, and needs the minimum', () => {
    const server = begun();
    server.step(1, { kind: 'gone', index: 0 });
    server.step(1, { kind: 'gone', index: 1 });
    expect(server.step(2, { kind: 'vector', from: 2, vector: vector(1, 1) })).toEqual([
      { kind: 'aborted', outcome: 'too-few' },
    ]);
  });

  it('names what it does not use', () => {
    const server = begun();
    server.step(1, { kind: 'vector', from: 0, vector: vector(1, 1) });
    const drops = [
      server.step(2, { kind: 'vector', from: 0, vector: vector(1, 1) }),
      server.step(2, { kind: 'vector', from: 1, vector: vector(1) }),
    ];
    server.step(100, TIMER_DUE);
    drops.push(server.step(101, { kind: 'vector', from: 1, vector: vector(1, 1) }));
    expect(drops.flat()).toEqual([
      { kind: 'drop', reason: 'duplicate' },
      { kind: 'drop', reason: 'input-length' },
      { kind: 'drop', reason: 'late-input' },
    ]);
  });
});
