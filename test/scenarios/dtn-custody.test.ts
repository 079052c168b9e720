/** What a receipt of a node above a carrier promises, and what happens to bundles if it is wrong. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, loadText, ratio, report, run } from '../unit/runner/fixture.ts';
import { corruptText, loopText } from './dtn-custody-cases.ts';

const OUTAGE = loopText({
  span: 'start: 0s',
  events: '{ at: 60s, for: 24s, link: "*", set: { up: false } }',
});
const CRASH = loopText({
  span: 'start: 84s, stop: 100s',
  events: '{ at: 107366ms, for: 23ms, crash: a }',
});

/** How many bundles were sent, arrived, and are held by nobody. */
function figures(result: SeedResult): readonly number[] {
  const { numerator, denominator } = ratio(result, 'dtn.delivery');
  return [denominator, numerator, counter(result, 'dtn.custody.lost')];
}

describe('bundles that come round by a cycle of three nodes', () => {
  it('arrive all the same after an outage', () => {
    expect(figures(run(loadText(OUTAGE)))).toEqual([179, 179, 0]);
  });

  it('arrive all the same after a crash', () => {
    const result = run(loadText(CRASH));
    expect(figures(result)).toEqual([15, 15, 0]);
    expect(result.messages).toMatchObject({ delivered: 15, open: 0, lost: {} });
  });

  it.each([OUTAGE, CRASH])('are counted if nodes answer for what they have handed on', (text) => {
    const scenario = loadText(text, { 'options.dtn.double': 'blind-receipt' });
    const result = run(scenario);
    const [sent = 0, arrived = 0, lost] = figures(result);
    expect(sent - arrived).toBeGreaterThan(2);
    expect(lost).toBe(sent - arrived);
    expect(result.messages?.lost).toEqual({ 'left-in-carrier': lost });
    const missed = report(scenario, [result]).kpis.filter(({ pass }) => !pass);
    expect(missed.map(({ metric }) => metric)).toEqual(['dtn.custody.lost']);
  });

  it('arrive with a router that gives the only copy to whom it meets', () => {
    const text = OUTAGE.replace('duration: 180s', 'duration: 90s');
    const routed = { 'options.dtn.router': 'first-contact' };
    expect(figures(run(loadText(text, routed)))).toEqual([89, 89, 0]);
    const double = { ...routed, 'options.dtn.double': 'blind-receipt' };
    expect(figures(run(loadText(text, double)))).toEqual([89, 0, 89]);
  });
});

describe('bits that are flipped on the way between two nodes above a carrier', () => {
  it.each([
    ['a link', 'set: { corrupt: 60% }'],
    ['an attacker who sends changed copies', 'tap: { forge: 90% }'],
  ])('by %s: everything arrives, and nothing else', (_, action) => {
    const result = run(loadText(corruptText(action)));
    expect(figures(result)).toEqual([299, 299, 0]);
    expect(counter(result, 'dtn.corrupted')).toBe(0);
    expect(result.messages).toMatchObject({ delivered: 299, open: 0, lost: {} });
  });

  it('over LTP, too, which has no checksum: a damaged bundle is not acknowledged', () => {
    const text = corruptText('set: { corrupt: 20% }')
      .replace('run: datagram', 'run: dtn')
      .replace(/stack: .*/, 'options: { dtn: { layer: ltp, store: { kind: durable } } }')
      .replace(
        '{ ends: a <-> b }',
        '{ ends: a <-> b, contacts: { windows: [{ start: 0s, end: 99s }] } }',
      );
    const result = run(loadText(text));
    expect(figures(result)).toEqual([299, 299, 0]);
    expect(counter(result, 'dtn.corrupted')).toBe(0);
  });
});

describe('bundles that are longer than a message of their carrier', () => {
  it('are refused for that reason, and counted', () => {
    const scenario = loadText(corruptText('set: { loss: 0% }'), {
      'traffic.0.size': '4kB',
      'traffic.0.rate': '2/s',
    });
    const { messages } = run(scenario);
    expect(messages).toMatchObject({ delivered: 0, open: 0, refused: { 'too-large': 29 } });
  });

  it('end at a relay whose carrier takes less, for that reason', () => {
    const text = `
name: dtn-narrow
topology:
  name: dtn-narrow
  defaults: { node: { run: datagram }, link: { rate: 10Mbit/s, delay: 20ms, mtu: 9000B } }
  nodes: [{ name: a }, { name: b }, { name: c }]
  links: [{ ends: a <-> b }, { ends: b <-> c }]
stack: [{ on: "*", run: dtn, options: { store: { kind: durable } } }]
options: { datagram: { maxBytes: 8000 }, b: { maxBytes: 1000 } }
duration: 10s
drain: 30s
traffic: [{ from: a, to: c, kind: constant, rate: 1/s, size: 4kB, tolerant: true, lifetime: 1h }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`;
    const result = run(loadText(text));
    expect(result.messages).toMatchObject({ open: 0, lost: { 'too-large': 9 } });
    expect(counter(result, 'dtn.custody.lost')).toBe(0);
  });
});
