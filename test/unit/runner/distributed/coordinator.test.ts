/**
 * The coordinator alone: its agents are plain objects whose messages the test reads, and its world
 * is that of hello.yaml.
 */

import { afterEach, describe, expect, it, type Mock, vi } from 'vitest';
import { InvariantError } from '../../../../engine/core/assert.ts';
import type { ClockSource } from '../../../../runner/distributed/channel/clock-sync.ts';
import { answerClockPing, ClockProbe } from '../../../../runner/distributed/channel/clock-sync.ts';
import { Coordinator } from '../../../../runner/distributed/coordinator/coordinator.ts';
import type {
  AgentCommand,
  AgentReport,
} from '../../../../runner/distributed/messages/messages.ts';
import { AgentProcess } from '../../../../runner/distributed/processes/agent-process.ts';
import type { ProcessFleet } from '../../../../runner/distributed/processes/process-fleet.ts';
import { Experiment } from '../../../../runner/experiment/experiment.ts';
import type { KeyBundle } from '../../../../runner/nodes/key-bundle.ts';
import { TRUTH_KINDS } from '../../../../runner/traffic/ground-truth.ts';
import { nodeMachine } from '../../../../scenarios/open/node-machine.ts';
import { makeProtocolStackFinder } from '../../../../scenarios/open/nodes.ts';
import { Refusal } from '../../../../scenarios/refusal.ts';
import { load, registry } from '../fixture.ts';
import { NobodysChannel, tallyOf, WritingFleet } from './fixture.ts';

const MS = 1_000_000;

/** A fleet of agents that the test controls. */
class FakeFleet extends WritingFleet {
  readonly agents: AgentProcess[] = [];

  /** Adds a process that was started and has connected. */
  add(host: string): FakeAgent {
    const agent = new AgentProcess(this.agents.length, [host], undefined);
    const channel = new NobodysChannel();
    agent.channel = channel;
    agent.clock.shareClock();
    agent.state = 'connected';
    agent.hasOpenChannel = true;
    this.agents.push(agent);
    return { agent, channel };
  }
}

const hello = (host: string, pid = 1): AgentReport => ({ type: 'hello', hosts: [host], pid });
const sentRow = (sequence: number, atNs: number): Float64Array =>
  Float64Array.from([0, sequence, atNs]);
const nothing = new Float64Array(0);

let stopAfter: Coordinator | undefined;
afterEach(() => stopAfter?.world.agenda.stop());

/** A coordinator with two agents that have connected. */
interface SetUp {
  readonly coordinator: Coordinator;
  readonly experiment: Experiment;
  readonly fleet: FakeFleet;
  readonly failures: unknown[];
  readonly logged: string[];
  readonly onHello: Mock;
  readonly alice: FakeAgent;
  readonly bob: FakeAgent;
  readonly run: () => void;
}

interface FakeAgent {
  readonly agent: AgentProcess;
  readonly channel: NobodysChannel;
}

function setUp(): SetUp {
  const scenario = load('hello.yaml');
  const fleet = new FakeFleet();
  const failures: unknown[] = [];
  const logged: string[] = [];
  const onHello = vi.fn();
  const coordinator = new Coordinator({
    scenario,
    seed: 1,
    fleet: fleet as unknown as ProcessFleet,
    order: { scenario, seed: 1, run: 'abad1deaabad1dea', shape: 'links', precision: 'low' },
    bundleOf: (): KeyBundle => ({ roots: {}, shared: {}, publicKeys: {}, published: {} }),
    onFailure: (error): unknown => failures.push(error),
    onLog: (node, level, message): unknown => logged.push(`${node} ${level} ${message}`),
    onHello,
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
  const alice = fleet.add('alice');
  const bob = fleet.add('bob');
  /** Completes loading and preparation, so that the scenario is running. */
  const run = (): void => {
    coordinator.load();
    for (const { agent } of [alice, bob]) {
      coordinator.hear(agent, { type: 'loaded' });
      coordinator.hear(agent, { type: 'ready' });
    }
    coordinator.start(process.hrtime.bigint());
  };
  return { coordinator, experiment, fleet, failures, logged, onHello, alice, bob, run };
}

describe('the way to the start', () => {
  it('hands out orders and the beginning, and knows who is behind', () => {
    const { coordinator, alice, bob, onHello } = setUp();
    coordinator.hear(alice.agent, hello('alice', 77));
    expect([alice.agent.pid, onHello.mock.calls.length]).toEqual([77, 1]);
    coordinator.load();
    expect(alice.channel.sent).toMatchObject([
      { type: 'load', order: { hosts: ['alice'], nextSequence: [0] } },
    ]);
    coordinator.hear(alice.agent, { type: 'loaded' });
    expect(coordinator.behind('loaded')).toEqual([bob.agent]);
    coordinator.hear(bob.agent, { type: 'loaded' });
    coordinator.hear(bob.agent, { type: 'waiting', nodes: ['bob'] });
    expect(bob.agent.waiting).toEqual(['bob']);
    coordinator.hear(alice.agent, { type: 'ready' });
    expect(coordinator.behind('ready')).toEqual([bob.agent]);
    coordinator.start(123n);
    expect(bob.channel.sent.at(-1)).toEqual({ type: 'start', zeroNs: 123n });
    expect(coordinator.restartsNs).toEqual([]);
  });

  it('corrects the beginning by what is known of another machine’s clock', () => {
    const { coordinator, fleet } = setUp();
    const { agent, channel } = fleet.add('carol');
    vi.spyOn(agent.clock, 'isKnown', 'get').mockReturnValue(true);
    vi.spyOn(agent.clock, 'at').mockReturnValue({ offsetNs: 1_000n, uncertaintyNs: 5 });
    coordinator.start(500n);
    expect(channel.sent).toEqual([{ type: 'start', zeroNs: 1_500n }]);
  });
});

describe('while it runs', () => {
  it('mirrors the path that a node says it uses', () => {
    const { coordinator, experiment, alice, run } = setUp();
    run();
    coordinator.hear(alice.agent, { type: 'path', from: 'alice', to: 'bob', links: ['x', 'y'] });
    expect(experiment.activePath('alice', 'bob')).toEqual(['x', 'y']);
    coordinator.hear(alice.agent, { type: 'path', from: 'alice', to: 'bob' });
    expect(experiment.activePath('alice', 'bob')).toEqual(['alice--bob']);
  });

  it('holds arrivals back until the slowest agent has told as much', () => {
    const { coordinator, experiment, alice, bob, run } = setUp();
    run();
    coordinator.world.agenda.begin(process.hrtime.bigint() - BigInt(2_000 * MS));
    const sent = sentRow(0, 1_500 * MS);
    coordinator.hear(alice.agent, {
      type: 'measured',
      untilNs: 1_600 * MS,
      sent,
      arrived: nothing,
    });
    const arrived = Float64Array.from([1, 0, 0, 0, 1_500 * MS, 1_510 * MS]);
    coordinator.hear(bob.agent, { type: 'measured', untilNs: 1_505 * MS, sent: nothing, arrived });
    coordinator.settle();
    const { meter } = experiment.flows[0]!;
    expect([meter.sentCount, meter.deliveredCount]).toEqual([1, 0]);
    coordinator.hear(bob.agent, {
      type: 'measured',
      untilNs: 1_520 * MS,
      sent: nothing,
      arrived: nothing,
    });
    coordinator.settle();
    expect([meter.sentCount, meter.deliveredCount]).toEqual([1, 1]);
    coordinator.finish();
    expect(coordinator.warnings.all).toEqual([]);
  });

  it('counts no duplicate where its receiver said that it may have come before', () => {
    const { coordinator, experiment, bob, run } = setUp();
    run();
    const row = (kind: number): readonly number[] => [1, 0, kind, 0, 1_500 * MS, 1_510 * MS];
    const arrived = Float64Array.from([0, TRUTH_KINDS.length, 0].flatMap(row));
    coordinator.hear(bob.agent, { type: 'measured', untilNs: 1_600 * MS, sent: nothing, arrived });
    coordinator.finish();
    const { meter } = experiment.flows[0]!;
    expect([meter.deliveredCount, meter.duplicates]).toEqual([1, 1]);
  });

  it('waits five seconds for an agent that tells nothing, no longer', () => {
    const { coordinator, experiment, bob, run } = setUp();
    run();
    coordinator.world.agenda.begin(process.hrtime.bigint() - BigInt(8_000 * MS));
    const arrived = Float64Array.from([1, 0, 0, 0, 1_500 * MS, 1_510 * MS]);
    coordinator.hear(bob.agent, { type: 'measured', untilNs: 1_600 * MS, sent: nothing, arrived });
    coordinator.settle();
    expect(experiment.flows[0]!.meter.deliveredCount).toBe(1);
  });

  it('waits for what a killed agent had measured, until its channel has ended', () => {
    const { coordinator, experiment, alice, bob, run } = setUp();
    run();
    coordinator.world.agenda.begin(process.hrtime.bigint() - BigInt(2_000 * MS));
    alice.agent.reportedUpToNs = 1_900 * MS;
    bob.agent.reportedUpToNs = 1_500 * MS;
    Object.assign(bob.agent, { state: 'dead', isKilled: true });
    expect(coordinator.settle()).toBe(1_500 * MS);
    const arrived = Float64Array.from([1, 0, 0, 0, 1_500 * MS, 1_510 * MS]);
    coordinator.hear(bob.agent, { type: 'measured', untilNs: 1_520 * MS, sent: nothing, arrived });
    bob.agent.hasOpenChannel = false;
    expect(coordinator.settle()).toBe(1_900 * MS);
    expect(experiment.flows[0]!.meter.deliveredCount).toBe(1);
    expect(coordinator.world.measured.late).toBe(0);
  });

  it('says how many reports came too late for their order', () => {
    const { coordinator, bob, run } = setUp();
    run();
    coordinator.world.measured.settle(2_000 * MS);
    const arrived = Float64Array.from([1, 0, 0, 0, 1_500 * MS, 1_510 * MS]);
    coordinator.hear(bob.agent, { type: 'measured', untilNs: 1_600 * MS, sent: nothing, arrived });
    coordinator.finish();
    expect(coordinator.warnings.all).toEqual([
      '1 reports of agents came too late to be processed in order',
    ]);
  });

  it('passes log lines on with their node', () => {
    const { coordinator, bob, logged } = setUp();
    coordinator.hear(bob.agent, { type: 'log', node: 'bob', level: 'info', message: 'hi' });
    expect(logged).toEqual(['bob info hi']);
  });

  it('ignores rows of flows and hosts that are not in the scenario', () => {
    const { coordinator, experiment, bob, run } = setUp();
    run();
    const sent = Float64Array.from([9, 0, 1]);
    const arrived = Float64Array.from([9, 0, 0, 0, 1, 2, 1, 0, 9, 0, 1, 2]);
    coordinator.hear(bob.agent, { type: 'measured', untilNs: 5, sent, arrived });
    coordinator.finish();
    expect(experiment.flows[0]!.meter.deliveredTotal).toBe(0);
  });
});

describe('deaths', () => {
  it('a source that comes back uses no number that it may have used before', () => {
    const { coordinator, fleet, alice, run } = setUp();
    run();
    const sent = sentRow(41, 10);
    coordinator.hear(alice.agent, { type: 'measured', untilNs: 20, sent, arrived: nothing });
    Object.assign(alice.agent, { state: 'dead', isKilled: true });
    const again = fleet.add('alice');
    coordinator.hear(again.agent, hello('alice'));
    expect(again.channel.sent).toMatchObject([
      { type: 'load', order: { nextSequence: [42 + 4_096] } },
    ]);
  });

  it('starts the node anew at once and measures how long it takes', () => {
    const { coordinator, experiment, fleet, bob, run } = setUp();
    run();
    Object.assign(bob.agent, { state: 'dead', isKilled: true });
    const again = fleet.add('bob');
    const node = coordinator.standIns.node(experiment.node('bob') as never);
    expect(node.isReady?.()).toBe(false);
    coordinator.hear(again.agent, hello('bob'));
    coordinator.hear(again.agent, { type: 'loaded' });
    coordinator.hear(again.agent, { type: 'ready' });
    expect(again.channel.types).toEqual(['load', 'start']);
    expect(coordinator.restartsNs).toHaveLength(1);
    expect(coordinator.restartsNs[0]).toBeLessThan(1_000 * MS);
  });

  it('tells a node that comes back which links are down', () => {
    const { coordinator, fleet, bob, run } = setUp();
    run();
    coordinator.world.link('alice--bob').change({ up: false }, 'both');
    Object.assign(bob.agent, { state: 'dead', isKilled: true });
    const again = fleet.add('bob');
    coordinator.hear(again.agent, hello('bob'));
    expect(again.channel.types).toEqual(['load', 'change']);
  });

  it('is not brought back to life by what it had said before it was killed', () => {
    const { coordinator, bob, run } = setUp();
    run();
    Object.assign(bob.agent, { state: 'dead', isKilled: true });
    for (const type of ['loaded', 'ready'] as const) coordinator.hear(bob.agent, { type });
    coordinator.hear(bob.agent, { type: 'result', tally: tallyOf() });
    expect(bob.agent.state).toBe('dead');
    // The measurements that it had sent count.
    coordinator.hear(bob.agent, { type: 'tally', tally: tallyOf({ events: 9 }) });
    expect(coordinator.world.tallies.events).toBe(9);
  });

  it('warns of a death that nobody ordered, with the last words of the process', () => {
    const { coordinator, bob, run } = setUp();
    run();
    bob.agent.stderrTail = 'TypeError: bad\n    at x (y.js:1:1)\n\nNode.js v20.20.0\n';
    coordinator.gone(bob.agent, 'exit 1');
    expect(coordinator.warnings.all).toEqual([
      'bob: the process ended at 0.0 s (exit 1), its last words: TypeError: bad',
    ]);
  });

  it('does not warn of a death that a fault ordered', () => {
    const { coordinator, bob, run } = setUp();
    run();
    bob.agent.isKilled = true;
    coordinator.gone(bob.agent, 'SIGKILL');
    expect(coordinator.warnings.all).toEqual([]);
  });

  it('says that an agent ended by itself, and takes its result', () => {
    const { coordinator, bob, run } = setUp();
    run();
    coordinator.hear(bob.agent, { type: 'result', tally: tallyOf({ events: 4 }) });
    expect(bob.agent.state).toBe('done');
    expect(coordinator.world.tallies.events).toBe(4);
    expect(coordinator.warnings.all).toEqual(['bob: ended by itself at 0.0 s']);
  });
});

describe('the end', () => {
  it('asks for results and knows whose is missing', () => {
    const { coordinator, fleet, alice, bob, run } = setUp();
    run();
    coordinator.stop();
    expect(fleet.told.at(-1)).toEqual([{ type: 'stop' } satisfies AgentCommand]);
    coordinator.hear(alice.agent, { type: 'result', tally: tallyOf() });
    expect(coordinator.unanswered).toEqual([bob.agent]);
    expect(coordinator.warnings.all).toEqual([]);
  });

  it('warns of an agent that dies instead of giving its result', () => {
    const { coordinator, bob, run } = setUp();
    run();
    coordinator.stop();
    bob.agent.state = 'dead';
    coordinator.gone(bob.agent, 'SIGSEGV');
    expect(coordinator.warnings.all).toEqual([
      'bob: the process ended without its result (SIGSEGV)',
    ]);
  });

  it('names the agent whose invariant broke', () => {
    const { coordinator, bob, failures } = setUp();
    const report = {
      type: 'broken',
      kind: 'invariant',
      message: 'tables differ',
      stack: 's',
    } as const;
    coordinator.hear(bob.agent, report);
    expect(failures).toEqual([new InvariantError('bob: tables differ')]);
    expect(coordinator.broken).toEqual({ name: 'bob', message: 'tables differ', stack: 's' });
  });

  it('refuses the run, without a stack, when an agent’s machine is in the way', () => {
    const { coordinator, bob, failures } = setUp();
    const message = 'bob: 127.0.0.3:7007: another program holds it (EADDRINUSE)';
    coordinator.hear(bob.agent, { type: 'broken', kind: 'refused', message, stack: '' });
    expect(failures).toEqual([new Refusal(message)]);
    expect(coordinator.broken).toBeUndefined();
  });
});

describe('clocks of other machines', () => {
  /**
   * A clock that is ahead of the local clock, with 20 ms of delay on the way there and none on the
   * way back.
   */
  function remoteClock(agent: AgentProcess, aheadNs: bigint): void {
    const source: ClockSource = { now: () => process.hrtime.bigint(), machine: 'here' };
    const there: ClockSource = { now: () => process.hrtime.bigint() + aheadNs, machine: 'there' };
    let probe: ClockProbe | undefined;
    const channel = {
      send: (message: object): void => {
        setTimeout(() => {
          answerClockPing({ send: (answer) => void probe?.take(answer) }, message, there);
        }, 20);
      },
    };
    probe = new ClockProbe(channel, agent.clock, source);
    agent.probe = probe;
  }

  it('are not certain within half of the way there and back', async () => {
    const { coordinator, fleet } = setUp();
    const { agent, channel } = fleet.add('carol');
    Object.assign(agent, { clock: new (agent.clock.constructor as new () => object)() });
    remoteClock(agent, 1_000_000_000_000n);
    await agent.syncClock();
    const zeroNs = process.hrtime.bigint();
    coordinator.start(zeroNs);
    const { zeroNs: told } = channel.sent.at(-1) as { zeroNs: bigint };
    expect(Math.abs(Number(told - zeroNs - 1_000_000_000_000n))).toBeLessThan(30 * MS);
    await agent.syncClock();
    expect(coordinator.clockUncertaintyNs()).toBeGreaterThan(5 * MS);
    expect(coordinator.clockUncertaintyNs()).toBeLessThan(200 * MS);
  });

  it('that were never measured make every one-way latency doubtful', () => {
    const { coordinator, fleet } = setUp();
    const { agent } = fleet.add('carol');
    Object.assign(agent, { clock: new (agent.clock.constructor as new () => object)() });
    coordinator.start(process.hrtime.bigint());
    expect(coordinator.clockUncertaintyNs()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('of one machine are certain', () => {
    const { coordinator, run } = setUp();
    run();
    expect(coordinator.clockUncertaintyNs()).toBe(0);
  });

  it('are measured before a process that comes late is told what to do', async () => {
    const { coordinator, fleet, run } = setUp();
    run();
    const { agent, channel } = fleet.add('carol');
    Object.assign(agent, { clock: new (agent.clock.constructor as new () => object)() });
    remoteClock(agent, 5_000_000_000n);
    coordinator.hear(agent, hello('carol'));
    expect(channel.types).toEqual([]);
    await vi.waitFor(() => expect(channel.types).toEqual(['load']), { timeout: 5_000 });
    expect(agent.clockOffsetNs).toBeGreaterThan(4_900_000_000n);
    // Actions of a process before the start still get an instant.
    const [{ order }] = channel.sent as [{ readonly order: { readonly zeroNs: bigint } }];
    coordinator.hear(agent, { type: 'loaded' });
    expect(channel.sent[1]).toMatchObject({ type: 'start' });
    expect(Math.abs(Number(order.zeroNs - (channel.sent[1] as typeof order).zeroNs))).toBeLessThan(
      1 * MS,
    );
  });
});
