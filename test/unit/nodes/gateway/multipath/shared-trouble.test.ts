import { describe, expect, it } from 'vitest';
import { type FakePath, fakePath, MS, OPTIONS, Wire } from './wire.ts';

const three = (): FakePath[] => [fakePath('p1', 20), fakePath('p2', 24), fakePath('p3', 30)];

/** All changes of path health that controllers reported since an instant. */
function healths(wire: Wire, sinceNs: number): string[] {
  return wire.effects.flatMap(({ atNs, effect }) =>
    effect.kind === 'health' && atNs >= sinceNs ? [effect.health] : [],
  );
}

/** The machine pauses; answers to earlier probes arrive when it resumes. */
function standStill(wire: Wire, ns: number): void {
  const endNs = wire.now + ns;
  const usual = wire.paths.map(({ rttNs }) => rttNs);
  while (wire.now < endNs) {
    for (const [i, path] of wire.paths.entries()) {
      path.rttNs = Math.max(usual[i] ?? 0, endNs - wire.now + (i + 1) * MS);
    }
    wire.runTo(wire.now + MS);
  }
  for (const [i, path] of wire.paths.entries()) path.rttNs = usual[i] ?? 0;
}

function slowBy(wire: Wire, ns: number, which: readonly number[] = [0, 1, 2]): void {
  for (const index of which) (wire.paths[index] as FakePath).rttNs += ns;
}

function cut(wire: Wire, ...which: number[]): void {
  for (const index of which) (wire.paths[index] as FakePath).isUp = false;
}

describe('a path that is slow', () => {
  it('is kept while the others have become as slow', () => {
    const wire = new Wire(three());
    wire.runTo(10_000 * MS);
    slowBy(wire, 40 * MS);
    wire.runTo(15_000 * MS);
    expect(healths(wire, 10_000 * MS)).toContain('degraded');
    expect(wire.switches(10_000 * MS)).toEqual([]);
  });

  it('is left when another one is found to be free of it', () => {
    const wire = new Wire(three());
    wire.runTo(10_000 * MS);
    slowBy(wire, 40 * MS);
    wire.runTo(15_000 * MS);
    slowBy(wire, -40 * MS, [1]);
    // No path is healthy, so this one is probed twice a second.
    wire.runTo(22_000 * MS);
    expect(wire.switches(10_000 * MS)).toMatchObject([{ effect: { to: 1, cause: 'rtt' } }]);
  });

  it('is left after twenty slow answers, and is not left for a burst of eight', () => {
    const wire = new Wire(three());
    wire.runTo(10_000 * MS);
    slowBy(wire, 100 * MS, [0]);
    wire.runTo(10_400 * MS);
    slowBy(wire, -100 * MS, [0]);
    wire.runTo(14_000 * MS);
    expect(healths(wire, 10_000 * MS)).toContain('degraded');
    expect(wire.switches(10_000 * MS)).toEqual([]);
    slowBy(wire, 100 * MS, [0]);
    wire.runTo(17_000 * MS);
    const [left] = wire.switches(14_000 * MS);
    expect(left?.effect).toMatchObject({ to: 1, cause: 'rtt' });
    expect(left?.atNs).toBeGreaterThan(15_000 * MS);
    expect(left?.atNs).toBeLessThan(15_300 * MS);
  });

  it('is left for one that is better for long, though that one is slow as well', () => {
    const wire = new Wire(three(), { holdNs: 2_000 * MS });
    wire.runTo(10_000 * MS);
    slowBy(wire, 35 * MS);
    // The RTTs are 55 ms, and 42 ms where 24 ms were usual: this path's delay has grown by more
    // than half as much.
    slowBy(wire, -17 * MS, [1]);
    wire.runTo(24_000 * MS);
    const [left] = wire.switches(10_000 * MS);
    expect(left?.effect).toMatchObject({ to: 1, cause: 'better' });
    // The base RTT is the minimum over 10 s; afterwards, the path has been better for the hold time
    // of 2 s.
    expect(left?.atNs).toBeGreaterThan(22_000 * MS);
    expect(left?.atNs).toBeLessThan(22_500 * MS);
  });
});

describe('a path that loses', () => {
  it('R-037: is kept while the others lose as much', () => {
    const wire = new Wire([fakePath('p1', 20), fakePath('p2', 24)], { misses: 6 });
    wire.runTo(10_000 * MS);
    // Probes are lost, but never two or three of one path in a row.
    for (const path of wire.paths) path.loseEvery = 7;
    wire.runTo(30_000 * MS);
    expect(healths(wire, 10_000 * MS)).toContain('degraded');
    expect(wire.switches(10_000 * MS)).toEqual([]);
  });
});

describe('silence of all paths', () => {
  it.each([150, 300, 700])('kills none when the machine stood still for %i ms', (ms) => {
    const wire = new Wire(three(), { reports: true });
    wire.runTo(10_000 * MS);
    let sequence = 0;
    for (let at = 10_000; at < 10_100; at += 5) {
      wire.runTo(at * MS);
      wire.controller.sent(wire.now, sequence);
      sequence += 1;
      wire.perform(wire.controller.reported(wire.now, { highest: sequence - 2, count: sequence }));
    }
    wire.controller.sent(wire.now, sequence);
    standStill(wire, ms * MS);
    wire.perform(wire.controller.reported(wire.now, { highest: sequence, count: sequence }));
    wire.runTo(14_000 * MS);
    expect(healths(wire, 10_000 * MS)).not.toContain('dead');
    expect(wire.switches(10_000 * MS)).toEqual([]);
  });

  it('is believed after a second, and no silent path is taken for another', () => {
    const wire = new Wire(three());
    wire.runTo(10_000 * MS);
    cut(wire, 0, 1, 2);
    wire.runTo(10_900 * MS);
    expect(healths(wire, 10_000 * MS)).not.toContain('dead');
    wire.runTo(11_700 * MS);
    const dead = healths(wire, 10_000 * MS).filter((health) => health === 'dead');
    expect(dead).toHaveLength(3);
    expect(wire.switches(10_000 * MS)).toEqual([]);
    (wire.paths[2] as FakePath).isUp = true;
    wire.runTo(14_000 * MS);
    expect(wire.switches(10_000 * MS)).toMatchObject([{ effect: { to: 2, cause: 'probe-loss' } }]);
  });

  it('costs no more probes than each path has in its interval, and the bit that tells them apart', () => {
    const wire = new Wire(three());
    wire.runTo(10_000 * MS);
    const before = wire.probes;
    cut(wire, 0, 1, 2);
    wire.runTo(11_000 * MS);
    expect(wire.probes - before).toBeLessThanOrEqual(
      3 * ((1_000 * MS) / OPTIONS.probeIntervalNs + 1),
    );
  });

  it('of two of three is told from that of all by asking the third out of turn', () => {
    for (let phase = 0; phase < 500; phase += 25) {
      const wire = new Wire(three());
      const at = (10_000 + phase) * MS;
      wire.runTo(at);
      cut(wire, 0, 1);
      wire.runTo(at + 1_000 * MS);
      const [left] = wire.switches(at);
      expect(left?.effect).toMatchObject({ to: 2, cause: 'probe-loss', isFault: true });
      expect((left?.atNs ?? 0) - at).toBeLessThanOrEqual(250 * MS);
    }
  });

  it('says nothing where a path is alone: it dies after three probes as ever', () => {
    const wire = new Wire([fakePath('only', 20)]);
    wire.runTo(10_000 * MS);
    cut(wire, 0);
    wire.runTo(10_180 * MS);
    expect(healths(wire, 10_000 * MS)).toEqual(['dead']);
  });
});

/** Sends data every 5 ms, with a report every 25 ms that covers all but the last round trip. */
function sendData(wire: Wire, ms: number, arrives: boolean): void {
  const endNs = wire.now + ms * MS;
  for (let sent = 0; wire.now < endNs; sent += 1) {
    const sequence = Math.round(wire.now / (5 * MS));
    wire.controller.sent(wire.now, sequence);
    if (arrives && sent % 5 === 0) {
      const highest = Math.max(0, sequence - 6);
      wire.perform(wire.controller.reported(wire.now, { highest, count: highest }));
    }
    wire.runTo(wire.now + 5 * MS);
  }
}

describe('a path whose data arrives', () => {
  const withoutProbes = (arrives: boolean): string[] => {
    // Missing reports have no effect here, because their time-out is longer than the test.
    const wire = new Wire(three(), { reports: true, reportMisses: 20 });
    wire.runTo(10_000 * MS);
    sendData(wire, 200, true);
    const [first] = wire.paths as [FakePath, ...FakePath[]];
    const lostFrom = first.asked;
    first.loses = (probe): boolean => probe >= lostFrom && probe < lostFrom + 5;
    sendData(wire, 320, arrives);
    return healths(wire, 10_000 * MS);
  };

  it('is not given up for five probes that were lost in a row', () => {
    expect(withoutProbes(true)).not.toContain('dead');
  });

  it('is given up for them when reports tell nothing new', () => {
    expect(withoutProbes(false)).toContain('dead');
  });

  it('is left within the usual time when it is cut, data or not', () => {
    const wire = new Wire(three(), { reports: true });
    wire.runTo(10_000 * MS);
    sendData(wire, 200, true);
    cut(wire, 0);
    const cutNs = wire.now;
    sendData(wire, 400, false);
    const [left] = wire.switches(cutNs);
    expect((left?.atNs ?? Number.POSITIVE_INFINITY) - cutNs).toBeLessThan(200 * MS);
  });
});

describe('a path that was given up for its silence', () => {
  /**
   * The trouble occurs three times in a minute; returns the ms from the last time to the return.
   */
  const returnAfter = (trouble: (wire: Wire) => void): number => {
    const wire = new Wire(three());
    for (const second of [10, 35, 60]) {
      wire.runTo(second * 1_000 * MS);
      expect(wire.activeId).toBe('p1');
      trouble(wire);
      expect(wire.activeId).toBe('p2');
    }
    const sinceNs = wire.now;
    wire.runTo(200_000 * MS);
    const back = wire.switches(sinceNs).find(({ effect }) => effect.to === 0);
    return ((back?.atNs ?? Number.POSITIVE_INFINITY) - sinceNs) / MS;
  };

  it('pays nothing for it when its answers come after all: it was late and not dead', () => {
    const late = (wire: Wire): void => {
      slowBy(wire, 300 * MS, [0]);
      wire.runTo(wire.now + 250 * MS);
      slowBy(wire, -300 * MS, [0]);
      wire.runTo(wire.now + 500 * MS);
    };
    // A second of answers plus the first hold time.
    expect(returnAfter(late)).toBeLessThan(14_000);
  });
});
