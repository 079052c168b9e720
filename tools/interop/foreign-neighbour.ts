/**
 * A node of ours on real sockets, beside a place on this machine where another program acts as its
 * neighbour: a topology of two nodes, of which one is started. With this, any agent that speaks a
 * convergence layer can be tried.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provider } from '../../engine/crypto/index.ts';
import type { NodeHandle, Protocol } from '../../engine/host/protocol.ts';
import { openScenario } from '../../scenarios/open.ts';
import { ProtocolRegistry } from '../../scenarios/registry.ts';
import { createNodes } from '../../scenarios/runner/host-nodes.ts';
import { LiveStageWorld } from '../../scenarios/runner/live-stage-world.ts';
import { nodeChoice, stackOf } from '../../scenarios/runner/nodes.ts';
import { provisionRun } from '../../scenarios/runner/provision/run-provision.ts';
import { drawnSecrets } from '../../scenarios/runner/provision/secret-source.ts';
import { RunWitness } from '../../scenarios/runner/witness.ts';
import type { HostSpec } from '../../topologies/model.ts';

/** Names of both nodes: `dtn://here/` and `dtn://there/`. */
export const NAMES = { own: 'here', far: 'there' } as const;
/** The application of either, as in `dtn://here/app`. */
export const APPLICATION = 'app';
const MS_PER_S = 1_000;

/** Where a node is. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

/** Which neighbour. */
export interface NeighbourOptions {
  /** For the files of the node; removed by the caller. */
  readonly folder: string;
  /** Options of our node, as in a file: `layer: tcpcl`. */
  readonly options: string;
  /** Addresses of both, of 127.0.0.0/8. */
  readonly own: string;
  readonly far: string;
}

/** See the module. */
export class ForeignNeighbour {
  /** Payloads that reached the application of our node. */
  readonly delivered: Uint8Array[] = [];
  /** Where our node waits on the link, and where it looks for the other program. */
  readonly own: Place;
  readonly far: Place;
  readonly #world: LiveStageWorld;
  readonly #node: NodeHandle;

  private constructor(world: LiveStageWorld, node: NodeHandle, ends: { own: Place; far: Place }) {
    this.#world = world;
    this.#node = node;
    this.own = ends.own;
    this.far = ends.far;
    world.sim.host(NAMES.own).onDelivery = (_from, buffer, offset, length): void =>
      void this.delivered.push(buffer.slice(offset, offset + length));
  }

  /** Starts our node. */
  static async open(asked: NeighbourOptions): Promise<ForeignNeighbour> {
    const file = join(asked.folder, 'interop.yaml');
    writeFileSync(file, textOf(asked));
    const registry = new ProtocolRegistry();
    const { scenario } = await openScenario(file, {}, registry);
    const crypto = provider(scenario.crypto, { timing: 'constant' });
    const parts = {
      protocolOf: (host: HostSpec): Protocol => nodeChoice(scenario, host, registry).protocol,
      stackOf: stackOf(scenario, registry),
      ...{ scenario, seed: 1, crypto },
    };
    const onFailure = (error: unknown): never => {
      throw error;
    };
    const isLocal = (name: string): boolean => name === NAMES.own;
    const live = { precision: 'low', isLocal, onFailure } as const;
    const world = new LiveStageWorld({ ...parts, live });
    const seconds = Math.floor(Date.now() / MS_PER_S);
    const provision = provisionRun({ ...parts, seconds, secrets: drawnSecrets() });
    const host = scenario.topology.hosts.find(({ name }) => name === NAMES.own);
    const [link] = scenario.topology.links;
    if (host === undefined || link === undefined) throw new Error('the topology is not ours');
    await world.live.warm();
    world.begin();
    const node = createNodes(host, {
      world,
      stack: parts.stackOf(host),
      viewOf: (name, upper) => provision.viewOf(name, upper),
      witness: new RunWitness(),
      observerOf: () => undefined,
    });
    world.live.pump.enter(() => node.start());
    const own = { address: asked.own, port: link.a.port };
    const far = { address: asked.far, port: link.b.port };
    return new ForeignNeighbour(world, node, { own, far });
  }

  /** Bundles that our node holds. */
  get holding(): number {
    return this.#node.holding?.() ?? 0;
  }

  /** What our node dropped, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return this.#world.nodeDrops();
  }

  /** Sends a payload to the application of the neighbour; resolves with what our node says. */
  send(body: Uint8Array): Promise<string> {
    return new Promise((resolve) => {
      const respond = (outcome: string): void => resolve(outcome);
      this.#world.live.pump.enter(() =>
        this.#world.request(NAMES.own, { kind: 'send', target: NAMES.far, body, respond }),
      );
    });
  }

  async close(): Promise<void> {
    this.#world.live.pump.enter(() => this.#node.stop?.());
    await this.#world.live.close();
  }
}

function textOf({ options, own, far }: NeighbourOptions): string {
  return `
name: interop
topology:
  name: interop
  nodes:
    - { name: ${NAMES.own}, run: dtn, address: ${own} }
    - { name: ${NAMES.far}, run: dtn, address: ${far} }
  links: [{ ends: ${NAMES.own} <-> ${NAMES.far}, rate: 1Gbit/s, delay: 1ms, mtu: 65535B }]
options: { dtn: { eids: dtn, router: direct, ${options} } }
duration: 60s
traffic: [{ from: ${NAMES.own}, to: ${NAMES.far}, kind: constant, rate: 1/s, size: 1kB }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`;
}
