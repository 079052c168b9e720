/** Messages that no single contact can carry, in virtual time over each layer. */
import { describe, expect, it } from 'vitest';
import { counter, loadText, ratio, run } from '../unit/runner/fixture.ts';

/** A message of 25 kB every minute, over contacts of 10 kB every 10 s. */
function delivered(
  options: string,
  duration = '240s',
  events = '',
): readonly [delivered: number, sent: number, fragments: number] {
  const result = run(
    loadText(`
name: dtn-fragments
topology:
  name: chain
  defaults: { node: { run: dtn }, link: { rate: 80kbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: relay }, { name: bob }]
  links:
    - { ends: alice <-> relay, contacts: { windows: [{ start: 1s, end: 2s }], period: 10s } }
    - { ends: relay <-> bob, contacts: { windows: [{ start: 6s, end: 7s }], period: 10s } }
duration: ${duration}
warmup: 0s
options: { dtn: ${options} }
traffic: [{ from: alice, to: bob, kind: constant, rate: 1/min, size: 25kB, start: 5s, stop: 150s }]
${events}
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
  const { numerator, denominator } = ratio(result, 'dtn.delivery');
  expect(counter(result, 'dtn.duplicates')).toBe(0);
  return [numerator, denominator, counter(result, 'dtn.fragments')];
}

describe('messages that are longer than a contact', () => {
  it.each(['udpcl', 'ltp'])('arrive in parts (%s)', (layer) => {
    const [arrived, sent, fragments] = delivered(`{ layer: ${layer}, fragmentation: proactive }`);
    expect(sent).toBeGreaterThanOrEqual(2);
    expect(arrived).toBe(sent);
    // Three contacts each at least; no crumbs.
    expect(fragments).toBeGreaterThanOrEqual(3 * sent);
    expect(fragments).toBeLessThanOrEqual(20 * sent);
  });

  it('arrive over TCPCL, too, in smaller parts: its streams need a share of each contact', () => {
    const options = '{ layer: tcpcl, fragmentation: proactive }';
    const [arrived, sent, fragments] = delivered(options, '600s');
    expect(arrived).toBe(sent);
    expect(fragments).toBeLessThanOrEqual(100 * sent);
  });

  it('survive crashes in parts, and are delivered once', () => {
    const options = '{ layer: ltp, fragmentation: proactive, store: { kind: durable } }';
    // Both crash when the first message is half way.
    const crashes = ['alice', 'relay'].map((node) => `{ at: 15s, for: 2s, crash: ${node} }`);
    const [arrived, sent] = delivered(options, '240s', `events: [${crashes.join(', ')}]`);
    expect(arrived).toBe(sent);
  });

  it('wait for ever if they must stay whole', () => {
    expect(delivered('{ fragmentation: off }')).toMatchObject([0, expect.any(Number), 0]);
  });
});
