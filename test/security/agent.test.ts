/**
 * Attacks on an agent of a deployment, by somebody who wants to command it or to impersonate it:
 * what a coordinator cannot make it do, and how little the secret of one machine is worth.
 *
 * @module
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { AgentSession, type SessionEnd } from '../../runner/distributed/agent/agent-session.ts';
import { dialChannel } from '../../runner/distributed/channel/dial.ts';
import { publicKeyOf } from '../../runner/distributed/channel/handshake.ts';
import { listenChannel } from '../../runner/distributed/channel/listen.ts';
import { agentScenario } from '../../runner/distributed/messages/assignment-shape.ts';
import type { AgentAssignment, AgentReport } from '../../runner/distributed/messages/messages.ts';
import { ProcessFleet } from '../../runner/distributed/processes/process-fleet.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { loadTopology } from '../../topologies/load.ts';
import type { Topology } from '../../topologies/model.ts';
import { NobodysChannel } from '../unit/runner/distributed/fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-agent-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const WAIT = { timeout: 20_000, interval: 5 };
const BLOCK = `127.${60 + (process.pid % 40)}.${(process.pid >>> 6) & 255}`;

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const CABLE = `
name: cable
nodes:
  - { name: alice, run: ping, address: ${BLOCK}.1 }
  - { name: bob, run: ping, address: ${BLOCK}.2 }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }
`;
write('cable.yaml', CABLE);
const file = write(
  'pings.yaml',
  `
name: pings
question: Do pings come back?
topology: cable.yaml
duration: 2s
traffic: [{ from: alice, to: bob, kind: constant, rate: 100/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 90%" } }
`,
);

write(
  'as.yaml',
  `
name: as
ases: [{ id: "1-ff00:0:110", core: true }]
nodes:
  - { name: alice, run: control-service, as: "1-ff00:0:110" }
  - { name: bob, run: scion, as: "1-ff00:0:110" }
links:
  - { ends: alice <-> bob, rate: 10Mbit/s, delay: 5ms }
`,
);
const services = write(
  'services.yaml',
  `
name: services
topology: as.yaml
duration: 2s
kpis: { control.beacons_sent: { count: "== 0" } }
`,
);

interface Own {
  readonly topology: Topology;
  readonly registry: ProtocolRegistry;
  readonly scenario: Scenario;
}

/** The files that a machine of the deployment has on its own disk. */
async function own(scenarioFile = file, topologyFile = 'cable.yaml'): Promise<Own> {
  const registry = new ProtocolRegistry();
  const { scenario } = await openScenario(scenarioFile, {}, registry);
  const folders = { scenarios: folder, topologies: folder };
  const topology = loadTopology({ path: join(folder, topologyFile), folders, registry });
  return { topology, registry, scenario };
}

const orderOf = (scenario: Scenario): AgentAssignment => ({
  hosts: ['alice'],
  scenario: agentScenario(scenario, 'own-topology'),
  seed: 1,
  run: 'abad1deaabad1dea',
  bundle: { roots: { alice: new Uint8Array(32) }, shared: {}, publicKeys: {}, published: {} },
  shape: 'links',
  precision: 'low',
  nextSequence: [0],
});

let sessions: { readonly channel: NobodysChannel; readonly session: AgentSession }[] = [];
afterEach(async () => {
  for (const { channel, session } of sessions) {
    channel.close();
    await session.end;
  }
  sessions = [];
});

interface Told {
  readonly session: AgentSession;
  readonly channel: NobodysChannel;
  readonly last: () => AgentReport;
}

/** Sends an order to alice's process. */
function tell(
  order: AgentAssignment,
  { topology, registry }: Pick<Own, 'topology' | 'registry'>,
  stateFolder?: string,
): Told {
  const channel = new NobodysChannel();
  const more = stateFolder === undefined ? {} : { stateFolder };
  const session = new AgentSession({ channel, hosts: ['alice'], registry, topology, ...more });
  sessions.push({ channel, session });
  channel.onMessage({ type: 'load', order });
  return { session, channel, last: () => channel.sent.at(-1) as AgentReport };
}

const refusedWith = async (told: Told): Promise<readonly [SessionEnd, AgentReport]> => [
  await told.session.end,
  told.last(),
];

const refusal = (message: string): readonly unknown[] => [
  { kind: 'broken', message },
  { type: 'broken', kind: 'refused', message, stack: '' },
];

describe('an agent of a deployment', () => {
  it('says the hash of its own topology, and runs an honest order on it', async () => {
    const mine = await own();
    const { session, channel } = tell(orderOf(mine.scenario), mine);
    await vi.waitFor(() => expect(channel.types).toContain('loaded'), WAIT);
    expect(channel.sent[0]).toMatchObject({ topologySha256: mine.topology.sha256 });
    expect(session.agent?.protocols).toEqual(['ping']);
  });

  it('loads no module that the coordinator names, at any place of an order', async () => {
    const mine = await own();
    const marker = join(folder, 'loaded');
    const module = write(
      'evil.mjs',
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(marker)}, 'x');\n`,
    );
    const order = orderOf(mine.scenario);
    const { topology } = order.scenario;
    const hosts = mine.topology.hosts.map((host) => ({ ...host, protocol: module }));
    const scenario = { ...order.scenario, topology: { ...topology, hosts } };
    const { session, channel } = tell({ ...order, scenario }, mine);
    await vi.waitFor(() => expect(channel.types).toContain('loaded'), WAIT);
    expect(session.agent?.protocols).toEqual(['ping']);
    expect(existsSync(marker)).toBe(false);
    expect(mine.registry.protocols(module)).toBeUndefined();
  });

  it('refuses an order for another topology, by name, on both sides', async () => {
    const mine = await own();
    const order = orderOf(mine.scenario);
    const topology = { ...order.scenario.topology, sha256: '00'.repeat(32) };
    const told = tell({ ...order, scenario: { ...order.scenario, topology } }, mine);
    const message = `the coordinator has a different topology file from ${mine.topology.file}`;
    expect(await refusedWith(told)).toEqual(refusal(message));
    expect(told.session.agent).toBeUndefined();
  });

  it('writes nowhere that the coordinator names', async () => {
    const mine = await own();
    const theirs = join(folder, 'theirs');
    const order = { ...orderOf(mine.scenario), stateFolder: theirs };
    const without = tell(order, mine);
    await vi.waitFor(() => expect(without.channel.types).toContain('loaded'), WAIT);
    expect(without.session.agent?.world.sim.folderOf('alice')).not.toContain(theirs);
    without.channel.close();
    await without.session.end;
    const ours = join(folder, 'ours');
    const within = tell(order, mine, ours);
    await vi.waitFor(() => expect(within.channel.types).toContain('loaded'), WAIT);
    const place = within.session.agent?.world.sim.folderOf('alice');
    expect(place).toBe(join(ours, 'run-abad1deaabad1dea', 'alice'));
    expect(existsSync(theirs)).toBe(false);
  });

  it.each(['../../etc', 'run', 'ABAD1DEAABAD1DEA', ''])('takes no run named "%s"', async (run) => {
    const mine = await own();
    const told = tell({ ...orderOf(mine.scenario), run }, mine, join(folder, 'states'));
    const words = 'the coordinator sent an invalid message: load.order.run is not a name of a run';
    expect(await refusedWith(told)).toEqual(refusal(words));
  });

  it('runs no nodes but its own', async () => {
    const mine = await own();
    const told = tell({ ...orderOf(mine.scenario), hosts: ['alice', 'bob'] }, mine);
    expect(await refusedWith(told)).toEqual(
      refusal('the coordinator expects other nodes than alice'),
    );
  });

  it('refuses traffic and options that its own files do not allow', async () => {
    const mine = await own();
    const order = orderOf(mine.scenario);
    const [flow] = order.scenario.traffic;
    const traffic = [{ ...flow!, to: 'mallory' }];
    const strange = tell({ ...order, scenario: { ...order.scenario, traffic } }, mine);
    expect(await refusedWith(strange)).toEqual(
      refusal('the coordinator has traffic of unknown nodes'),
    );
    const options = { alice: { port: 'none' } };
    const wrong = tell({ ...order, scenario: { ...order.scenario, options } }, mine);
    expect(await refusedWith(wrong)).toEqual(
      refusal('the coordinator has wrong options for alice'),
    );
  });

  it('refuses options that name a module which its own files do not', async () => {
    const marker = join(folder, 'was-loaded');
    const text = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(marker)}, '');\n`;
    const selection = write('theirs.ts', `${text}export const selection = { select: () => [] };\n`);
    const mine = await own(services, 'as.yaml');
    const order = orderOf(mine.scenario);
    const options = { alice: { selection } };
    const told = tell({ ...order, scenario: { ...order.scenario, options } }, mine);
    expect(await refusedWith(told)).toEqual(refusal('the coordinator names a module'));
    expect(existsSync(marker)).toBe(false);
  });
});

describe('the secret of one machine', () => {
  const secretOf = (name: string): Uint8Array => new Uint8Array(32).fill(name.charCodeAt(0));
  const coordinator = secretOf('c');

  it('does not make a coordinator: nobody else’s agent obeys it', async () => {
    const came: string[] = [];
    const listener = await listenChannel({
      host: '127.0.0.1',
      port: 0,
      // An attacker with alice's files knows all public keys, and listens with the only secret that
      // it has.
      key: secretOf('alice'),
      nameOf: () => 'bob',
      onChannel: (_, name) => came.push(name),
    });
    const bob = dialChannel({
      host: '127.0.0.1',
      port: listener.port,
      key: secretOf('bob'),
      listener: publicKeyOf(coordinator),
    });
    await expect(bob).rejects.toMatchObject({ reason: 'authentication failed' });
    expect(came).toEqual([]);
    await listener.close();
  });

  it('does not make another node: the coordinator sends it away by name', async () => {
    const refused: string[] = [];
    const fleet = new ProcessFleet({
      groups: [['alice'], ['bob']],
      key: coordinator,
      nodeKeys: new Map(['alice', 'bob'].map((name) => [name, publicKeyOf(secretOf(name))])),
      onReport: vi.fn(),
      onGone: vi.fn(),
      onRefused: (_, reason) => refused.push(reason),
    });
    await fleet.open();
    const channel = await dialChannel({
      host: '127.0.0.1',
      port: fleet.port,
      key: secretOf('alice'),
      listener: publicKeyOf(coordinator),
    });
    const answers: unknown[] = [];
    channel.onMessage = (message): unknown => answers.push(message);
    const ended = new Promise((resolve) => {
      channel.onClose = resolve;
    });
    channel.send({ type: 'hello', hosts: ['bob'], pid: 1 } satisfies AgentReport);
    expect(await ended).toBe('peer closed');
    const reason = 'it claims to be bob, but its key belongs to alice';
    expect([refused, answers]).toEqual([[reason], [{ type: 'refused', reason }]]);
    expect(fleet.agentOf('bob')?.state).toBe('starting');
    await fleet.close(100);
  });

  it('does not hold more than one channel that has said nothing', async () => {
    const fleet = new ProcessFleet({
      groups: [['alice']],
      key: coordinator,
      nodeKeys: new Map([['alice', publicKeyOf(secretOf('alice'))]]),
      onReport: vi.fn(),
      onGone: vi.fn(),
    });
    await fleet.open();
    const ended: string[] = [];
    for (let at = 0; at < 20; at += 1) {
      const channel = await dialChannel({
        host: '127.0.0.1',
        port: fleet.port,
        key: secretOf('alice'),
        listener: publicKeyOf(coordinator),
      });
      channel.onMessage = (): void => undefined;
      channel.onClose = (reason): unknown => ended.push(reason);
    }
    await vi.waitFor(() => expect(ended).toHaveLength(19), WAIT);
    await fleet.close(100);
  });
});
