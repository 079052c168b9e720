/**
 * Bundles over TCPCL on simulated streams: contacts, cuts, a full store, and what files may say.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { counter, loadText, ratio, run } from '../unit/runner/fixture.ts';

interface Case {
  /** Options of all nodes. */
  readonly options: string;
  readonly link?: string;
  readonly first?: string;
  readonly second?: string;
  readonly more?: string;
  readonly size?: string;
}

function textOf({ options, link = 'delay: 20ms', first, second, more = '', size }: Case): string {
  const entry = (ends: string, rest: string | undefined): string =>
    `    - { ends: ${ends}${rest === undefined ? '' : `, ${rest}`} }`;
  return `
name: dtn-layers
topology:
  name: chain
  defaults:
    node: { run: dtn }
    link: { rate: 10Mbit/s, ${link} }
  nodes: [{ name: a }, { name: b }, { name: c }]
  links:
${entry('a <-> b', first)}
${entry('b <-> c', second)}
options: { dtn: { ${options} } }
duration: 60s
warmup: 0s
drain: 120s
traffic:
  - { from: a, to: c, kind: constant, rate: 2/s, size: ${size ?? '3kB'}, stop: 50s, tolerant: true }
${more}
kpis: { dtn.delivery: { value: ">= 0%" } }
`;
}

function outcome(result: SeedResult): readonly number[] {
  const { numerator, denominator } = ratio(result, 'dtn.delivery');
  return [numerator / denominator, counter(result, 'dtn.duplicates')];
}

const contacts = (...windows: readonly string[]): string =>
  `contacts: { windows: [${windows.join(', ')}] }`;

describe('bundles over TCPCL', () => {
  it('all arrive once, also over a link that loses packets', () => {
    for (const link of ['delay: 20ms', 'delay: 20ms, loss: 2%', 'delay: 400ms']) {
      expect(outcome(run(loadText(textOf({ options: 'layer: tcpcl', link }))))).toEqual([1, 0]);
    }
  });

  it('wait for contacts, and go on in the next one', () => {
    const case_ = {
      options: 'layer: tcpcl',
      first: contacts('{ start: 5s, end: 20s }', '{ start: 40s, end: 60s }'),
      second: contacts('{ start: 10s, end: 30s }', '{ start: 70s, end: 90s }'),
      size: '60kB',
    };
    expect(outcome(run(loadText(textOf(case_))))).toEqual([1, 0]);
  });

  it('outlive a link that is cut for 20 s', () => {
    const more = 'events: [{ at: 10s, for: 20s, link: a <-> b, set: { up: false } }]';
    expect(outcome(run(loadText(textOf({ options: 'layer: tcpcl', more }))))).toEqual([1, 0]);
  });

  it('outlive a relay that crashes, if its store is durable', () => {
    const more = 'events: [{ at: 10s, for: 5s, crash: b }]';
    const options = 'layer: tcpcl, store: { kind: durable }';
    const [share] = outcome(run(loadText(textOf({ options, more }))));
    expect(share).toBe(1);
  });

  it('push back from a full store: nothing is lost, and the sender waits', () => {
    const case_ = {
      options: 'layer: tcpcl, store: { bytes: 40KB, perSource: 100% }',
      second: contacts('{ start: 40s, end: 90s }'),
    };
    const result = run(loadText(textOf(case_)));
    const refused = Object.values(result.messages?.refused ?? {}).reduce((sum, n) => sum + n, 0);
    expect(refused).toBeGreaterThan(10);
    const { numerator, denominator } = ratio(result, 'dtn.delivery');
    expect(denominator - numerator).toBe(refused);
    expect(counter(result, 'dtn.duplicates')).toBe(0);
    expect(numerator).toBeGreaterThan(30);
  });
});

describe('TCPCL with TLS', () => {
  /** Policies of the three nodes in a row. */
  const chain = (policies: readonly string[]): SeedResult => {
    const own = policies.map((tls, index) => `${'abc'[index]}: { tcpcl: { tls: ${tls} } }`);
    const text = textOf({ options: 'layer: tcpcl' });
    const options = `options: { dtn: { layer: tcpcl }, ${own.join(', ')} }`;
    return run(loadText(text.replace('options: { dtn: { layer: tcpcl } }', options)));
  };

  it('all bundles arrive once, over streams that became secure at both ends', () => {
    for (const [policies, secured] of [
      [['off', 'off', 'off'], 0],
      [['prefer', 'prefer', 'off'], 4],
      [['require', 'prefer', 'require'], 8],
    ] as const) {
      const result = chain(policies);
      expect(outcome(result)).toEqual([1, 0]);
      expect(counter(result, 'dtn.tls')).toBe(secured);
    }
  });

  it('a node that requires it refuses sessions of one that has none: nothing passes', () => {
    const result = chain(['require', 'off', 'off']);
    expect(outcome(result)).toEqual([0, 0]);
    expect(result.nodeDrops['tcpcl-no-tls']).toBeGreaterThan(5);
    expect(counter(result, 'dtn.tls')).toBe(0);
  });

  it('begins again after a cut of the link and a crash', () => {
    const events =
      'events: [{ at: 10s, for: 5s, crash: b }, { at: 30s, for: 20s, link: a <-> b, set: { up: false } }]';
    const durable = 'store: { kind: durable }';
    const text = textOf({
      options: `layer: tcpcl, tcpcl: { tls: require }, ${durable}`,
      more: events,
    });
    const result = run(loadText(text));
    expect(outcome(result)[0]).toBe(1);
    expect(counter(result, 'dtn.tls')).toBeGreaterThan(8);
  });
});

describe('what each layer promises (nodes/dtn/README.md#convergence-layers)', () => {
  const lossy = (options: string, size: string): readonly number[] =>
    outcome(run(loadText(textOf({ options, link: 'delay: 20ms, loss: 10%', size }))));

  it.each(['tcpcl', 'ltp'])('%s acknowledges: links that lose 10 % lose no bundle', (layer) => {
    expect(lossy(`layer: ${layer}`, '10kB')).toEqual([1, 0]);
  });

  it('udpcl does not: a bundle in one datagram arrives over two links with 0.81', () => {
    const [share = 1] = lossy('layer: udpcl', '10kB');
    // Four standard errors of 0.039 over 99 bundles.
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.97);
  });

  it('mesh does not: what repair does not give back is gone', () => {
    const [share = 1] = lossy('layer: mesh, router: direct', '10kB');
    expect(share).toBeLessThan(0.9);
  });

  it.each(['udpcl', 'tcpcl', 'ltp'])('%s carries a bundle of 60 kB', (layer) => {
    expect(outcome(run(loadText(textOf({ options: `layer: ${layer}`, size: '60kB' }))))).toEqual([
      1, 0,
    ]);
  });
});

describe('a file', () => {
  const problemOf = (text: string): string => {
    try {
      loadText(text);
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    return '';
  };

  it('with TCPCL over a round trip above 60 s is refused, with line and column', () => {
    const at = (delay: string): string =>
      problemOf(textOf({ options: 'layer: tcpcl', link: `delay: ${delay}` }));
    expect(at('30s')).toBe('');
    const problem = at('30001ms');
    expect(problem).toContain('tcpcl needs round trips of at most 60 s, and one takes 60.002 s');
    expect(problem).toMatch(/test\.yaml:\d+:\d+/);
    expect(problemOf(textOf({ options: 'layer: ltp', link: 'delay: 300s' }))).toBe('');
  });

  it('with different layers at both ends of a link is refused', () => {
    const text = textOf({ options: 'layer: tcpcl' });
    const mixed = text.replace(
      'options: { dtn: { layer: tcpcl } }',
      'options: { c: { layer: ltp } }',
    );
    expect(problemOf(mixed)).toContain('udpcl meets ltp on b--c');
  });
});
