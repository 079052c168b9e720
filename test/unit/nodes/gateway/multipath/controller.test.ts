/**
 * The multipath controller with a simulated network. path-management.test.ts tests the contract of
 * path management.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { type FakePath, fakePath, MS, OPTIONS, Wire } from './wire.ts';

const three = (): ReturnType<typeof fakePath>[] => [
  fakePath('p1', 20),
  fakePath('p2', 24),
  fakePath('p3', 30),
];

describe('choice of the first path', () => {
  it('takes the fastest of all paths, not the first that answered', () => {
    const wire = new Wire([fakePath('slow', 40), fakePath('fast', 20)]);
    wire.runTo(1_000 * MS);
    expect(wire.activeId).toBe('fast');
  });

  it('waits an interval and a round trip for a path that never answers, not half a second', () => {
    const dead = fakePath('mute', 10);
    dead.isUp = false;
    const wire = new Wire([dead, fakePath('works', 20)]);
    wire.runTo(1_000 * MS);
    expect(wire.activeId).toBe('works');
    // At most the phase of the first probe, one round trip, and both again plus an interval.
    expect(wire.switches()[0]?.atNs).toBeLessThanOrEqual((50 + 20 + 50 + 20) * MS);
  });
});

describe('a peer that is back', () => {
  it('is found on the first path that works, though all were dead and none was due to be asked', () => {
    const wire = new Wire(three());
    wire.runTo(5_000 * MS);
    for (const path of wire.paths) path.isUp = false;
    // In the end, the path is probed every 30 s.
    wire.runTo(120_000 * MS);
    for (const path of wire.paths.slice(1)) path.isUp = true;
    const [before, probes] = [wire.now, wire.probes];
    wire.perform(wire.controller.peerReturned(wire.now));
    expect(wire.probes - probes).toBe(3);
    wire.runTo(before + 30 * MS);
    expect(wire.activeId).toBe('p2');
    expect(wire.switches(before)).toHaveLength(1);
    expect(wire.switches(before)[0]?.atNs).toBe(before + 24 * MS);
  });

  it('is not asked on paths that answer anyway', () => {
    const wire = new Wire(three());
    wire.runTo(5_000 * MS);
    expect(wire.controller.peerReturned(wire.now)).toEqual([]);
  });

  it('for the first time is asked on all paths at once, and the fastest is taken', () => {
    const wire = new Wire(three());
    wire.perform(wire.controller.peerReturned(0));
    wire.runTo(31 * MS);
    expect(wire.switches()).toMatchObject([{ atNs: 30 * MS, effect: { to: 0, cause: 'start' } }]);
  });
});

describe('leaving a path', () => {
  it('leaves after three unanswered probes: 2 intervals, one round trip and 5 ms', () => {
    const wire = new Wire(three());
    wire.runTo(20_000 * MS);
    const cut = wire.paths[0];
    if (cut !== undefined) cut.isUp = false;
    const before = wire.now;
    wire.runTo(before + 1_000 * MS);
    const [left] = wire.switches(before);
    expect(left?.effect).toMatchObject({ to: 1, cause: 'probe-loss', isFault: true });
    const took = (left?.atNs ?? 0) - before;
    expect(took).toBeGreaterThan(105 * MS);
    expect(took).toBeLessThanOrEqual(175 * MS + 1);
  });

  it('R-040: two paths that were cut at once waited for each other, beside a third that answered', () => {
    const wire = new Wire(three());
    wire.runTo(20_000 * MS);
    for (const path of wire.paths.slice(0, 2)) path.isUp = false;
    const before = wire.now;
    wire.runTo(before + 300 * MS);
    expect(wire.activeId).toBe('p3');
    expect(wire.switches(before)).toHaveLength(1);
  });

  it('leaves a path whose hop fields are about to expire', () => {
    const wire = new Wire([fakePath('old', 20, { expiresAt: 30_000 * MS }), fakePath('new', 24)]);
    wire.runTo(25_000 * MS);
    const [left] = wire.switches(1_000 * MS);
    expect(left?.effect).toMatchObject({ cause: 'expiry' });
    expect(left?.atNs).toBeLessThan(21_000 * MS);
  });

  it('acts on receiver reports that stay away, within 3 intervals and 5 ms', () => {
    const wire = new Wire(three(), { reports: true });
    wire.runTo(5_000 * MS);
    let sequence = 0;
    for (let at = 5_000; at < 6_000; at += 1) {
      wire.runTo(at * MS);
      sequence += 1;
      wire.controller.sent(wire.now, sequence);
      const report = { highest: sequence - 10, count: sequence };
      if (at % 25 === 0 && at < 5_500) wire.perform(wire.controller.reported(wire.now, report));
    }
    const [left] = wire.switches(5_001 * MS);
    expect(left?.effect.cause).toBe('report-loss');
    expect((left?.atNs ?? 0) - 5_475 * MS).toBe(80 * MS);
  });

  it('waits for reports as much longer as round trips vary', () => {
    const wire = new Wire(three(), { reports: true });
    wire.runTo(5_000 * MS);
    const steady = wire.paths[0];
    // Round trips of 20 and 36 ms alternate, so rttvar settles at about 8 ms.
    for (let at = 5_000; at < 10_000; at += 50) {
      if (steady !== undefined) steady.rttNs = (at % 100 === 0 ? 20 : 36) * MS;
      wire.runTo(at * MS);
    }
    wire.controller.sent(wire.now, 1);
    wire.controller.sent(wire.now, 2);
    wire.perform(wire.controller.reported(wire.now, { highest: 1, count: 1 }));
    const reported = wire.now;
    wire.runTo(reported + 500 * MS);
    const [left] = wire.switches(reported);
    expect(left?.effect.cause).toBe('report-loss');
    expect((left?.atNs ?? 0) - reported).toBeGreaterThan(100 * MS);
    expect((left?.atNs ?? 0) - reported).toBeLessThan(130 * MS);
  });

  it('leaves a path that loses data a round trip after it is noticed, whenever the standby was asked last', () => {
    const leftAfterMs = Array.from({ length: 25 }, (_, step) => {
      const from = 5_000 + 2 * step;
      const wire = new Wire(three(), { reports: true });
      for (let at = 1; at < 500; at += 1) {
        wire.runTo((from + at) * MS);
        wire.controller.sent(wire.now, at);
        const report = { highest: at, count: Math.ceil(at / 2) };
        if (at % 25 === 0) wire.perform(wire.controller.reported(wire.now, report));
      }
      const noticedNs = wire.effects.find(
        ({ effect }) => effect.kind === 'probe' && effect.bytes !== undefined,
      )?.atNs;
      const [left] = wire.switches(from * MS);
      expect(left?.effect.cause).toBe('loss');
      return ((left?.atNs ?? 0) - (noticedNs ?? 0)) / MS;
    });
    // The standby, p2, answers in 24 ms.
    expect(Math.max(...leftAfterMs)).toBe(24);
  });

  it('does not take a pause of the flow for a fault', () => {
    const wire = new Wire(three(), { reports: true });
    wire.runTo(5_000 * MS);
    wire.controller.sent(wire.now, 1);
    wire.runTo(5_030 * MS);
    wire.perform(wire.controller.reported(wire.now, { highest: 1, count: 1 }));
    wire.runTo(9_000 * MS);
    expect(wire.switches(5_000 * MS)).toEqual([]);
  });
});

/** A router of p1 reports that its first interface is down. */
const SAID = {
  ...{ isdAs: 'p1', ifId: 1, path: 'p1' },
  ...{ countsEarlierMisses: false, isProven: false },
};

describe('SCMP that the AS of the interface signed', () => {
  it('kills the quoted path at once, and no other', () => {
    const wire = new Wire(three());
    wire.runTo(5_000 * MS);
    wire.perform(wire.controller.interfaceDown(wire.now, { ...SAID, isProven: true }));
    const [left] = wire.switches(5_000 * MS);
    expect(left).toMatchObject({ atNs: 5_000 * MS, effect: { cause: 'scmp' } });
    const health = wire.controller.status(wire.now).map((path) => path.health);
    expect(health.filter((one) => one === 'dead')).toHaveLength(1);
  });
});

describe('SCMP is a hint', () => {
  it('an answer that was missed before the message does not count', () => {
    // One probe is lost. The message arrives after the probe's time-out, but before the next probe
    // is answered.
    const switches = (atMs: number, countsEarlierMisses: boolean): number => {
      const wire = new Wire(three());
      wire.runTo(5_000 * MS);
      const cut = wire.paths[0];
      if (cut !== undefined) cut.isUp = false;
      wire.runTo(5_050 * MS);
      if (cut !== undefined) cut.isUp = true;
      wire.runTo(atMs * MS);
      wire.perform(wire.controller.interfaceDown(wire.now, { ...SAID, countsEarlierMisses }));
      wire.runTo(9_000 * MS);
      return wire.switches(5_000 * MS).length;
    };
    const instants = [5_085, 5_090, 5_095, 5_100, 5_105, 5_110];
    expect(instants.map((at) => switches(at, false))).toEqual(instants.map(() => 0));
    expect(Math.max(...instants.map((at) => switches(at, true)))).toBeGreaterThan(0);
  });

  it('accuses the path whose packet was quoted, and no other over the same interface', () => {
    const wire = new Wire(three());
    wire.runTo(5_000 * MS);
    const cut = wire.paths[0];
    if (cut !== undefined) cut.isUp = false;
    wire.perform(wire.controller.interfaceDown(wire.now, { ...SAID, path: 'p2' }));
    wire.runTo(5_500 * MS);
    const [left] = wire.switches(5_000 * MS);
    expect(left?.effect).toMatchObject({ cause: 'probe-loss' });
  });

  it('does not leave a path that goes on answering, whatever SCMP says', () => {
    const wire = new Wire(three());
    wire.runTo(5_000 * MS);
    wire.perform(wire.controller.interfaceDown(wire.now, SAID));
    wire.runTo(10_000 * MS);
    expect(wire.switches(5_000 * MS)).toEqual([]);
  });

  it('leaves after one miss when SCMP named an interface of the path', () => {
    const wire = new Wire(three());
    wire.runTo(5_000 * MS);
    const cut = wire.paths[0];
    if (cut !== undefined) cut.isUp = false;
    wire.perform(wire.controller.interfaceDown(wire.now, SAID));
    wire.runTo(5_500 * MS);
    const [left] = wire.switches(5_000 * MS);
    expect(left?.effect).toMatchObject({ cause: 'scmp' });
    expect((left?.atNs ?? 0) - 5_000 * MS).toBeLessThanOrEqual(80 * MS);
  });
});

describe('where to go', () => {
  it.each([
    // Which links the faster of two other paths shares with the failing one, and which path is
    // chosen.
    ['all', ['a#1>x#1', 'x#2>b#1'], ['x'], 'apart'],
    ['one link', ['a#1>x#1', 'x#3>b#2'], ['x'], 'apart'],
    ['an AS and no link', ['a#2>x#4', 'x#3>b#2'], ['x'], 'apart'],
    ['nothing', ['a#2>y#1', 'y#2>b#2'], ['y'], 'twin'],
  ])(
    'R-042: a faster alternative that shares %s with the failed path',
    (_what, links, transit, taken) => {
      const wire = new Wire([
        fakePath('active', 20, { links: ['a#1>x#1', 'x#2>b#1'], transit: ['x'] }),
        fakePath('twin', 21, { links, transit }),
        fakePath('apart', 40),
      ]);
      wire.runTo(5_000 * MS);
      const cut = wire.paths[0];
      if (cut !== undefined) cut.isUp = false;
      wire.runTo(6_000 * MS);
      expect(wire.activeId).toBe(taken);
    },
  );

  it('R-259: stays on a dead path when there is nothing better', () => {
    const wire = new Wire([fakePath('only', 20)]);
    wire.runTo(5_000 * MS);
    const cut = wire.paths[0];
    if (cut !== undefined) cut.isUp = false;
    wire.runTo(10_000 * MS);
    expect(wire.activeId).toBe('only');
    expect(wire.switches(5_000 * MS)).toEqual([]);
  });
});

describe('what limps', () => {
  it('R-259: carries a flow while all others are dead, on probation as well as degraded', () => {
    const wire = new Wire([fakePath('first', 20), fakePath('other', 24)]);
    const [first, other] = wire.paths as [FakePath, FakePath];
    wire.runTo(5_000 * MS);
    other.isUp = false;
    wire.runTo(10_000 * MS);
    const healthOf = (id: string): string | undefined =>
      wire.controller.status(wire.now).find((path) => path.id === id)?.health;
    other.isUp = true;
    while (healthOf('other') === 'dead') wire.runTo(wire.now + MS);
    first.isUp = false;
    wire.runTo(wire.now + 300 * MS);
    expect([healthOf('first'), healthOf('other')]).toEqual(['dead', 'probation']);
    expect(wire.activeId).toBe('other');
  });
});

describe('coming back', () => {
  it('R-043: returns to the better path within 15 s of its repair', () => {
    const wire = new Wire([fakePath('better', 20), fakePath('worse', 40)]);
    wire.runTo(5_000 * MS);
    const cut = wire.paths[0];
    if (cut !== undefined) cut.isUp = false;
    wire.runTo(8_000 * MS);
    expect(wire.activeId).toBe('worse');
    if (cut !== undefined) cut.isUp = true;
    wire.runTo(23_000 * MS);
    expect(wire.activeId).toBe('better');
    expect(wire.switches(8_000 * MS)[0]?.effect).toMatchObject({ cause: 'better', isFault: false });
  });

  it('R-041: flapping of 1 Hz for 60 s settles within three switches', () => {
    const wire = new Wire([fakePath('flapping', 20), fakePath('steady', 40)]);
    wire.runTo(5_000 * MS);
    const path = wire.paths[0];
    for (let at = 5_000; at < 65_000; at += 500) {
      wire.runTo(at * MS);
      if (path !== undefined) path.isUp = !path.isUp;
    }
    expect(wire.switches(5_000 * MS).length).toBeLessThanOrEqual(3);
  });
});

describe('measurement', () => {
  it('R-045: probes of two hot paths and a warm one stay near 42 a second', () => {
    const wire = new Wire(three());
    wire.runTo(1_000 * MS);
    const before = wire.probes;
    wire.runTo(61_000 * MS);
    const perSecond = (wire.probes - before) / 60;
    expect(perSecond).toBeGreaterThan(40);
    expect(perSecond).toBeLessThan(44);
  });

  it('keeps k at the configured misses on clean paths and raises it on lossy ones', async () => {
    const { missesUntilDead } = await import(
      '../../../../../nodes/gateway/multipath/managed-path.ts'
    );
    expect(missesUntilDead(0, OPTIONS)).toBe(3);
    expect(missesUntilDead(0.01, OPTIONS)).toBe(3);
    expect(missesUntilDead(0.05, OPTIONS)).toBe(4);
    expect(missesUntilDead(0.5, OPTIONS)).toBe(6);
  });
});
