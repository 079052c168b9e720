/**
 * The datagram protocol (nodes/datagram).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { deliveryOf, loadText, runText } from '../../../conformance/stack.ts';

const pair = (link: string, flow: string, options = ''): string => `
name: pair
topology:
  name: pair
  defaults: { node: { run: datagram${options} } }
  nodes: [{ name: alice }, { name: bob }, { name: carol }]
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 10ms${link} }, { ends: bob <-> carol, delay: 1ms, rate: 1Gbit/s }]
duration: 2s
traffic:
  - { kind: constant, rate: 100/s, ${flow} }
`;

describe('datagram', () => {
  it('delivers each message of a neighbour once, and adds no byte', async () => {
    const result = await runText(pair('', 'from: alice, to: bob, size: 1200B'));
    expect(deliveryOf(result, 'datagram')).toEqual([199, 199]);
    expect(result.metrics['datagram.sent']).toEqual({ kind: 'counter', value: 199 });
    expect(result.metrics['datagram.received']).toEqual({ kind: 'counter', value: 199 });
    const latency = result.metrics['datagram.latency'];
    if (latency?.kind !== 'histogram') throw new Error('no latency');
    // 1,200 B at 10 Mbit/s and 10 ms; 28 B of IPv4 and UDP if the link counts them.
    expect(latency.data.min).toBeGreaterThanOrEqual(10_960_000);
    expect(latency.data.max).toBeLessThan(11_000_000);
  });

  it('loses what the link loses', async () => {
    const result = await runText(pair(', loss: 20%', 'from: alice, to: bob, size: 100B'));
    const [delivered, sent] = deliveryOf(result, 'datagram');
    expect(sent - delivered).toBe(result.packets.drops['loss']);
    expect(sent - delivered).toBeGreaterThan(20);
  });

  it('refuses a message above its limit, and takes one of that length', async () => {
    const flow = (size: number): string => `from: alice, to: bob, size: ${size}B`;
    const at = ', options: { maxBytes: 100 }';
    expect(deliveryOf(await runText(pair('', flow(100), at)), 'datagram')).toEqual([199, 199]);
    // The file is refused before the node is asked; the node itself refuses in test/conformance/stack.test.ts.
    await expect(runText(pair('', flow(101), at))).rejects.toMatchObject({
      issues: [{ message: '101 B is above 100 B, the most that datagram carries' }],
    });
    const terms = (await loadText(pair('', flow(100)))).registry.protocols('datagram');
    expect(terms?.carries?.(terms.config.safeParse({}) as never)).toBeDefined();
  });

  it('does not route: a node without a common link is not reached', async () => {
    const result = await runText(pair('', 'from: alice, to: carol, size: 100B'));
    expect(deliveryOf(result, 'datagram')).toEqual([0, 199]);
    expect(result.packets.drops['no-route']).toBe(199);
  });
});
