/** What controllers say of why a path is in use, or is not. */
import { describe, expect, it } from 'vitest';
import { fakePath, MS, Wire } from './wire.ts';

const SECOND = 1_000 * MS;

function reasonsOf(wire: Wire): Readonly<Record<string, string>> {
  return Object.fromEntries(
    wire.controller.explain(wire.now).map(({ id, reason }) => [id, reason]),
  );
}

describe('a path says why it is in use, or is not', () => {
  it('before, during and after a fault', () => {
    const paths = [fakePath('near', 20), fakePath('far', 22), fakePath('mute', 30)];
    const [near, , mute] = paths;
    mute!.isUp = false;
    const wire = new Wire(paths, { warmIntervalNs: 50 * MS });
    wire.runTo(3 * SECOND);
    expect(reasonsOf(wire)).toEqual({ near: 'start', far: 'not-better', mute: 'unanswered' });
    near!.isUp = false;
    wire.runTo(4 * SECOND);
    expect(reasonsOf(wire)).toMatchObject({ near: 'probe-loss', far: 'probe-loss' });
    near!.isUp = true;
    near!.rttNs = 10 * MS;
    while (reasonsOf(wire)['near'] === 'probe-loss') wire.runTo(wire.now + MS);
    expect(reasonsOf(wire)).toMatchObject({ near: 'probation' });
    // It is better as soon as it is alive, and packets return after the hold time.
    wire.runTo(8 * SECOND);
    expect(reasonsOf(wire)).toMatchObject({ near: 'better', far: 'probe-loss' });
    wire.runTo(20 * SECOND);
    expect(reasonsOf(wire)).toMatchObject({ near: 'better', far: 'not-better' });
    expect(wire.controller.path(wire.controller.active).id).toBe('near');
  });

  it('with the preference that rules it out', () => {
    const paths = [fakePath('long', 20, { hops: 9 }), fakePath('short', 40)];
    const wire = new Wire(paths, { preferences: { maxHops: 8 }, warmIntervalNs: 50 * MS });
    wire.runTo(3 * SECOND);
    expect(reasonsOf(wire)).toEqual({ long: 'max-hops', short: 'start' });
    const [long] = wire.controller.explain(wire.now);
    expect(long).toMatchObject({ hops: 9, mtu: 1472, baseRttNs: 20 * MS, health: 'alive' });
  });
});
