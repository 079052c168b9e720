/** Protocols above dtn: messages of up to 16 MiB, whose wishes become those of bundles. */
import { describe, expect, it } from 'vitest';
import { dtnConfig } from '../../nodes/dtn/config.ts';
import { protocol } from '../../nodes/dtn/index.ts';
import { deliveryOf, runText, SHIMS } from '../conformance/stack.ts';

const MIB = 1_048_576;

interface Case {
  readonly bytes: number;
  /** Keys of the flow. */
  readonly flow?: string;
  readonly link?: string;
  /** Number of messages a second, for a second. */
  readonly rate?: number;
}

function textOf({ bytes, flow = '', link = '', rate = 1 }: Case): string {
  return `
name: above-dtn
topology:
  name: pair
  defaults: { node: { run: dtn }, link: { rate: 1Gbit/s, delay: 10ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob${link} }]
duration: 20s
warmup: 0s
drain: 20s
options: { dtn: { store: { kind: durable } } }
stack: [{ on: "*", run: ${SHIMS[0]}, options: { maxBytes: ${bytes} } }]
traffic:
  - { from: alice, to: bob, kind: constant, rate: ${rate}/s, size: ${bytes}B, start: 0s, stop: 1500ms${flow} }
`;
}

describe('a protocol above dtn', () => {
  it('finds a carrier that takes 16 MiB into its custody', () => {
    const durable = dtnConfig.parse({ store: { kind: 'durable' } });
    const terms = { maxBytes: 16 * MIB - 1_024, isOrdered: false };
    expect(protocol.carries?.(durable)).toEqual({ ...terms, delivery: 'custody' });
    expect(protocol.carries?.(dtnConfig.parse({}))).toEqual({ ...terms, delivery: 'best-effort' });
  });

  it('sends a message of as many bytes', async () => {
    // The shim adds a byte, and so does the host.
    const result = await runText(textOf({ bytes: 16 * MIB - 1_024 - 2 }));
    expect(deliveryOf(result, 'shim1')).toEqual([1, 1]);
  });

  it('is refused one more', async () => {
    const result = await runText(textOf({ bytes: 16 * MIB - 1_024 - 1 }));
    expect(deliveryOf(result, 'shim1')).toEqual([0, 1]);
    expect(result.metrics['shim1.refused']).toMatchObject({ value: 1 });
  });

  it('gives bundles the lifetime of its messages', async () => {
    const link = ', contacts: { windows: [{ start: 10s, end: 12s }] }';
    const outcomes: number[] = [];
    for (const lifetime of ['8s', '12s']) {
      const flow = `, tolerant: true, lifetime: ${lifetime}`;
      const [delivered] = deliveryOf(await runText(textOf({ bytes: 500, flow, link })), 'shim1');
      outcomes.push(delivered);
    }
    expect(outcomes).toEqual([0, 1]);
  });
});
