/**
 * Packets as long as their carrier takes, and not a byte longer.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { loadText, NETWORKS, runText, SHIMS } from '../../../conformance/stack.ts';

const PAIR = (options: string): string => `
name: sizes
topology:
  name: pair
  defaults: { node: { run: datagram, options: ${options} }, link: { rate: 1Gbit/s, delay: 1ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob, mtu: 9000B }]
duration: 2s
`;

const entry = (more: string): string =>
  `traffic:\n  - { from: alice, to: bob, kind: constant, rate: 10/s, ${more} }\n`;

async function refusals(text: string): Promise<readonly string[]> {
  try {
    await loadText(text);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(
      ({ code, line, column, endColumn, path, message, sourceLine }) =>
        `${code} ${line} «${sourceLine?.slice(column - 1, endColumn - 1)}» ${path}: ${message}`,
    );
  }
  return [];
}

describe('a packet longer than its carrier takes', () => {
  it('is refused at its line, with the limit of the options that the node has', async () => {
    const text = (size: number): string => PAIR('{ maxBytes: 5000 }') + entry(`size: ${size}B`);
    expect(await refusals(text(5_000))).toEqual([]);
    expect(await refusals(text(5_001))).toEqual([
      'E104 10 «5001B» traffic[0].size: 5001 B is above 5000 B, the most that datagram carries',
    ]);
  });

  it('is refused with options of the scenario over those of the topology', async () => {
    const own = 'options: { datagram: { maxBytes: 600 } }\n';
    expect(await refusals(PAIR('{}') + own + entry('size: 601B'))).toEqual([
      'E104 11 «601B» traffic[0].size: 601 B is above 600 B, the most that datagram carries',
    ]);
    expect(await refusals(PAIR('{}') + own + entry('size: 600B'))).toEqual([]);
  });

  it('is refused where the size is the default', async () => {
    const own = 'options: { datagram: { maxBytes: 999 } }\n';
    const [refusal] = await refusals(PAIR('{}') + own + entry('start: 0s'));
    expect(refusal).toContain('traffic[0].size: 1000 B is above 999 B');
  });

  it('leaves room for the channel below a layer', async () => {
    const stack = `stack: [{ on: "*", run: ${SHIMS[0]}, options: { maxBytes: 2000 } }]\n`;
    const by = (size: number): string => PAIR('{}') + stack + entry(`by: datagram, size: ${size}B`);
    expect(await refusals(by(1_199))).toEqual([]);
    expect((await refusals(by(1_200)))[0]).toContain('1200 B is above 1199 B');
  });

  it('is counted as refused, with the reason, where only the run can know', async () => {
    // The shim takes 2,000 bytes, and the datagrams below it 1,200.
    const stack = `stack: [{ on: "*", run: ${SHIMS[0]}, options: { maxBytes: 2000 } }]\n`;
    const result = await runText(PAIR('{}') + stack + entry('size: 1500B'));
    expect(result.metrics['shim1.refused']).toEqual({ kind: 'counter', value: 19 });
    expect(result.refusals).toEqual({ 'too-large': 19 });
    const fits = await runText(PAIR('{}') + stack + entry('size: 1198B'));
    expect(fits.metrics['shim1.refused']).toEqual({ kind: 'counter', value: 0 });
    expect(fits.refusals).toBeUndefined();
  });
});

describe('a packet of 100 kB', () => {
  it('arrives whole through a mixnet, which cuts it', async () => {
    const { network = '' } = NETWORKS.find(({ carrier }) => carrier === 'mixnet') ?? {};
    const fast = network.replace('{ mean: 200ms }', '{ mean: 5ms }');
    const flow = 'from: client-1, to: client-2, kind: constant, rate: 1/s, start: 2s, stop: 3500ms';
    const { metrics } = await runText(`name: long${fast}\ntraffic: [{ ${flow}, size: 100kB }]\n`);
    expect(metrics['mixnet.delivery']).toEqual({ kind: 'ratio', numerator: 1, denominator: 1 });
    expect(metrics['mixnet.corrupted']).toEqual({ kind: 'counter', value: 0 });
  });
});
