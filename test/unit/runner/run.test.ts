import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseExitCode, judgeRun } from '../../../reports/judge.ts';
import type { JudgeInput, SeedResult } from '../../../reports/model.ts';
import { checkDeterminism } from '../../../runner/run/check-determinism.ts';
import { RunControl } from '../../../runner/run/run-control.ts';
import type { RunEnd, RunState } from '../../../runner/run/run-order.ts';
import { runScenario } from '../../../runner/threads/run-scenario.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { scenarioMetrics } from '../../../scenarios/open/nodes.ts';
import { load, loadText, ratio, registry, report, run, SECOND, samples } from './fixture.ts';

const hello = load('hello.yaml', { duration: '3s' });
const short = load('failover.yaml', {
  duration: '9s',
  warmup: '3s',
  'traffic.0.rate': '100/s',
  crypto: 'modelled',
  events: '[{ at: 5s, for: 1s, link: "core-110 <-> core-310", set: { up: false } }]',
});

/** A result without the parts that differ from run to run. */
const same = ({ wallMs, engine, memory, ...rest }: SeedResult): object => ({
  ...rest,
  hasWall: wallMs > 0 && (engine?.busyMs ?? 0) > 0 && memory !== undefined,
});

describe('one run', () => {
  it('A, B, A on one thread gives equal A: nothing stays behind in modules', () => {
    const first = run(short);
    run(hello);
    run(short, 2);
    expect(same(run(short))).toEqual(same(first));
  });

  it('poisoned buffers change nothing: no node reads what it has handed on', () => {
    const poisoned = run(short, 1, { buffers: 'poison' });
    expect(poisoned.fingerprint).toBe(run(short).fingerprint);
  });

  it('recording trace and capture changes nothing of what is recorded', () => {
    const folder = mkdtempSync(join(tmpdir(), 'orrery-run-'));
    try {
      const path = join(folder, 'trace.orr');
      const recordings = {
        trace: { path, extent: 'full' },
        pcapPath: join(folder, 'trace.pcapng'),
      } as const;
      const recorded = run(hello, 1, { recordings });
      expect(same(recorded)).toEqual(same(run(hello)));
      expect(statSync(path).size).toBeGreaterThan(1_000);
      expect(statSync(recordings.pcapPath).size).toBeGreaterThan(10_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('twice gives the same events, one by one', () => {
    expect(checkDeterminism({ scenario: hello, registry, seed: 1 })).toMatchObject({
      kind: 'same',
      fingerprint: run(hello).fingerprint,
    });
  });

  it('another seed or size gives another fingerprint', () => {
    const prints = [run(short), run(short, 2), run(load('hello.yaml')), run(hello)];
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(4);
  });

  it('accounts for every packet after faults of all kinds', () => {
    const scenario = load('failover.yaml', {
      duration: '14s',
      warmup: '3s',
      'traffic.0.rate': '100/s',
      crypto: 'modelled',
      events: `[
        { at: 3500ms, for: 1s, link: "core-110 <-> core-310", hold: true },
        { at: 4s, for: 3s, link: "core-120 <-> core-320", set: { loss: 10%, duplicate: 5% } },
        { at: 5s, for: 2s, partition: { from: [core-110], to: [br-111-1] }, direction: one-way },
        { at: 6s, for: 1s, crash: core-320, store: torn },
        { at: 7s, for: 2s, clock: { node: gateway-211, step: 1s, drift: 100ppm } },
        { at: 8s, for: 2s, link: ["core-110 <-> core-310", "core-120 <-> core-320"], tap: { replay: 10%, replayWithin: 20, reorder: 20, forge: 5% } },
        { at: 8500ms, for: 1s, link: "core-130 <-> core-330", set: { corrupt: 20% } },
        { at: 10s, for: 1s, crash: gateway-211, store: prefix },
      ]`.replace(/\s+/g, ' '),
    });
    const result = run(scenario);
    expect(result.faults).toHaveLength(8);
    const found = report(scenario, [result]).invariants;
    expect(found.map(({ name, pass }) => [name, pass])).toEqual([
      ['conservation of packets', true],
      ['conservation of messages', true],
      ['packets received', true],
      ['faults hit something', true],
    ]);
    expect(result.packets.injected).toBeGreaterThan(50);
    expect(result.packets.duplicated).toBeGreaterThan(3);
    expect(result.metrics['gateway.duplicates']).toEqual({ kind: 'counter', value: 0 });
    expect(result.metrics['gateway.corrupted']).toEqual({ kind: 'counter', value: 0 });
    expect(result.metrics['antireplay.false_accept']).toEqual({ kind: 'counter', value: 0 });
  });

  it('R-237: packets damaged on the way are not delivered, whatever checks the protocol has', () => {
    const scenario = load('hello.yaml', {
      duration: '4s',
      events: '[{ at: 1s, link: "alice <-> bob", direction: forward, set: { corrupt: 30% } }]',
    });
    const result = run(scenario);
    const { numerator, denominator } = ratio(result, 'ping.delivery');
    const damaged = result.metrics['ping.corrupted'];
    const lost = denominator - numerator;
    expect(lost / denominator).toBeGreaterThan(0.2);
    expect(lost / denominator).toBeLessThan(0.4);
    // Ping has no checksum, so nearly all damaged packets reach the application, which rejects
    // them.
    expect(damaged?.kind === 'counter' && damaged.value > 0.7 * lost).toBe(true);
  });

  it('R-238: a scenario in which no packet reaches an application fails', () => {
    const scenario = load('failover.yaml', {
      duration: '5s',
      warmup: '1s',
      'traffic.0.rate': '10/s',
      crypto: 'modelled',
      events: '[]',
      options: '{ gateway-211: { peers: [] } }',
      kpis: '{ antireplay.false_reject: { count: "== 0" } }',
    });
    const verdict = report(scenario, [run(scenario)]);
    expect(verdict.kpis.every(({ pass }) => pass)).toBe(true);
    expect(verdict.pass).toBe(false);
    expect(verdict.invariants.find(({ name }) => name === 'packets received')?.pass).toBe(false);
    expect(chooseExitCode(verdict)).toBe(1);
  });

  it('a flow that its fault never gives back its packets has a sample to the end', () => {
    const scenario = load('failover.yaml', {
      duration: '8s',
      warmup: '3s',
      'traffic.0.rate': '100/s',
      crypto: 'modelled',
      events: '[{ at: 5s, link: "br-111-* <-> gateway-111", set: { up: false } }]',
    });
    const [gap] = samples(run(scenario), 'gateway.failover');
    expect(gap).toBeGreaterThan(2.9 * SECOND);
    expect(gap).toBeLessThan(3.1 * SECOND);
  });

  it('a fault that cannot be carried out ends the run with its kind', () => {
    const scenario = loadText(
      `name: nowhere
topology: scion-default.yaml
duration: 5s
traffic: [{ from: gateway-111, to: gateway-211, kind: constant, rate: 10/s }]
events:
  - { at: 1s, for: 1s, partition: { from: [gateway-111], to: [gateway-211] } }
`,
    );
    expect(() => run(scenario)).toThrow('event-1 touches nothing');
  });
});

describe('a run that is stopped', () => {
  it.each([
    ['interrupt', 'interrupted', 130],
    ['timeIsUp', 'time-limit', 5],
  ] as const)(
    'by %s ends as %s with exit code %i, and the report says how far it came',
    (how, ending, code) => {
      const control = new RunControl();
      control[how]();
      const verdict = report(hello, [run(hello, 1, { control })]);
      expect(verdict).toMatchObject({ ending, pass: false });
      expect(verdict.virtualSeconds).toBeLessThan(1);
      expect(chooseExitCode(verdict)).toBe(code);
    },
  );

  it('says the first reason when there are two', () => {
    const control = new RunControl();
    control.timeIsUp();
    control.interrupt();
    expect(control.stopReason).toBe('time-limit');
  });
});

describe('runs on worker threads', () => {
  const order = (scenario: Scenario, threads: number): Parameters<typeof runScenario>[0] => ({
    scenario,
    definitions: scenarioMetrics(scenario, registry),
    seeds: [3, 1, 2],
    recordingsOf: () => ({}),
    reproduce: 'npm run scenario hello.yaml',
    commit: 'test',
    threads,
  });
  const input = (end: RunEnd): JudgeInput => {
    if (end.kind !== 'judged') throw new Error(end.kind);
    return end.input;
  };

  it('one or two of them: the same fingerprints, sorted by seed, and equal to a run without', async () => {
    const one = judgeRun(input(await runScenario(order(hello, 1))));
    const two = judgeRun(input(await runScenario(order(hello, 2))));
    expect(two.seeds).toEqual([1, 2, 3]);
    expect(two.fingerprint).toBe(one.fingerprint);
    expect(two.perSeed[0]?.fingerprint).toBe(run(hello, 1).fingerprint);
    expect(two.kpis).toEqual(one.kpis);
  });

  it('progress fell to 0.0 s after the last seed: nothing is told when no seed is under way', async () => {
    const told: RunState[] = [];
    const onProgress = (state: RunState): void => void told.push(state);
    input(await runScenario({ ...order(hello, 1), onProgress }));
    expect(told.filter(({ seedsDone, seeds }) => seedsDone === seeds)).toEqual([]);
  });
});
