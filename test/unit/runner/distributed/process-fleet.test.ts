/** A fleet whose agents the test plays: they connect as `orrery node` does, over loopback. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  AgentSession,
  type SessionEnd,
} from '../../../../runner/distributed/agent/agent-session.ts';
import { dialChannel } from '../../../../runner/distributed/channel/dial.ts';
import { publicKeyOf } from '../../../../runner/distributed/channel/handshake.ts';
import type { Channel } from '../../../../runner/distributed/channel/model.ts';
import { agentScenario } from '../../../../runner/distributed/messages/assignment-shape.ts';
import type {
  AgentAssignment,
  AgentReport,
} from '../../../../runner/distributed/messages/messages.ts';
import {
  type FleetOptions,
  ProcessFleet,
} from '../../../../runner/distributed/processes/process-fleet.ts';
import { loadText, registry } from '../fixture.ts';
import { NobodysChannel } from './fixture.ts';

const key = new Uint8Array(32).fill(7);
const listener = publicKeyOf(key);
/** The secret key of a node, made from its name. */
const keyOf = (name: string): Uint8Array => new Uint8Array(32).fill(name.charCodeAt(0));
const nodeKeys = new Map(
  ['alice', 'bob', 'carol'].map((name) => [name, publicKeyOf(keyOf(name))] as const),
);
const WAIT = { timeout: 10_000, interval: 5 };
const PINGS = `
name: pings
topology:
  name: cable
  nodes:
    - { name: alice, run: ping, address: 127.83.7.1 }
    - { name: bob, run: ping, address: 127.83.7.2 }
  links: [{ ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }]
duration: 60s
warmup: 0s
traffic: [{ from: bob, to: alice, kind: constant, rate: 1/s, size: 64B, start: 50s }]
kpis: {}
`;
const fleets: ProcessFleet[] = [];
afterEach(async () => {
  for (const fleet of fleets.splice(0)) await fleet.close(100);
});

interface Heard {
  readonly fleet: ProcessFleet;
  readonly reports: [number, AgentReport][];
  readonly gone: string[];
  readonly refused: string[];
}

async function open(more: Partial<FleetOptions> = {}): Promise<Heard> {
  const reports: [number, AgentReport][] = [];
  const gone: string[] = [];
  const refused: string[] = [];
  const fleet = new ProcessFleet({
    groups: [['alice'], ['bob']],
    key,
    nodeKeys,
    onReport: (agent, report): unknown => reports.push([agent.id, report]),
    onGone: (agent, why): unknown => gone.push(`${agent.name}: ${why}`),
    onRefused: (_, reason): unknown => refused.push(reason),
    ...more,
  });
  fleets.push(fleet);
  await fleet.open();
  return { fleet, reports, gone, refused };
}

interface Dialled {
  readonly channel: Channel;
  readonly commands: unknown[];
  readonly ended: Promise<string>;
}

async function dial({ port }: ProcessFleet, ...hosts: string[]): Promise<Dialled> {
  const own = keyOf(hosts[0] ?? '');
  const channel = await dialChannel({ host: '127.0.0.1', port, key: own, listener });
  const commands: unknown[] = [];
  channel.onMessage = (message): unknown => commands.push(message);
  const ended = new Promise<string>((resolve) => {
    channel.onClose = resolve;
  });
  channel.send({ type: 'hello', hosts, pid: 4_711 } satisfies AgentReport);
  return { channel, commands, ended };
}

describe('ProcessFleet', () => {
  it('meets agents in any order and passes on what they say', async () => {
    const { fleet, reports } = await open();
    const bob = await dial(fleet, 'bob');
    bob.channel.send({ type: 'loaded' } satisfies AgentReport);
    await dial(fleet, 'alice');
    await vi.waitFor(() => expect(reports).toHaveLength(3), WAIT);
    expect(fleet.agents.map(({ state }) => state)).toEqual(['connected', 'connected']);
    expect(reports.filter(([id]) => id === 1).map(([, { type }]) => type)).toEqual([
      'hello',
      'loaded',
    ]);
    fleet.tell({ type: 'mute' }, ['bob']);
    await vi.waitFor(() => expect(bob.commands).toEqual([{ type: 'mute' }]), WAIT);
  });

  it('sends away by name whom nobody waits for, and whom the run cannot use', async () => {
    const refusal = vi.fn(() => 'bob has a different topology file from x.yaml');
    const { fleet, refused, reports } = await open({ refusal });
    const carol = await dial(fleet, 'carol');
    expect(await carol.ended).toBe('peer closed');
    expect(carol.commands).toEqual([{ type: 'refused', reason: 'this run does not expect carol' }]);
    const bob = await dial(fleet, 'bob');
    await bob.ended;
    expect(bob.commands).toEqual([
      { type: 'refused', reason: 'bob has a different topology file from x.yaml' },
    ]);
    expect(refused).toEqual([
      'this run does not expect carol',
      'bob has a different topology file from x.yaml',
    ]);
    expect(reports).toEqual([]);
  });

  it('sends a second process of the same node away', async () => {
    const { fleet } = await open();
    await dial(fleet, 'bob');
    const second = await dial(fleet, 'bob');
    await second.ended;
    expect(second.commands).toEqual([{ type: 'refused', reason: 'this run does not expect bob' }]);
  });

  it('tells once that an agent is gone, and why', async () => {
    const { fleet, gone } = await open();
    const bob = await dial(fleet, 'bob');
    await vi.waitFor(() => expect(fleet.agents[1]?.state).toBe('connected'), WAIT);
    bob.channel.close();
    await bob.ended;
    await vi.waitFor(() => expect(gone).toEqual(['bob: peer closed']), WAIT);
    expect(fleet.agents[1]?.state).toBe('dead');
  });

  it('R-243: lets a node that others restart wait until its crash is over', async () => {
    const { fleet, reports } = await open();
    const bob = await dial(fleet, 'bob');
    await vi.waitFor(() => expect(reports).toHaveLength(1), WAIT);
    fleet.kill('bob', 'synced');
    fleet.kill('bob', 'synced');
    await vi.waitFor(() => expect(bob.commands).toEqual([{ type: 'die' }]), WAIT);
    // systemd restarts the process before the fault has ended.
    const early = await dial(fleet, 'bob');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([early.commands, reports.length]).toEqual([[], 1]);
    fleet.revive('bob');
    await vi.waitFor(() => expect(reports).toHaveLength(2), WAIT);
    expect(reports.at(-1)).toMatchObject([2, { type: 'hello', hosts: ['bob'] }]);
    expect(fleet.agentOf('bob')).toMatchObject({ id: 2, state: 'connected' });
  });

  it('starts nothing anew that lives', async () => {
    const { fleet } = await open();
    await dial(fleet, 'bob');
    await vi.waitFor(() => expect(fleet.agentOf('bob')?.state).toBe('connected'), WAIT);
    fleet.revive('bob');
    expect(fleet.agents).toHaveLength(2);
  });

  it('finds out that an agent is on this machine, and shares its clock', async () => {
    const { fleet } = await open();
    const channel = await dialChannel({
      host: '127.0.0.1',
      port: fleet.port,
      key: keyOf('bob'),
      listener,
    });
    void new AgentSession({ channel, hosts: ['bob'], registry });
    await vi.waitFor(() => expect(fleet.agentOf('bob')?.state).toBe('connected'), WAIT);
    // Called twice at the same time: the rounds run one after the other.
    await Promise.all([fleet.syncClocks(), fleet.syncClocks()]);
    expect(fleet.agentOf('bob')?.clock.isShared).toBe(true);
  });

  it('refuses the run in one line when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { readonly port: number };
    const opening = open({ listen: { host: '127.0.0.1', port } });
    await expect(opening).rejects.toMatchObject({
      name: 'Refusal',
      message: `the coordinator cannot listen at 127.0.0.1:${port}: another program listens there`,
    });
    other.close();
  });
});

describe('AgentSession', () => {
  const session = (): { channel: NobodysChannel; session: AgentSession } => {
    const channel = new NobodysChannel();
    return { channel, session: new AgentSession({ channel, hosts: ['bob'], registry }) };
  };

  it('says who it is, first of all', () => {
    expect(session().channel.sent).toEqual([{ type: 'hello', hosts: ['bob'], pid: process.pid }]);
  });

  it.each<[string, SessionEnd, object[]]>([
    ['lost', { kind: 'lost', reason: 'closed' }, []],
    [
      'refused',
      { kind: 'refused', reason: 'this run does not expect bob' },
      [{ type: 'refused', reason: 'this run does not expect bob' }],
    ],
    ['done', { kind: 'done' }, [{ type: 'mute' }, { type: 'stop' }]],
  ])('ends as %s', async (_, end, commands) => {
    const { channel, session: one } = session();
    for (const command of commands) channel.onMessage(command);
    channel.close();
    expect(await one.end).toEqual(end);
  });

  it('R-062: drains before it has its order', async () => {
    const { channel, session: one } = session();
    await one.drain();
    expect(channel.isClosed).toBe(true);
    expect(await one.end).toEqual({ kind: 'done' });
  });

  it('R-062: accepts no new work once it drains', async () => {
    const { channel, session: one } = session();
    const scenario = agentScenario(loadText(PINGS), 'topology');
    const bundle = { roots: { bob: key }, shared: {}, publicKeys: {}, published: {} };
    const order: AgentAssignment = {
      ...{ hosts: ['bob'], scenario, seed: 1, run: '0123456789abcdef', bundle },
      ...{ shape: 'off', precision: 'low', nextSequence: [0] },
    };
    channel.onMessage({ type: 'load', order });
    const said = (): readonly object[] => channel.sent;
    await vi.waitFor(() => expect(said()).toContainEqual({ type: 'loaded' }), WAIT);
    channel.onMessage({ type: 'start', zeroNs: process.hrtime.bigint() });
    const { world, agenda } = one.agent ?? {};
    let begun = 0;
    const begin = (): unknown => world?.sim.pump.enter(() => agenda?.runSource(world.now(), count));
    const count = (): void => {
      begun += 1;
    };
    begin();
    expect(begun).toBe(1);
    // A source whose turn comes while the node drains.
    const obey = one.agent?.obey.bind(one.agent);
    vi.spyOn(one.agent!, 'obey').mockImplementation((command) => {
      if (command.type === 'stop') begin();
      obey?.(command);
    });
    await one.drain();
    expect(begun).toBe(1);
    expect(channel.sent.at(-1)).toMatchObject({ type: 'result' });
  });

  it('tells an order that it cannot carry out, and ends', async () => {
    const { channel, session: one } = session();
    channel.onMessage({ type: 'load', order: { hosts: ['bob'] } });
    expect(await one.end).toMatchObject({ kind: 'broken' });
    expect(channel.sent.at(-1)).toMatchObject({
      type: 'broken',
      kind: 'refused',
      message: 'the coordinator sent an invalid message: load.order.scenario is not an object',
    });
  });
});
