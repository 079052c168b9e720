import { describe, expect, it } from 'vitest';
import type { HeldBundle } from '../../../../../nodes/dtn/agent/held-bundle.ts';
import { ROUTER_TABLE_ROWS_MAX } from '../../../../../nodes/dtn/geometry.ts';
import { PROPHET_DEFAULTS } from '../../../../../nodes/dtn/router/predictability.ts';
import { ProphetRouter } from '../../../../../nodes/dtn/router/prophet.ts';
import { encodeRouterTable } from '../../../../../nodes/dtn/router/record-table.ts';

const S = 1_000_000_000;
const PARTS = 1e9;

function router(isKnown: (name: string) => boolean = () => true): ProphetRouter {
  return new ProphetRouter('a', { ...PROPHET_DEFAULTS, usualNs: 1_800 * S, unitNs: S }, isKnown);
}

/** A router that has met b and c, and heard of d from c. */
function experienced(): ProphetRouter {
  const one = router();
  one.met('b', 10 * S);
  one.met('c', 70 * S);
  one.heard('c', encodeRouterTable([['d', 0.8 * PARTS]]));
  return one;
}

const forD = { destination: 'd' } as HeldBundle;
/** What is left after so many seconds. */
const aged = (value: number, seconds: number): number => value * 0.999 ** seconds;

describe('what PRoPHET knows of encounters', () => {
  it('is kept when it has changed, and only then', () => {
    const one = router();
    expect(one.memory()).toBeUndefined();
    one.met('b', S);
    expect(one.memory()).toBeInstanceOf(Uint8Array);
    expect(one.memory()).toBeUndefined();
    one.heard('b', encodeRouterTable([['d', PARTS]]));
    expect(one.memory()).toBeInstanceOf(Uint8Array);
  });

  it('decides after a restart as before, and has aged while the node was down', () => {
    const former = experienced();
    const memory = former.memory() as Uint8Array;
    const later = router();
    expect(later.resume(memory)).toBe(true);
    for (const one of [former, later]) one.met('b', 670 * S);
    // From 70 s to 670 s; b was met at 10 s, a third of the usual time before.
    const [b = 0, c = 0, d = 0] = later.values.map(([, value]) => value);
    const before = aged(0.5, 660);
    expect(b).toBeCloseTo(before + (1 - 0.01 - before) * 0.7 * (660 / 1_800), 6);
    expect([c, d]).toEqual([
      expect.closeTo(aged(0.5, 600), 6),
      expect.closeTo(aged(0.5 * 0.8 * 0.9, 600), 6),
    ]);
    for (const [name, value] of former.values)
      expect(later.values).toContainEqual([name, expect.closeTo(value, 6)]);
    // d is reached with 0.198: who is likelier to meet it gets a copy, and nobody else.
    later.heard('b', encodeRouterTable([['d', 0.19 * PARTS]]));
    expect(later.offer(forD, 'b')).toBeUndefined();
    later.heard('b', encodeRouterTable([['d', 0.21 * PARTS]]));
    expect(later.offer(forD, 'b')).toBeDefined();
  });

  it('holds from now on when the clock of contact plans has begun anew', () => {
    const later = router();
    later.resume(experienced().memory() as Uint8Array);
    later.met('c', S);
    const [, c] = later.values.map(([, value]) => value);
    // An encounter in the past of the former clock makes nothing less likely.
    expect(c).toBeCloseTo(0.5, 6);
    later.met('b', 101 * S);
    expect(later.values.find(([name]) => name === 'c')?.[1]).toBeCloseTo(aged(0.5, 100), 6);
  });

  it('names hosts of the network only, and not the node itself', () => {
    const one = router();
    one.met('b', S);
    one.heard('b', encodeRouterTable([['gone', PARTS]]));
    const later = router((name) => name !== 'gone');
    expect(later.resume(one.memory() as Uint8Array)).toBe(true);
    expect(later.values.map(([name]) => name)).toEqual(['b']);
    const wide = router();
    for (let index = 0; index < ROUTER_TABLE_ROWS_MAX + 10; index += 1) wide.met(`n${index}`, S);
    expect(router().resume(wide.memory() as Uint8Array)).toBe(true);
  });

  it('is refused as a whole if a byte of it is missing or too much', () => {
    const memory = experienced().memory() as Uint8Array;
    for (let length = 0; length < memory.length; length += 1) {
      const later = router();
      expect([length, later.resume(memory.slice(0, length))]).toEqual([length, false]);
      expect(later.values).toEqual([]);
    }
    expect(router().resume(Uint8Array.of(...memory, 0))).toBe(false);
  });

  it('leads to no exception and no value above 1, whatever bit of it has flipped', () => {
    const memory = experienced().memory() as Uint8Array;
    let accepted = 0;
    for (let bit = 0; bit < 8 * memory.length; bit += 1) {
      const damaged = memory.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      const later = router();
      if (!later.resume(damaged)) continue;
      accepted += 1;
      later.met('b', 100 * S);
      for (const [, value] of later.values) expect(value).toBeLessThanOrEqual(1);
    }
    // Names and small numbers are not protected: the disk has its own checksums.
    expect(accepted).toBeGreaterThan(0);
  });
});
