import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../../nodes/_kit/machine.ts';
import type { BundleSecurity } from '../../../../../nodes/dtn/agent/security.ts';
import type { Router } from '../../../../../nodes/dtn/router/router.ts';
import { formatEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';
import { sampleBundle } from '../wire/support.ts';
import {
  bench,
  type Effect,
  EPOCH_DTN_MS,
  foreign,
  kinds,
  S,
  STORE,
  send,
  window,
} from './bench.ts';

describe('an agent', () => {
  it('R-140: answers, makes a bundle of little more than its payload and hands it to the neighbour, in this order', () => {
    const { step } = bench();
    const effects = step(5 * S, send('b'));
    expect(kinds(effects)).toEqual(['answer', 'transmit']);
    expect(effects[0]).toMatchObject({ request: 'r', outcome: 'ok' });
    const { bundle } = effects[1] as Extract<Effect, { kind: 'transmit' }>;
    const view = new BundleView();
    expect(view.open(bundle, 0, bundle.length)).toBeUndefined();
    expect([formatEid(view.source), formatEid(view.destination)]).toEqual(['ipn:1.1', 'ipn:2.1']);
    expect([view.createdMs, view.sequence]).toEqual([EPOCH_DTN_MS + 5_000, 0]);
    expect([view.lifetimeMs, view.hopLimit, view.hops]).toEqual([3_600_000, 32, 1]);
    // 1 kB in at most 1,120 bytes.
    expect(bundle.length).toBeLessThanOrEqual(1_120);
  });

  it('never repeats a creation timestamp, not even when its clock goes back', () => {
    // From 2 s on the clock is 10 s slow.
    const clockOffsetS = (now: number): number => (now < 2 * S ? 0 : -10);
    const { step } = bench({ rateBps: 1e12, clockOffsetS });
    const stamps = [S, S + 1_000, S + 1_000_000, 2 * S, 12 * S].map((now) => {
      const sent = step(now, send('b')).find(({ kind }) => kind === 'transmit');
      const { bundle } = sent as Extract<Effect, { kind: 'transmit' }>;
      const view = new BundleView();
      view.open(bundle, 0, bundle.length);
      return [view.createdMs - EPOCH_DTN_MS, view.sequence];
    });
    expect(stamps).toEqual([
      [1_000, 0],
      [1_000, 1],
      [1_001, 0],
      [1_001, 1],
      [2_000, 0],
    ]);
  });

  it('sends one bundle after the other, at the rate of the link', () => {
    const { agent, step } = bench();
    expect(kinds(step(0, send('b')))).toContain('transmit');
    expect(kinds(step(0, send('b')))).toEqual(['answer']);
    const freeNs = agent.nextAt();
    // 1,063 bytes at 8 kbit/s.
    expect(freeNs).toBe(1_063 * 1_000_000);
    expect(kinds(step(freeNs, TIMER_DUE))).toEqual(['transmit']);
    expect(agent.holding).toBe(0);
  });

  it('lets urgent bundles go first', () => {
    const { agent, step } = bench();
    const lifetimes: number[] = [];
    step(0, send('b'));
    for (const priority of [0, 1, 2] as const)
      step(0, send('b', { priority, lifetime: (9 + priority) * S }));
    for (let count = 0; count < 3; count += 1) {
      const [effect] = step(agent.nextAt(), TIMER_DUE);
      const view = new BundleView();
      const { bundle } = effect as Extract<Effect, { kind: 'transmit' }>;
      view.open(bundle, 0, bundle.length);
      lifetimes.push(view.lifetimeMs);
    }
    expect(lifetimes).toEqual([11_000, 10_000, 9_000]);
  });

  it('refuses what it cannot keep', () => {
    const { step } = bench({ options: { store: { ...STORE, bytes: 2_500 } } });
    const outcomes = ['nobody', 'b', 'b', 'b', 'b'].map((to) => {
      const answer = step(0, send(to)).find(({ kind }) => kind === 'answer');
      return (answer as Extract<Effect, { kind: 'answer' }>).outcome;
    });
    // The first bundle for b leaves at once, two wait, and there is no room for another.
    expect(outcomes).toEqual(['unknown-peer', 'ok', 'ok', 'ok', 'no-storage']);
  });

  it('drops a bundle after its lifetime, not at its end', () => {
    const { agent, step } = bench({ contacts: { windows: [] } });
    step(0, send('b', { lifetime: 10 * S }));
    expect(agent.nextAt()).toBe(10 * S + 1);
    expect(kinds(step(10 * S, TIMER_DUE))).toEqual([]);
    expect(kinds(step(10 * S + 1, TIMER_DUE))).toEqual(['expired']);
    expect([agent.holding, agent.nextAt()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('keeps bundles between contacts', () => {
    const { agent, step } = bench({ contacts: { windows: [window(10, 20)] } });
    expect(kinds(step(0, send('b')))).toEqual(['answer']);
    expect(agent.waiting).toEqual({ 'no-contact-now': 1 });
    expect(kinds(step(10 * S, { kind: 'way', outlet: 'a--b', way: 'open' }))).toEqual(['transmit']);
  });

  it('begins no transmission that would outlast the contact', () => {
    const { agent, step } = bench({ contacts: { windows: [window(10, 12)] } });
    step(0, send('b'));
    step(0, send('b'));
    expect(kinds(step(10 * S, { kind: 'way', outlet: 'a--b', way: 'open' }))).toEqual(['transmit']);
    // The second one needs until 12.1 s.
    expect(kinds(step(agent.nextAt(), TIMER_DUE))).toEqual([]);
    expect(kinds(step(12 * S, { kind: 'way', outlet: 'a--b', way: 'closed' }))).toEqual([]);
    expect(agent.holding).toBe(1);
    expect(agent.waiting).toEqual({ 'no-contact-now': 1 });
  });

  it('asks the router again when the contact does not come', () => {
    const asked: number[] = [];
    const router: Router = {
      route: (_bundle, { nowNs }) => {
        asked.push(nowNs);
        return asked.length > 1
          ? { kind: 'go', neighbour: 'c', untilNs: 90 * S }
          : { kind: 'go', neighbour: 'b', untilNs: 20 * S };
      },
    };
    const { agent, step } = bench({ contacts: { windows: [window(10, 20)] }, router });
    step(0, send('b'));
    expect(agent.nextAt()).toBe(20 * S + 1);
    step(20 * S + 1, TIMER_DUE);
    expect(asked).toEqual([0, 20 * S + 1]);
    expect(agent.waiting).toEqual({ queue: 1 });
    const effects = step(30 * S, { kind: 'way', outlet: 'a--c', way: 'open' });
    expect(effects).toMatchObject([{ kind: 'transmit', outlet: 'a--c' }]);
  });
});

describe('a node without a clock', () => {
  const none = { clock: 'none' } as const;

  it('says how old its bundles are, with a sequence that never begins anew', () => {
    const { step } = bench({ options: none, rateBps: 1e12, clockOffsetS: (now) => now });
    const fields = [S, S + 1_000_000, 5 * S].map((now) => {
      const sent = step(now, send('b')).find(({ kind }) => kind === 'transmit');
      const { bundle } = sent as Extract<Effect, { kind: 'transmit' }>;
      const view = new BundleView();
      expect(view.open(bundle, 0, bundle.length)).toBeUndefined();
      return [view.createdMs, view.sequence, view.bundleAge >= 0];
    });
    // The bench draws the greatest number.
    const first = 2 ** 32;
    expect(fields).toEqual([0, 1, 2].map((index) => [0, first + index, true]));
  });

  it('adds the time that it had a bundle to its age', () => {
    const { step } = bench({ options: none, contacts: { windows: [window(10, 90)] } });
    step(2 * S, send('b'));
    const effects = step(12 * S, { kind: 'way', outlet: 'a--b', way: 'open' });
    const { bundle } = effects[0] as Extract<Effect, { kind: 'transmit' }>;
    const view = new BundleView();
    view.open(bundle, 0, bundle.length);
    expect(view.ageMs).toBe(10_000);
  });

  it('believes the age that a bundle tells, whatever its creation time', () => {
    const told = foreign({ destination: 'ipn:1.1', createdMs: 5, lifetimeMs: 100 });
    expect(kinds(bench({ options: none }).step(S, told))).toEqual(['deliver']);
    expect(kinds(bench().step(S, told))).toEqual(['expired']);
    const older = foreign({ destination: 'ipn:1.1', createdMs: 5, lifetimeMs: 99 });
    expect(kinds(bench({ options: none }).step(S, older))).toEqual(['expired']);
  });
});

describe('the priority of a bundle', () => {
  it.each([0, 1, 2] as const)('%i goes with it from node to node', (priority) => {
    const first = bench().step(0, send('c', { priority }));
    const { bundle } = first[1] as Extract<Effect, { kind: 'transmit' }>;
    const relay = bench({ own: 'b', contacts: { windows: [window(10, 90)] } });
    relay.step(S, { kind: 'bundle', bytes: bundle, from: 'a' });
    const effects = relay.step(12 * S, { kind: 'way', outlet: 'a--c', way: 'open' });
    expect(effects).toMatchObject([{ kind: 'transmit', priority }]);
  });
});

describe('a received bundle', () => {
  it('is delivered at its destination', () => {
    const { step } = bench();
    const payload = Uint8Array.of(7, 8);
    const effects = step(S, foreign({ destination: 'ipn:1.1', payload }));
    expect(effects).toEqual([{ kind: 'deliver', from: 'c', body: payload }]);
  });

  it('is delivered though the store is full', () => {
    const { step } = bench({ options: { store: { ...STORE, bytes: 0 } } });
    expect(kinds(step(S, foreign({ destination: 'ipn:1.1' })))).toEqual(['deliver']);
    expect(kinds(step(S, foreign({ destination: 'ipn:2.1', sequence: 2 })))).toEqual([
      'source-share',
    ]);
  });

  it('is passed on with a hop more, this node as the previous one, and its age', () => {
    const { agent, step } = bench({ contacts: { windows: [window(10, 90)] } });
    step(2 * S, foreign({ destination: 'ipn:3.1', source: 'ipn:2.1', createdMs: 0 }));
    expect(agent.holding).toBe(1);
    const effects = step(12 * S, { kind: 'way', outlet: 'a--c', way: 'open' });
    const { bundle } = effects[0] as Extract<Effect, { kind: 'transmit' }>;
    const view = new BundleView();
    expect(view.open(bundle, 0, bundle.length)).toBeUndefined();
    expect([view.hops, formatEid(view.previous), view.ageMs]).toEqual([2, 'ipn:1.0', 10_100]);
  });

  it('counts once; a copy is a duplicate, also after the bundle has gone', () => {
    const { step } = bench();
    const bundle = foreign({ destination: 'ipn:1.1' });
    expect(kinds(step(S, bundle))).toEqual(['deliver']);
    expect(kinds(step(2 * S, bundle))).toEqual(['duplicate']);
    expect(kinds(step(3 * S, foreign({ destination: 'ipn:1.1', sequence: 2 })))).toEqual([
      'deliver',
    ]);
  });

  it.each([
    ['after its lifetime', { lifetimeMs: 999 }, 'expired'],
    ['at the end of its lifetime', { lifetimeMs: 1_000 }, 'deliver'],
    ['without a CRC of its primary block', { crcType: 0 as const }, 'primary-unprotected'],
    ['from a node that nobody knows', { source: 'ipn:9.1' }, 'unknown-source'],
    ['from nobody', { source: 'dtn:none', flags: 4 }, 'unknown-source'],
    ['with a record that it does not know', { flags: 2 }, 'unknown-record'],
  ])('%s', (_, sample, expected) => {
    const { step } = bench();
    expect(kinds(step(S, foreign({ destination: 'ipn:1.1', ...sample })))).toEqual([expected]);
  });

  it('from the future counts as new', () => {
    const { step } = bench({ clockOffsetS: () => -100 });
    const effects = step(S, foreign({ destination: 'ipn:1.1', lifetimeMs: 1 }));
    expect(kinds(effects)).toEqual(['deliver']);
  });

  it('without a CRC is taken if the options say so', () => {
    const { step } = bench({ options: { requirePrimaryCrc: false } });
    const effects = step(S, foreign({ destination: 'ipn:1.1', crcType: 0 }));
    expect(kinds(effects)).toEqual(['deliver']);
  });
});

describe('security', () => {
  /** Notes where it is asked, and changes bundles as told. */
  function security(given: Partial<BundleSecurity> = {}): BundleSecurity {
    return {
      made: (bundle) => bundle,
      received: ({ bytes }) => bytes,
      leaving: (copy) => copy,
      ...given,
    };
  }
  const other = sampleBundle({ source: 'ipn:3.1', destination: 'ipn:2.1', sequence: 9 });

  it('adds its blocks to bundles that are made here, before they are stored', () => {
    const { step } = bench({ security: security({ made: () => other }) });
    const effects = step(0, send('b'));
    expect(kinds(effects)).toEqual(['answer', 'transmit']);
    const { bundle } = effects[1] as Extract<Effect, { kind: 'transmit' }>;
    const view = new BundleView();
    expect(view.open(bundle, 0, bundle.length)).toBeUndefined();
    expect([formatEid(view.source), view.sequence]).toEqual(['ipn:3.1', 9]);
  });

  it('changes bundles that come before they are delivered', () => {
    const changed = sampleBundle({
      source: 'ipn:3.1',
      destination: 'ipn:1.1',
      payload: Uint8Array.of(9),
    });
    const { step } = bench({ security: security({ received: () => changed }) });
    const effects = step(S, foreign({ destination: 'ipn:1.1', payload: Uint8Array.of(7) }));
    expect(effects).toEqual([{ kind: 'deliver', from: 'c', body: Uint8Array.of(9) }]);
  });

  it('drops bundles that come, and those that would leave', () => {
    const refusing = bench({ security: security({ received: () => 'bad-flags' }) });
    expect(kinds(refusing.step(S, foreign({ destination: 'ipn:1.1' })))).toEqual(['bad-flags']);
    const asked: string[] = [];
    const leaving = (_: Uint8Array, neighbour: string): 'bad-flags' => {
      asked.push(neighbour);
      return 'bad-flags';
    };
    const guarding = bench({ security: security({ leaving }) });
    expect(kinds(guarding.step(S, send('b')))).toEqual(['answer', 'bad-flags']);
    expect(asked).toEqual(['b']);
    expect(guarding.agent.holding).toBe(0);
  });
});
