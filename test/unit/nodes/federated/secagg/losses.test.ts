/**
 * Whoever leaves, and whenever: the sum of those who stayed, or an abort, never another sum.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import { cachedCrypto } from './cached-crypto.ts';
import { plans, stayers } from './leaving.ts';
import { check, run } from './losses-check.ts';
import { CRYPTO, configOf, Session } from './session.ts';

const { advertise, shareKeys, maskedInput, consistency, unmask } = SECAGG_MESSAGE_TYPES;
const crypto = cachedCrypto(CRYPTO);

describe('R-155, R-156: five clients, threshold three', () => {
  it('every way to leave at any of the four points, semi-honest: 3,125 sessions', () => {
    const found = { sum: 0, abort: 0 };
    for (const leaves of plans(5, [advertise, shareKeys, maskedInput, unmask])) {
      found[check(configOf(), leaves)] += 1;
    }
    // Those with at least three who never leave: C(5,3) 4^2 + C(5,4) 4 + 1.
    expect(found).toEqual({ sum: 181, abort: 3_125 - 181 });
  });

  it('signed: whoever leaves before or after the input, each choice of points in one of its orders', () => {
    const found = { sum: 0, abort: 0 };
    const config = configOf({ mode: 'signed' });
    for (const leaves of plans(5, [shareKeys, maskedInput, consistency, unmask])) {
      const points = [...leaves.values()];
      if (points.some((point, index) => point > (points[index - 1] ?? point))) continue;
      const turn = found.sum + found.abort;
      const turned = points.map((point, index): [number, number] => [(index + turn) % 5, point]);
      found[check(config, new Map(turned.sort(([one], [other]) => one - other)))] += 1;
    }
    // At most two of five leave: C(5,2) choices of two points, four of one, and none.
    expect(found).toEqual({ sum: 15, abort: 126 - 15 });
  });
});

describe('R-155, R-156: a quorum of inputs, threshold three', () => {
  it('of three among four, signed: 4 points, 625 sessions', () => {
    const config = configOf({ n: 4, k: 3, t: 3, mode: 'signed' });
    const found = { sum: 0, abort: 0 };
    for (const leaves of plans(4, [shareKeys, maskedInput, consistency, unmask])) {
      const session = new Session({
        ...{ config, leaves, crypto },
        ...{ server: { crypto, quorum: 3 }, client: () => ({ crypto }) },
      }).run();
      const survivors = stayers(leaves, maskedInput).slice(0, 3);
      const stay = survivors.every((index) => stayers(leaves, unmask).includes(index));
      const sum = session.sum;
      expect(sum !== undefined, [...leaves.values()].join()).toBe(survivors.length === 3 && stay);
      if (sum === undefined) found.abort += 1;
      else {
        expect(sum.survivors).toEqual(survivors);
        expect(sum.ring).toEqual(session.sumOf(survivors));
        found.sum += 1;
      }
    }
    // Three of four send an input and stay: 4 x 2; all four do, and the first three stay: 3.
    expect(found).toEqual({ sum: 8 + 3, abort: 614 });
  });

  it('on a ring, waits beyond the quorum for those who hold shares of what others leave', () => {
    const config = configOf({ n: 6, k: 2, t: 2 });
    const found = new Set<number>();
    for (let seed = 1; seed <= 40; seed += 1) {
      const session = new Session({ config, seed, server: { quorum: 3 } }).run();
      const survivors = session.sum?.survivors ?? [];
      expect(session.sum?.ring).toEqual(session.sumOf(survivors));
      found.add(survivors.length);
    }
    // Three neighbours on the ring leave one whose two neighbours are away; then a fourth is needed.
    expect([...found].sort()).toEqual([4, 5]);
  });
});

describe.each([
  { n: 6, k: 4, t: 3 },
  { n: 6, k: 2, t: 2 },
])('a ring of $n with $k neighbours, threshold $t', ({ n, k, t }) => {
  it('every subset that leaves at one point: the right sum, or an abort', () => {
    const config = configOf({ n, k, t });
    const found = { sum: 0, abort: 0 };
    for (const point of [advertise, shareKeys, maskedInput, unmask]) {
      for (const leaves of plans(n, [point])) {
        const session = run(config, leaves);
        if (session.sum === undefined) {
          expect(session.aborted?.outcome).toBe('too-few');
          found.abort += 1;
          continue;
        }
        // Clients that see too few neighbours stay away by themselves.
        const { survivors } = session.sum;
        const stayed = stayers(leaves, maskedInput);
        expect(survivors.every((index) => stayed.includes(index))).toBe(true);
        expect(survivors.length).toBeGreaterThanOrEqual(t);
        expect(session.sum.ring).toEqual(session.sumOf(survivors));
        found.sum += 1;
      }
    }
    expect(found.sum).toBeGreaterThan(40);
    expect(found.abort).toBeGreaterThan(40);
  });
});

describe('timers', () => {
  it('end a phase when nobody tells who left, and not before', () => {
    const leaves = new Map([
      [1, maskedInput],
      [3, unmask],
    ]);
    const session = new Session({ leaves, isTold: false }).run();
    expect(session.sum?.ring).toEqual(session.sumOf([0, 2, 3, 4]));
    // Two phases waited for somebody, 30 s each.
    expect(session.now).toBe(60_000_000_000);
    const told = new Session({ leaves }).run();
    expect(told.sum?.ring).toEqual(session.sum?.ring);
    expect(told.now).toBe(0);
  });

  it('do not end a phase at the t-th answer', () => {
    const session = new Session({ leaves: new Map([[4, maskedInput]]), isTold: false });
    session.toServer({ kind: 'begin' });
    for (const [index, ring] of session.inputs.entries()) {
      session.toClient(index, { kind: 'begin' });
      session.toClient(index, { kind: 'update', ring: ring.slice() });
    }
    session.drain();
    expect(session.server.phase).toBe('collecting');
    expect(session.server.nextAt()).toBe(30_000_000_000);
    session.now = 29_999_999_999;
    session.toServer({ kind: 'timer' });
    expect(session.server.phase).toBe('collecting');
  });

  it('end the wait for inputs at the deadline, in whatever phase it comes', () => {
    const leaves = new Map([[1, maskedInput]]);
    const late = new Session({
      ...{ leaves, isTold: false },
      server: { deadlineNs: 12_000_000_000 },
    }).run();
    expect(late.sum?.ring).toEqual(late.sumOf([0, 2, 3, 4]));
    expect(late.now).toBe(12_000_000_000);
    // Two phases wait for somebody, one of them before there are inputs.
    const twice = new Map([
      [1, advertise],
      [3, maskedInput],
    ]);
    const whole = new Session({ leaves: twice, isTold: false }).run();
    const cut = new Session({
      ...{ leaves: twice, isTold: false },
      server: { deadlineNs: 12_000_000_000 },
    }).run();
    expect([whole.now, cut.now]).toEqual([60_000_000_000, 12_000_000_000]);
    expect(cut.sum?.ring).toEqual(cut.sumOf([0, 2, 4]));
  });

  it('end a client that hears nothing', () => {
    const session = new Session();
    session.toClient(0, { kind: 'begin' });
    const [client] = session.clients;
    expect(client?.nextAt()).toBe(180_000_000_000);
    session.now = 180_000_000_000;
    session.toClient(0, { kind: 'timer' });
    expect(session.finished.get(0)).toBe('timeout');
    expect(client?.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });
});
