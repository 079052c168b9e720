/**
 * Processor time of a packet through the whole live stack, on one event loop: the network of
 * failover.yaml, with its gateways and routers on real sockets and as many packets under way as at
 * 15,000/s. Each packet that arrives triggers the next.
 *
 * No packet has a deadline here, so two builds can be compared even on a busy machine by their
 * smallest values. Whether datagrams leave one by one or in groups is decided when Node starts
 * (ADR 0016): `node --test-udp-no-try-send --import tsx bench/main.ts live-cost` measures groups,
 * which no run uses. The result does not tell which rate a machine can carry.
 *
 * @module
 */

import { openRandomStream } from '../engine/core/stream.ts';
import { createCryptoProvider } from '../engine/crypto/index.ts';
import { Agent } from '../runner/distributed/agent/agent.ts';
import { drawRunName } from '../runner/distributed/messages/run-state.ts';
import { provisionRun } from '../runner/nodes/run-provision.ts';
import { randomSecrets } from '../runner/nodes/secret-source.ts';
import { TruthWriter } from '../runner/traffic/ground-truth.ts';
import type { WorldListener } from '../runner/world.ts';
import { makeProtocolStackFinder } from '../scenarios/open/nodes.ts';
import { openScenario } from '../scenarios/open/open.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import type { BenchResult } from './bench-result.ts';
import { bareEchoUs } from './udp-echo.ts';

/** Name of this benchmark for `npm run bench -- live-cost`. */
export const name = 'live-cost';

const UNDER_WAY = 150;
const PAYLOAD_BYTES = 1_000;
const PACKETS = 5_000;
/** Rounds to warm up, the first of them without compiled code. */
const WARM_ROUNDS = 3;
const MS_PER_S = 1_000;
const ROUNDS = 7;
const POLL_MS = 20;
/** If nothing arrives for this long, the network is filled with packets again. */
const SILENCE_MS = 500;
const [SOURCE, TARGET] = ['gateway-111', 'gateway-211'];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A listener that sends the next packet whenever one arrives. */
class ClosedLoop implements WorldListener {
  arrived = 0;
  readonly #agent: Agent;
  readonly #writer = new TruthWriter(openRandomStream(1, 'bench', 'body'));
  readonly #packet = new Uint8Array(PAYLOAD_BYTES);
  #sequence = 0;
  #until = Number.POSITIVE_INFINITY;
  #done: () => void = () => undefined;

  constructor(agent: Agent) {
    this.#agent = agent;
    agent.world.listen(this);
  }

  /** Resolves after this many more packets have arrived. */
  async more(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#done = resolve;
      this.#until = this.arrived + count;
    });
  }

  fill(): void {
    this.#agent.world.sim.pump.enter(() => {
      for (let index = 0; index < UNDER_WAY; index += 1) this.#send();
    });
  }

  delivered(): void {
    this.arrived += 1;
    if (this.arrived === this.#until) this.#done();
    this.#send();
  }

  state(): void {
    // Ignored: nothing stores these samples.
  }

  spanned(): void {
    // Ignored: nothing stores these samples.
  }

  marked(): void {
    // Ignored: nothing stores these samples.
  }

  logged(): void {
    // Ignored: nothing reads this.
  }

  #send(): void {
    const { world } = this.#agent;
    this.#sequence += 1;
    const truth = { flow: 0, kind: 'data', sequence: this.#sequence, sentNs: world.now() } as const;
    this.#writer.write(this.#packet, truth);
    const respond = (): void => undefined;
    world.request(SOURCE, { kind: 'send', target: TARGET, body: this.#packet, respond });
  }
}

/** Measures a bare datagram and a packet through the whole stack. */
export async function run(): Promise<BenchResult[]> {
  const echoUs = await bareEchoUs();
  const agent = await agentOfAll();
  const loop = new ClosedLoop(agent);
  let before = -1;
  const guard = setInterval(() => {
    if (loop.arrived === before) loop.fill();
    before = loop.arrived;
  }, SILENCE_MS);
  loop.fill();
  const rounds: number[] = [];
  for (let round = 0; round < WARM_ROUNDS + ROUNDS; round += 1) {
    const [began, first] = [process.cpuUsage(), loop.arrived];
    await loop.more(PACKETS);
    const { user, system } = process.cpuUsage(began);
    if (round >= WARM_ROUNDS) rounds.push((user + system) / (loop.arrived - first));
  }
  clearInterval(guard);
  await agent.close();
  rounds.sort((one, other) => one - other);
  const [min = 0, value = 0, max = 0] = [rounds[0], rounds[ROUNDS >> 1], rounds[ROUNDS - 1]];
  return [
    { name: 'bare UDP echo, 1,000 B', value: echoUs, unit: 'us/datagram' },
    { name: 'a packet over six hops', value, min, max, unit: 'us/packet' },
  ];
}

/** Starts an agent in this process that runs all nodes of the network of failover.yaml. */
async function agentOfAll(): Promise<Agent> {
  const registry = new ProtocolRegistry();
  const { scenario: whole } = await openScenario('failover.yaml', {}, registry);
  // The traffic of the scenario is switched off, because this module sends its own.
  const traffic = whole.traffic.map((flow) => ({ ...flow, stopNs: 0 }));
  const scenario = { ...whole, traffic, events: [], kpis: [] };
  const hosts = scenario.topology.hosts.map((host) => host.name);
  const facts = { seed: 1, hosts, shape: 'links', precision: 'low', nextSequence: [] } as const;
  const secrets = randomSecrets();
  const provision = provisionRun({
    scenario,
    seed: 1,
    stackOf: makeProtocolStackFinder(scenario, registry),
    crypto: createCryptoProvider(scenario.crypto, { timing: 'constant' }),
    seconds: Math.floor(Date.now() / MS_PER_S),
    secrets,
  });
  const bundle = provision.bundle(hosts, secrets.rootOf);
  const agent = new Agent(
    { scenario, ...facts, run: drawRunName(), bundle },
    {
      ...{ registry, mode: 'coordinated' },
      send: (): void => undefined,
      onBroken: (error): void => {
        throw error;
      },
    },
  );
  await agent.load();
  while (!agent.isReady) await pause(POLL_MS);
  agent.obey({ type: 'start', zeroNs: process.hrtime.bigint() });
  return agent;
}
