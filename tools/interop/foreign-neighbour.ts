/**
 * Two nodes of ours on real sockets, and an address on this machine at which a foreign program acts
 * as the neighbour of the first: `third <-> here <-> there`; `there` is the foreign program, which
 * is not started here. Any agent that speaks a convergence layer can be tested in this way, as a
 * neighbour and behind a relay of ours.
 *
 * @module
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { NodeHandle } from '../../engine/host/protocol.ts';
import { createNodes } from '../../runner/nodes/host-nodes.ts';
import { provisionRun } from '../../runner/nodes/run-provision.ts';
import { randomSecrets } from '../../runner/nodes/secret-source.ts';
import { RunWitness } from '../../runner/traffic/witness.ts';
import { type LiveRunWorld, makeLiveWorld } from '../../runner/worlds/live/live-world.ts';
import { nodeMachine } from '../../scenarios/open/node-machine.ts';
import { makeProtocolStackFinder } from '../../scenarios/open/nodes.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';

/** Names of the nodes: `dtn://here/` or `ipn:1.0`, and so on in this order. */
export const NODE_NAMES = { own: 'here', far: 'there', third: 'third' } as const;
/** Name of one of our two nodes. */
export type OwnName = typeof NODE_NAMES.own | typeof NODE_NAMES.third;
const OURS: readonly string[] = [NODE_NAMES.own, NODE_NAMES.third] satisfies readonly OwnName[];
const MS_PER_S = 1_000;

/** The address and port of a node on the link. */
export interface NodeSocketAddress {
  readonly address: string;
  readonly port: number;
}

/** The addresses and options of the nodes. */
export interface ForeignTestbedOptions {
  /** Folder for the files of the nodes; removed by the caller. */
  readonly folder: string;
  /** Options of our nodes, as in a file: `layer: tcpcl`. */
  readonly options: string;
  /** Addresses, in 127.0.0.0/8, of our first node, of the foreign program, and of our second node. */
  readonly own: string;
  readonly far: string;
  readonly third: string;
}

/** Two nodes of ours on real sockets, with a foreign program as neighbour of the first. */
export class ForeignNeighbourTestbed {
  /** Payloads that reached the applications of our nodes. */
  readonly delivered: Uint8Array[] = [];
  /** Where our first node listens on the link, and where it expects the foreign program (`far`). */
  readonly own: NodeSocketAddress;
  readonly far: NodeSocketAddress;
  readonly #world: LiveRunWorld['world'];
  readonly #nodes: readonly NodeHandle[];

  private constructor(
    world: LiveRunWorld['world'],
    nodes: readonly NodeHandle[],
    ends: { own: NodeSocketAddress; far: NodeSocketAddress },
  ) {
    this.#world = world;
    this.#nodes = nodes;
    this.own = ends.own;
    this.far = ends.far;
    for (const name of OURS) {
      world.sim.host(name).onDelivery = (_from, buffer, offset, length): void =>
        void this.delivered.push(buffer.slice(offset, offset + length));
    }
  }

  /** Starts our two nodes on real sockets. */
  static async open(asked: ForeignTestbedOptions): Promise<ForeignNeighbourTestbed> {
    const file = join(asked.folder, 'interop.yaml');
    writeFileSync(file, textOf(asked));
    const registry = new ProtocolRegistry();
    const { scenario } = await openScenario(file, {}, registry);
    const crypto = createCryptoProvider(scenario.crypto, { timing: 'constant' });
    const parts = {
      stackOf: makeProtocolStackFinder(scenario, registry),
      ...{ scenario, seed: 1, crypto },
    };
    const onFailure = (error: unknown): never => {
      throw error;
    };
    const isLocal = (name: string): boolean => OURS.includes(name);
    const live = { precision: 'low', isLocal, onFailure } as const;
    const { world, agenda } = makeLiveWorld({ ...parts, live });
    const seconds = Math.floor(Date.now() / MS_PER_S);
    const provision = provisionRun({ ...parts, seconds, secrets: randomSecrets() });
    const [link] = scenario.topology.links;
    if (link === undefined) throw new Error('the topology is not ours');
    await world.sim.warm();
    agenda.begin();
    const nodes = scenario.topology.hosts
      .filter(({ name }) => isLocal(name))
      .map((host) =>
        createNodes(host, {
          readFile: nodeMachine.readPackageFile,
          world,
          stack: parts.stackOf(host),
          viewOf: (name, upper) => provision.viewOf(name, upper),
          witness: new RunWitness(),
          observerOf: () => undefined,
        }),
      );
    world.sim.pump.enter(() => {
      for (const node of nodes) node.start();
    });
    const own = { address: asked.own, port: link.a.port };
    const far = { address: asked.far, port: link.b.port };
    return new ForeignNeighbourTestbed(world, nodes, { own, far });
  }

  /** Number of bundles that our nodes hold. */
  get holding(): number {
    return this.#nodes.reduce((sum, node) => sum + (node.holding?.() ?? 0), 0);
  }

  /** Number of packets and bundles that our nodes dropped, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return this.#world.nodeDrops();
  }

  /** Sends a payload to the application of the neighbour; resolves with the outcome that the sending node reports. */
  send(body: Uint8Array, from: OwnName = NODE_NAMES.own): Promise<string> {
    return new Promise((resolve) => {
      const respond = (outcome: string): void => resolve(outcome);
      this.#world.sim.pump.enter(() =>
        this.#world.request(from, { kind: 'send', target: NODE_NAMES.far, body, respond }),
      );
    });
  }

  async close(): Promise<void> {
    this.#world.sim.pump.enter(() => {
      for (const node of this.#nodes) node.stop?.();
    });
    await this.#world.sim.close();
  }
}

function textOf({ options, own, far, third }: ForeignTestbedOptions): string {
  return `
name: interop
topology:
  name: interop
  defaults: { node: { run: dtn }, link: { rate: 1Gbit/s, delay: 1ms, mtu: 65535B } }
  nodes:
    - { name: ${NODE_NAMES.own}, address: ${own} }
    - { name: ${NODE_NAMES.far}, address: ${far} }
    - { name: ${NODE_NAMES.third}, address: ${third} }
  links: [{ ends: ${NODE_NAMES.own} <-> ${NODE_NAMES.far} }, { ends: ${NODE_NAMES.own} <-> ${NODE_NAMES.third} }]
options: { dtn: { ${options} } }
duration: 60s
traffic: [{ from: ${NODE_NAMES.own}, to: ${NODE_NAMES.far}, kind: constant, rate: 1/s, size: 1kB }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`;
}
