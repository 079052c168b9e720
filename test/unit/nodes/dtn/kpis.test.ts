import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import { ContactUseMeter } from '../../../../nodes/dtn/contact-meter.ts';
import type { Router } from '../../../../nodes/dtn/router/router.ts';
import type { MetricSummary, Report } from '../../../../reports/report-schema.ts';
import { load, report, run } from '../../runner/fixture.ts';
import { bench, type Effect, S, send, window } from './agent/bench.ts';

function reportOn(file: string, set: Readonly<Record<string, string>>): Report {
  const scenario = load(file, set);
  return report(scenario, [run(scenario)]);
}

const figure = ({ metrics }: Report, name: string): MetricSummary['value'] | undefined =>
  metrics[name]?.value;

/** How far bundles left from the instant that was planned first, ns. */
const misplanned = (effects: readonly Effect[]): readonly number[] =>
  effects.flatMap((effect) => (effect.kind === 'misplanned' ? [effect.byNs] : []));

/** Plans the instants of a list, one for each time it is asked. */
function planning(leavesNs: number[], untilNs = Number.POSITIVE_INFINITY): Router {
  return {
    route: () => ({ kind: 'go', neighbour: 'b', untilNs, leavesNs: leavesNs.shift() ?? 0 }),
  };
}

describe('dtn.route.error', () => {
  it('is how late a bundle left, or how early', () => {
    const contacts = { windows: [window(10, 40)] };
    for (const [plannedNs, byNs] of [
      [10 * S, 0],
      [7 * S, 3 * S],
      [12 * S, 2 * S],
    ] as const) {
      const { step, stepAll } = bench({ contacts, router: planning([plannedNs]) });
      step(0, send('b'));
      const effects = stepAll(10 * S, { kind: 'way', outlet: 'a--b', way: 'open' });
      expect(misplanned(effects)).toEqual([byNs]);
    }
  });

  it('holds a router to its first plan when the contact does not come', () => {
    const contacts = { windows: [window(10, 20), window(50, 60)] };
    const { agent, step, stepAll } = bench({
      contacts,
      router: planning([10 * S, 50 * S], 20 * S),
    });
    step(0, send('b'));
    expect(agent.nextAt()).toBe(20 * S + 1);
    step(20 * S + 1, TIMER_DUE);
    const effects = stepAll(50 * S, { kind: 'way', outlet: 'a--b', way: 'open' });
    expect(misplanned(effects)).toEqual([40 * S]);
  });

  it('says nothing where routers plan no instants', () => {
    const { stepAll } = bench();
    const effects = stepAll(0, send('b'));
    expect(effects.some(({ kind }) => kind === 'transmit')).toBe(true);
    expect(misplanned(effects)).toEqual([]);
    const { metrics } = reportOn('dtn-tutorial.yaml', { 'options.dtn.router': 'direct' });
    expect(metrics['dtn.forwarded']?.value).toBeGreaterThan(0);
    expect(metrics['dtn.route.error']).toBeUndefined();
  });
});

describe('dtn.contact.use', () => {
  const contact = window(10, 20);
  const next = window(30, 35);

  it('counts a contact once, from its first bundle on, and what bundles took of it', () => {
    const counted: Record<string, number> = {};
    const counter = (metric: string): { add(amount: number): void } => ({
      add: (amount): void => {
        counted[metric] = (counted[metric] ?? 0) + amount;
      },
    });
    const meter = new ContactUseMeter({ counter });
    expect(counted).toEqual({});
    meter.note('a--b', { contact, bytes: 500 });
    meter.note('a--b', { contact, bytes: 1_000 });
    // 8 kbit/s for 10 s.
    expect(counted).toEqual({ 'dtn.contact.bytes': 1_500, 'dtn.contact.volume': 10_000 });
    meter.note('a--c', { contact, bytes: 250 });
    meter.note('a--b', { contact: next, bytes: 250 });
    expect(counted).toEqual({ 'dtn.contact.bytes': 2_000, 'dtn.contact.volume': 25_000 });
    // A contact without a limit has no volume.
    const endless = { ...next, rateBps: Number.POSITIVE_INFINITY };
    meter.note('a--c', { contact: endless, bytes: 250 });
    expect(counted).toEqual({ 'dtn.contact.bytes': 2_000, 'dtn.contact.volume': 25_000 });
  });

  it('comes from departures in planned contacts, with the bytes on the link', () => {
    const { step } = bench({ contacts: { windows: [contact] } });
    step(0, send('b'));
    const [sent] = step(10 * S, { kind: 'way', outlet: 'a--b', way: 'open' });
    expect(sent).toMatchObject({ kind: 'transmit', use: { contact, bytes: 1_063 } });
    const [, always] = bench().step(0, send('b'));
    expect(always).not.toHaveProperty('use');
  });

  it('has no figure where no bundle left in a planned contact', () => {
    const used = reportOn('dtn-tutorial.yaml', { duration: '5s', 'traffic.0.stop': '2s' });
    expect(figure(used, 'dtn.contact.use')).toBeGreaterThan(0);
    const idle = reportOn('dtn-tutorial.yaml', {
      'options.dtn.router': 'static',
      duration: '5s',
      'traffic.0.stop': '2s',
    });
    expect(figure(idle, 'dtn.taken')).toBeGreaterThan(0);
    expect(figure(idle, 'dtn.contact.use')).toBeNull();
  });
});

describe('dtn.overhead', () => {
  it('is the number of transmissions for a delivery, less one; none if nothing was delivered', () => {
    const set = { duration: '20s', 'traffic.0.stop': '2s' };
    // Three hops each.
    expect(figure(reportOn('dtn-tutorial.yaml', set), 'dtn.overhead')).toBe(2);
    // Two light seconds take copies to neighbours, and not to e.
    const short = { ...set, 'options.dtn.router': 'epidemic', 'traffic.0.lifetime': '2s' };
    const expired = reportOn('dtn-tutorial.yaml', short);
    expect(figure(expired, 'dtn.extra_copies')).toBeGreaterThan(0);
    expect(figure(expired, 'dtn.overhead')).toBeNull();
  });

  it('leaves out what routers tell each other', () => {
    const made = reportOn('dtn-bus.yaml', {
      'options.dtn.router': 'first-contact',
      duration: '20min',
    });
    const value = (name: string): number => Number(figure(made, name));
    expect(value('dtn.records')).toBeGreaterThan(100);
    expect(value('dtn.extra_copies')).toBe(value('dtn.forwarded') - value('dtn.arrived'));
  });
});

describe('dtn.buffer.peak', () => {
  it('is the most that one store held, not what it holds at the end', () => {
    const made = reportOn('dtn-conjunction.yaml', { 'traffic.0.stop': '3d' });
    // 23 bundles of 1,063 bytes wait for 13 days.
    expect(made.metrics['dtn.buffer.peak']?.max).toBe(23 * 1_063);
    expect(figure(made, 'dtn.buffer')).toBe(0);
  });
});

describe('dtn.received_again', () => {
  it('has no figure where nothing was received', () => {
    const set = { duration: '5s', 'traffic.0.stop': '2s' };
    expect(figure(reportOn('dtn-tutorial.yaml', set), 'dtn.received_again')).toBe(0);
    const alone = reportOn('dtn-tutorial.yaml', { ...set, 'options.dtn.router': 'static' });
    expect(figure(alone, 'dtn.received_again')).toBeNull();
  });
});
