/**
 * Whoever leaves, and whenever: the sum of those who stayed, or an abort, never another sum.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { MESSAGE } from '../../../../../nodes/federated/secagg/messages.ts';
import type { SecaggConfig } from '../../../../../nodes/federated/secagg/session-config.ts';
import { cachedCrypto } from './cached-crypto.ts';
import { CRYPTO, configOf, Session } from './session.ts';

const { advertise, shareKeys, maskedInput, consistency, unmask } = MESSAGE;
const NEVER = 99;
const crypto = cachedCrypto(CRYPTO);

function run(config: SecaggConfig, leaves: ReadonlyMap<number, number>): Session {
  return new Session({
    ...{ config, leaves, server: { crypto }, client: () => ({ crypto }) },
    crypto,
  }).run();
}

/** Every way for `n` clients to leave at one of these points, or not. */
function* plans(n: number, points: readonly number[]): Generator<ReadonlyMap<number, number>> {
  const choices = [NEVER, ...points];
  for (let plan = 0; plan < choices.length ** n; plan += 1) {
    const leaves = new Map<number, number>();
    for (let index = 0, rest = plan; index < n; index += 1) {
      leaves.set(index, choices[rest % choices.length] as number);
      rest = Math.floor(rest / choices.length);
    }
    yield leaves;
  }
}

/** Those who send messages of this type. */
function stayers(leaves: ReadonlyMap<number, number>, type: number): readonly number[] {
  return [...leaves].filter(([, leavesAt]) => leavesAt > type).map(([index]) => index);
}

/** On a complete graph: a sum if and only if each phase has at least t answers. */
function check(config: SecaggConfig, leaves: ReadonlyMap<number, number>): 'sum' | 'abort' {
  const phases: number[] = [advertise, shareKeys, maskedInput, unmask];
  if (config.mode === 'signed') phases.push(consistency);
  const isEnough = phases.every((type) => stayers(leaves, type).length >= config.t);
  const session = run(config, leaves);
  const plan = [...leaves.values()].join();
  expect(session.reasons('server'), plan).toEqual([]);
  expect(session.sum !== undefined, plan).toBe(isEnough);
  expect(session.aborted !== undefined, plan).toBe(!isEnough);
  if (!isEnough) {
    expect(session.aborted?.outcome).toBe('too-few');
    return 'abort';
  }
  const survivors = stayers(leaves, maskedInput);
  expect(session.sum?.survivors, plan).toEqual(survivors);
  expect(session.sum?.ring, plan).toEqual(session.sumOf(survivors));
  const sharers = stayers(leaves, shareKeys);
  expect(session.sum?.lost).toEqual(sharers.filter((index) => !survivors.includes(index)));
  return 'sum';
}

describe('R-155, R-156: five clients, threshold three', () => {
  it('every way to leave at any of the four points, semi-honest: 3,125 sessions', () => {
    const found = { sum: 0, abort: 0 };
    for (const leaves of plans(5, [advertise, shareKeys, maskedInput, unmask])) {
      found[check(configOf(), leaves)] += 1;
    }
    // Those with at least three who never leave: C(5,3) 4^2 + C(5,4) 4 + 1.
    expect(found).toEqual({ sum: 181, abort: 3_125 - 181 });
  });

  it('every way to leave before or after the input, signed: 4 points, 3,125 sessions', () => {
    const found = { sum: 0, abort: 0 };
    const config = configOf({ mode: 'signed' });
    for (const leaves of plans(5, [shareKeys, maskedInput, consistency, unmask])) {
      found[check(config, leaves)] += 1;
    }
    expect(found).toEqual({ sum: 181, abort: 3_125 - 181 });
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
