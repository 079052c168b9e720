/**
 * Delays by verifiable random functions in a running mixnet: every mix audits the loops that it
 * sends.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../reports/model.ts';
import type { PreparedRun } from '../../../../runner/run/assemble-seed.ts';
import { counter, load, prepare, ratio, run, SECOND } from '../../runner/fixture.ts';

type Overrides = Readonly<Record<string, string>>;

/** All mixes are linked, so that each can query the others; a loop is sent every 500 ms. */
const AUDITED: Overrides = {
  crypto: 'modelled',
  duration: '35s',
  warmup: '3s',
  'topology.generate.clients': '2',
  'topology.generate.width': '2',
  'topology.generate.placement': 'beacon',
  'options.mixnet.epoch': '12s',
  'options.mixnet.rates.delay': '{ mean: 50ms }',
  'options.mixnet.rates.payload': '{ mean: 400ms }',
  'options.mixnet.rates.mixLoop': '{ mean: 500ms }',
  'options.mixnet.rates.providerLoop': '{ mean: 500ms }',
  'options.mixnet.mixing': '{ strategy: vrf-exp }',
  traffic: '[{ from: client-1, to: client-2, kind: constant, rate: 0.5/s, size: 200B, stop: 20s }]',
};
const SERVERS = ['mix-1-1', 'mix-1-2', 'mix-2-1', 'mix-2-2', 'mix-3-1', 'mix-3-2', 'provider-1'];

const audited = (more: Overrides = {}): ReturnType<typeof load> =>
  load('mixnet.yaml', { ...AUDITED, ...more });

const outcome = (result: SeedResult): readonly [number, number] => [
  counter(result, 'mix.audit_failures'),
  counter(result, 'mix.audit_suspects'),
];

/** The nodes that a node suspects at the end. */
function suspectsOf({ experiment }: PreparedRun, name: string): readonly string[] {
  return (experiment.node(name)?.status?.()['suspects'] ?? []) as readonly string[];
}

describe('mixes that delay by VRF', () => {
  it.each(['tai', 'ell2'])('R-182: pass every audit in virtual time when honest (%s)', (suite) => {
    const result = run(audited({ 'options.mixnet.vrfSuite': suite }));
    expect(counter(result, 'mix.audits')).toBeGreaterThan(300);
    // With modelled cryptography, one input in 10^7 has no output in the suite `tai`.
    expect(outcome(result)).toEqual([0, 0]);
    const { numerator, denominator } = ratio(result, 'mixnet.delivery');
    expect([numerator, denominator]).toEqual([8, 8]);
  });

  it('pass with the uniform law, too, and with real keys and proofs', () => {
    const law = '{ strategy: vrf-exp, law: uniform }';
    const short: Overrides = {
      duration: '7s',
      'options.mixnet.rates.mixLoop': '{ mean: 1500ms }',
      'options.mixnet.rates.providerLoop': '0/s',
      'options.mixnet.rates.loop': '0/s',
      'options.mixnet.rates.drop': '0/s',
      'options.mixnet.rates.payload': '{ mean: 2s }',
    };
    const result = run(audited({ 'options.mixnet.mixing': law, crypto: 'node', ...short }));
    expect(counter(result, 'mix.audits')).toBeGreaterThan(6);
    expect(outcome(result)).toEqual([0, 0]);
  });

  it('are found by all others when they take a tenth off, or give no proofs', () => {
    const prepared = prepare(
      audited({ 'options.mix-2-1.double': 'hasty', 'options.mix-3-2.double': 'silent' }),
    );
    prepared.world.sim.runUntil(35 * SECOND);
    // A mix sends no loops over its own layer, so one other mix may never have met the dishonest
    // one.
    const suspected = SERVERS.flatMap((name) => suspectsOf(prepared, name));
    expect(new Set(suspected)).toEqual(new Set(['mix-2-1', 'mix-3-2']));
    expect(suspected.length).toBeGreaterThanOrEqual(2 * (SERVERS.length - 2));
  });

  it('are not audited over nodes that the sender has no link to', () => {
    const result = run(audited({ 'topology.generate.placement': 'fixed', duration: '8s' }));
    expect(counter(result, 'mix.audits')).toBe(0);
    expect(result.warnings.join()).toContain('authority: no loop is audited');
  });

  it('are not audited when the option is off', () => {
    const result = run(audited({ 'options.mixnet.vrfAudit.enabled': 'false', duration: '8s' }));
    expect(counter(result, 'mix.audits')).toBe(0);
    expect(result.warnings).toEqual([]);
  });
});
