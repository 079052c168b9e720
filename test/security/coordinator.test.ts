/**
 * An agent that has a valid key and sends invalid messages: the coordinator closes its channel with
 * a reason, and the run continues.
 *
 * @module
 */

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import { foldedSeriesName } from '../../engine/measure/bounded-series.ts';
import { LogHistogram } from '../../engine/measure/histogram.ts';
import { Coordinator } from '../../runner/distributed/coordinator/coordinator.ts';
import { agentScenario } from '../../runner/distributed/messages/assignment-shape.ts';
import { readCommand, readReport } from '../../runner/distributed/messages/message-shapes.ts';
import type { AgentCommand, AgentReport } from '../../runner/distributed/messages/messages.ts';
import { packHistogram } from '../../runner/distributed/messages/packed-histogram.ts';
import { ReportGuard } from '../../runner/distributed/messages/report-guard.ts';
import { AgentProcess } from '../../runner/distributed/processes/agent-process.ts';
import type { ProcessFleet } from '../../runner/distributed/processes/process-fleet.ts';
import { Experiment } from '../../runner/experiment/experiment.ts';
import type { KeyBundle } from '../../runner/nodes/key-bundle.ts';
import { nodeMachine } from '../../scenarios/open/node-machine.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import { NobodysChannel, tallyOf, WritingFleet } from '../unit/runner/distributed/fixture.ts';
import { load, registry } from '../unit/runner/fixture.ts';

const scenario = load('hello.yaml');
const SEED = 20_261_121;
const ROUNDS = 20_000;
/** A metric that only the run counts. */
const EXACT = { name: 'ping.exact', kind: 'ratio', unit: 'ratio', help: 'Right sums.' } as const;

function filled(): LogHistogram {
  const histogram = new LogHistogram();
  for (const value of [3, 70_000, 3, 12_345_678]) histogram.record(value);
  return histogram;
}

/** One report of each kind, as agents send them. */
const REPORTS: Readonly<Record<AgentReport['type'], AgentReport>> = {
  hello: {
    type: 'hello',
    hosts: ['alice'],
    pid: 7,
    operatorPort: 9_100,
    topologySha256: 'ab'.repeat(32),
  },
  loaded: { type: 'loaded' },
  ready: { type: 'ready' },
  waiting: { type: 'waiting', nodes: ['alice'] },
  measured: {
    type: 'measured',
    untilNs: 2e9,
    sent: Float64Array.of(0, 0, 1e9, 0, 1, 1.1e9),
    arrived: Float64Array.of(0, 0, 0, 0, 1e9, 1.2e9),
  },
  state: { type: 'state', atNs: 5, node: 'alice', machine: 'peer', state: 'up' },
  span: { type: 'span', node: 'alice', name: 'rekey', beginNs: 5, endNs: 6 },
  finished: { type: 'finished', atNs: 5, node: 'alice', protocol: 'ping' },
  mark: { type: 'mark', atNs: 5, node: 'alice', name: 'path-dead' },
  part: { type: 'part', number: 1, body: Uint8Array.of(1, 2) },
  answer: {
    type: 'answer',
    number: 1,
    answer: { outcome: 'ok', tookNs: 5, parts: 1, bytes: 2 },
  },
  path: { type: 'path', from: 'alice', to: 'bob', links: ['alice--bob'] },
  log: { type: 'log', node: 'alice', level: 'warn', message: 'something' },
  tally: {
    type: 'tally',
    tally: tallyOf({
      metrics: {
        alice: {
          'ping.requests': { kind: 'counter', value: 3 },
          'ping.rtt': { kind: 'histogram', data: packHistogram(filled().data()) },
          [foldedSeriesName('ping.rtt')]: { kind: 'counter', value: 1 },
        },
      },
      lateness: packHistogram(filled().data()),
      refused: [0],
      nodeDrops: { late: 2 },
    }),
  },
  addend: { type: 'addend', space: 'round 1', part: 3, checks: new Uint8Array(64) },
  sum: {
    type: 'sum',
    space: 'round 1',
    parts: [0, 3],
    bits: 20,
    metric: 'ping.exact',
    checks: new Uint8Array(64).fill(9),
  },
  handovers: {
    type: 'handovers',
    batch: { rows: Float64Array.of(0, 99, 0, 1, 5, 6, 7, 1, 99, 0, 1, 8, 0, 0), untold: 0 },
  },
  result: { type: 'result', tally: tallyOf() },
  broken: { type: 'broken', kind: 'exception', message: 'it broke', stack: 'Error: it broke' },
};

const COMMANDS: Readonly<Record<AgentCommand['type'], AgentCommand>> = {
  load: {
    type: 'load',
    order: {
      hosts: ['alice'],
      scenario: agentScenario(scenario, 'topology'),
      seed: 1,
      run: 'abad1deaabad1dea',
      bundle: {
        roots: { alice: new Uint8Array(32) },
        shared: {},
        publicKeys: { bob: { key: new Uint8Array(32) } },
        published: { 'scion/paths': 'text' },
      },
      shape: 'links',
      precision: 'low',
      nextSequence: [0],
      zeroNs: 5n,
    },
  },
  refused: { type: 'refused', reason: 'no' },
  start: { type: 'start', zeroNs: 99n },
  change: {
    type: 'change',
    effect: 1,
    link: 'alice--bob',
    side: 'both',
    change: {
      up: false,
      rateBps: 1e6,
      loss: { kind: 'bernoulli', probability: 0.5 },
      corrupt: null,
    },
  },
  ask: {
    type: 'ask',
    number: 1,
    ask: { node: 'alice', kind: 'status', target: '', body: '', withinNs: 1e9 },
  },
  unask: { type: 'unask', number: 1 },
  hold: { type: 'hold', effect: 1, link: 'alice--bob', side: 'forward' },
  attack: {
    type: 'attack',
    effect: 2,
    link: 'alice--bob',
    attack: {
      kind: 'tap',
      links: { kind: 'ids', ids: ['alice--bob'] },
      replay: 1,
      replayWithin: 100,
      reorder: 0,
      forge: 0.5,
    },
  },
  flood: {
    type: 'flood',
    effect: 3,
    order: {
      id: 'event-1/5000000000',
      flood: {
        forgery: 'opening',
        node: 'alice',
        by: 'bob',
        as: 'bob',
        rate: 5000,
        sizeBytes: 100,
      },
    },
  },
  undo: { type: 'undo', effect: 1 },
  clock: { type: 'clock', node: 'alice', stepNs: -5, ppm: 20 },
  crash: { type: 'crash', node: 'alice', store: 'torn' },
  restart: { type: 'restart', node: 'alice' },
  mute: { type: 'mute' },
  die: { type: 'die' },
  stop: { type: 'stop' },
};

/** Random numbers for an attacker, the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const ODD: readonly unknown[] = [
  null,
  true,
  'x',
  '',
  '__proto__',
  'alice',
  'bob',
  'alice--bob',
  0,
  1,
  2,
  1_000,
  1e6,
  -1,
  0.5,
  2 ** 53,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  10n ** 39n,
  [],
  {},
  new Uint8Array(3),
  new Float64Array(7),
  Float64Array.of(0, 2 ** 52, Number.NaN, 1, 1, 1),
  { type: 'hello' },
  JSON.parse('{"__proto__": {"length": 5}}'),
];

/** A copy with one value changed, removed or added. */
function mutated(value: unknown, roll: (sides: number) => number): unknown {
  const isLeaf = typeof value !== 'object' || value === null || roll(6) === 0;
  if (isLeaf) {
    // In half of the cases of the same type, because values of another type only test the schema.
    const alike = ODD.filter((odd) => typeof odd === typeof value);
    const from = roll(2) === 0 && alike.length > 0 ? alike : ODD;
    return from[roll(from.length)];
  }
  if (value instanceof Float64Array) {
    const changed = Float64Array.from(value);
    const numbers = ODD.filter((odd) => typeof odd === 'number');
    if (changed.length > 0) changed[roll(changed.length)] = numbers[roll(numbers.length)]!;
    return changed;
  }
  if (value instanceof Uint8Array) return value.map((byte) => (roll(4) === 0 ? roll(256) : byte));
  const entries = Object.entries(value);
  const [key] = entries[roll(Math.max(1, entries.length))] ?? ['more'];
  const action = roll(8);
  const next: Record<string, unknown> = { ...value };
  if (action === 0) delete next[key];
  else if (action === 1) next['more'] = ODD[roll(ODD.length)];
  else next[key] = mutated(next[key], roll);
  return Array.isArray(value) ? Object.values(next) : next;
}

describe('every message', () => {
  it.each(Object.entries(REPORTS))('of an agent passes as it is: %s', (_, report) => {
    expect(readReport(report)).toEqual({ message: report });
  });

  it.each(Object.entries(COMMANDS))('of a coordinator passes as it is: %s', (_, command) => {
    expect(readCommand(command)).toEqual({ message: command });
  });

  it('is refused, with the place, when anything of it is missing or something else', () => {
    const optional = ['operatorPort', 'topologySha256', 'links', 'zeroNs', 'lateness'];
    const reports = Object.values(REPORTS).map((message) => ({ message, read: readReport }));
    const commands = Object.values(COMMANDS).map((message) => ({ message, read: readCommand }));
    for (const { message, read } of [...reports, ...commands]) {
      expect(read({ ...message, more: 1 })).toHaveProperty('wrong');
      for (const key of Object.keys(message)) {
        const { [key]: _, ...rest } = message as Readonly<Record<string, unknown>>;
        const odd = { ...message, [key]: Symbol('odd') };
        expect(read(odd)).toHaveProperty('wrong');
        if (!optional.includes(key)) expect(read(rest)).toHaveProperty('wrong');
      }
    }
    expect(readReport({ ...REPORTS.state, atNs: 'soon' })).toEqual({
      wrong: expect.stringMatching(/^state\.atNs is not a number from /),
    });
    for (const odd of ODD) expect(readReport(odd)).toHaveProperty('wrong');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('has no record with the key %s', (key) => {
    const nodeDrops = (name: string): unknown => ({
      type: 'tally',
      tally: { ...tallyOf(), nodeDrops: JSON.parse(`{ "late": 1, "${name}": 2 }`) as unknown },
    });
    expect(readReport(nodeDrops('early'))).toHaveProperty('message');
    expect(readReport(nodeDrops(key))).toEqual({
      wrong: 'tally.tally.nodeDrops has a key that is not allowed',
    });
  });

  it('shows nothing of what was found in what is told about it', () => {
    const secret = 'f00d'.repeat(16);
    const wrongs = [
      readCommand({ ...COMMANDS.load, order: { secret } }),
      readReport({ type: secret }),
      readReport({ ...REPORTS.log, level: secret }),
      readReport({ type: 'tally', tally: { [secret]: 1 } }),
    ];
    for (const wrong of wrongs) expect(JSON.stringify(wrong)).not.toContain(secret);
  });

  it('of histograms adds up, or is refused', () => {
    const good = packHistogram(filled().data());
    const tally = (lateness: unknown): unknown => ({
      type: 'tally',
      tally: { ...tallyOf(), lateness },
    });
    expect(readReport(tally(good))).toHaveProperty('message');
    for (const change of [
      { count: good.count + 1 },
      { max: good.max * 4 },
      { min: good.max + 1 },
      { counts: Uint8Array.of(0, 0) },
      { counts: Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255) },
      { counts: Uint8Array.of(0, 255, 255, 255, 127, 4) },
      { sumLow: 2 ** 53 - 1 },
    ]) {
      expect([change, readReport(tally({ ...good, ...change }))]).toEqual([
        change,
        { wrong: expect.any(String) },
      ]);
    }
  });
});

class FakeFleet extends WritingFleet {
  readonly agents: AgentProcess[] = [];

  add(host: string): AgentProcess {
    const agent = new AgentProcess(this.agents.length, [host], undefined);
    agent.channel = new NobodysChannel();
    agent.clock.shareClock();
    agent.hasOpenChannel = true;
    this.agents.push(agent);
    return agent;
  }
}

let stopAfter: Coordinator | undefined;
afterEach(() => stopAfter?.world.agenda.stop());

interface Running {
  readonly coordinator: Coordinator;
  readonly guard: ReportGuard;
  readonly experiment: Experiment;
  readonly alice: AgentProcess;
  readonly bob: AgentProcess;
}

/** The coordinator of hello.yaml during the run. */
function running(): Running {
  const fleet = new FakeFleet();
  const coordinator = new Coordinator({
    scenario,
    seed: 1,
    fleet: fleet as unknown as ProcessFleet,
    order: { scenario, seed: 1, run: 'abad1deaabad1dea', shape: 'links', precision: 'low' },
    bundleOf: (): KeyBundle => ({ roots: {}, shared: {}, publicKeys: {}, published: {} }),
    onFailure: vi.fn(),
    onLog: vi.fn(),
  });
  stopAfter = coordinator;
  const experiment = new Experiment({
    machine: nodeMachine,
    world: coordinator.world,
    scenario,
    seed: 1,
    viewOf: (host): never => expect.fail(`${host} runs elsewhere`),
    stackOf: makeProtocolStackFinder(scenario, registry),
    standIns: coordinator.standIns,
  });
  coordinator.attach(experiment);
  experiment.prepare();
  const [alice, bob] = ['alice', 'bob'].map((host) => fleet.add(host)) as [
    AgentProcess,
    AgentProcess,
  ];
  coordinator.load();
  coordinator.start(process.hrtime.bigint() - 3_000_000_000n);
  const guard = new ReportGuard({
    scenario,
    metricsOf: (name): readonly MetricDefinition[] => {
      const host = scenario.topology.hosts.find((spec) => spec.name === name)!;
      return [...makeProtocolStackFinder(scenario, registry)(host)[0].protocol.metrics, EXACT];
    },
    now: (): number => coordinator.world.agenda.now(),
    nextSequence: (flow): number => coordinator.nextSequence(flow),
  });
  return { coordinator, guard, experiment, alice, bob };
}

describe('a report whose shape is right', () => {
  it('passes when an honest agent sends it', () => {
    const { guard } = running();
    for (const report of Object.values(REPORTS)) {
      expect(guard.check(['alice'], report)).toBeUndefined();
    }
  });

  const FAR = 3_600e9;
  const COUNTED = { kind: 'counter', value: 1 } as const;
  const NONE = { kind: 'counter', value: 0 } as const;
  const NUMBERS = Array.from({ length: 1_000 }, (_, n) => n);
  it.each<[string, AgentReport, string]>([
    [
      'a node of another agent',
      { ...REPORTS.state, node: 'bob' } as AgentReport,
      'a node that it does not run',
    ],
    ['the future', { ...REPORTS.mark, atNs: FAR } as AgentReport, 'mark is in the future'],
    [
      'a span backwards',
      { ...REPORTS.span, endNs: 4 } as AgentReport,
      'span ends before it begins',
    ],
    ['a link of its own', { ...REPORTS.path, links: ['x'] } as AgentReport, 'an unknown link'],
    ['a number far ahead', measured([0, 1e9, 5]), 'a sequence number out of order'],
    ['half a packet', measured([0, 0.5, 5]), 'a sequence number out of order'],
    ['a packet of an hour ahead', measured([0, 0, FAR]), 'in the future'],
    ['a flow that there is not', measured([7, 0, 5]), 'a flow of another agent'],
    ['an arrival elsewhere', measured([], [1, 0, 0, 0, 1, 2]), 'a node of another agent'],
    ['an arrival of a billion', measured([], [0, 0, 0, 1e9, 1, 2]), 'a packet that was never sent'],
    ['an arrival of no flow', measured([], [0, 9, 0, 0, 1, 2]), 'a packet that was never sent'],
    ['a metric of its own', metricsOf({ mine: { kind: 'counter', value: 1 } }), 'a metric'],
    ['another kind', metricsOf({ 'ping.rtt': { kind: 'gauge', value: 1 } }), 'a metric'],
    ['labels of its own', metricsOf({ 'ping.requests{path="1"}': COUNTED }), 'other labels'],
    ['labels that it made up', metricsOf({ 'labels.folded{x="1"}': COUNTED }), 'other labels'],
    ['labels in another form', metricsOf({ 'labels.folded{metric=x}': COUNTED }), 'other labels'],
    [
      'a thousand labels',
      metricsOf(Object.fromEntries(NUMBERS.map((n) => [foldedSeriesName(`m${n}`), COUNTED]))),
      'more labels than a node keeps',
    ],
    ['nothing that was folded', metricsOf({ 'labels.folded': NONE }), 'folded series below 1'],
    ['files of no flow', tallied({ filesSent: [5] }), 'unknown flows'],
    ['a sum of its own', { ...REPORTS.sum, metric: 'ping.rtt' } as AgentReport, 'none of it'],
    ['many flows', tallied({ refused: [0, 0, 0] }), 'unknown flows'],
  ])('is refused when it tells of %s', (_, report, wrong) => {
    expect(readReport(report)).toHaveProperty('message');
    expect(running().guard.check(['alice'], report)).toContain(wrong);
  });

  it('is refused when it has a label that no node keeps', () => {
    const metric = { name: 'a.sent', kind: 'counter', unit: 'packets', help: 'Sent.' } as const;
    const guard = new ReportGuard({
      ...{ scenario, now: () => 0, nextSequence: () => 0 },
      metricsOf: () => [{ ...metric, labels: ['path'] }],
    });
    const labelled = (length: number): string | undefined =>
      guard.check(['alice'], metricsOf({ [`a.sent{path="${'x'.repeat(length)}"}`]: COUNTED }));
    expect(labelled(64)).toBeUndefined();
    expect(labelled(65)).toBe('tally: a label that is longer than a node keeps');
  });

  it(`breaks no meter: ${ROUNDS} mutations, seed ${SEED}`, () => {
    const { coordinator, guard, experiment, alice, bob } = running();
    const roll = dice(SEED);
    const all = Object.values(REPORTS).filter(({ type }) => type !== 'broken');
    const told = Array.from({ length: ROUNDS }, () => {
      const agent = roll(2) === 0 ? alice : bob;
      const once = mutated(all[roll(all.length)], roll);
      return { agent, message: roll(2) === 0 ? once : mutated(once, roll) };
    });
    let passed = 0;
    for (const { agent, message } of told) {
      const read = readReport(message);
      if ('wrong' in read || guard.check(agent.hosts, read.message) !== undefined) continue;
      passed += 1;
      coordinator.hear(agent, read.message);
      if (passed % 10 === 0) coordinator.settle();
    }
    coordinator.finish();
    experiment.finish();
    for (const host of ['alice', 'bob']) coordinator.world.metrics(host);
    coordinator.world.tallies.processMetrics(1_000);
    expect(passed).toBeGreaterThan(ROUNDS / 40);
    expect(passed).toBeLessThan(ROUNDS / 2);
  });

  it(`of a coordinator is read without an exception: ${ROUNDS} mutations, seed ${SEED}`, () => {
    const roll = dice(SEED);
    const all = Object.values(COMMANDS);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      if ('wrong' in readCommand(mutated(all[roll(all.length)], roll))) refused += 1;
    }
    expect(refused).toBeGreaterThan(ROUNDS / 2);
  });
});

function measured(sent: readonly number[], arrived: readonly number[] = []): AgentReport {
  const rows = { sent: Float64Array.from(sent), arrived: Float64Array.from(arrived) };
  return { type: 'measured', untilNs: 1, ...rows };
}

function tallied(more: Parameters<typeof tallyOf>[0]): AgentReport {
  return { type: 'tally', tally: tallyOf(more) };
}

function metricsOf(alice: ReturnType<typeof tallyOf>['metrics'][string]): AgentReport {
  return tallied({ metrics: { alice } });
}
