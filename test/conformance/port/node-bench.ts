/**
 * A test bench for small networks of nodes in any world. It provides hosts connected by links,
 * requests and faults, and records what the nodes reported.
 *
 * @module
 */

import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import type { NetworkMap, NetworkView } from '../../../engine/host/network-view.ts';
import type { MessageObserver, NodeHandle, Protocol } from '../../../engine/host/protocol.ts';
import type { StoreFault } from '../../../engine/net/sim-store.ts';
import { keyBundleView } from '../../../runner/nodes/key-bundle.ts';
import { SecretProvisioner } from '../../../runner/nodes/provision.ts';
import { randomSecrets, seededSecrets } from '../../../runner/nodes/secret-source.ts';
import { BlindWitness } from '../../fixtures/blind-witness.ts';
import { ask, type Driver, type RequestAnswer, SUITE_SEED } from './drivers.ts';

const FIRST_LINK_PORT = 50_000;
const DELAY_NS = 2_000_000;
const RATE_BPS = 1e8;

/** The parts of a bench. */
export interface BenchSpec {
  readonly protocol: Protocol;
  readonly options?: unknown;
  /** Names of the hosts. */
  readonly hosts: readonly string[];
  /** Names of the two ends of each link. */
  readonly links: readonly (readonly [string, string])[];
  /** Adds to the map that all nodes see. */
  readonly mapped?: (plain: NetworkMap) => NetworkMap;
  /** Makes the observer to which a node reports its messages; absent for none. */
  readonly observerOf?: (host: string) => MessageObserver;
}

/** A network of running nodes. */
export class NodeBench {
  readonly driver: Driver;
  /** `host: machine state`, in the order of the changes. */
  readonly states: string[] = [];
  /** `host: mark`, in the order of the marks. */
  readonly marks: string[] = [];
  /** Hosts whose work was done, in the order of saying so. */
  readonly finished: string[] = [];
  /** `host < from: text`, in the order of delivery. */
  readonly delivered: string[] = [];
  readonly #spec: BenchSpec;
  readonly #map: NetworkMap;
  readonly #viewOf: (host: string) => NetworkView;
  readonly #nodes = new Map<string, NodeHandle>();

  constructor(driver: Driver, spec: BenchSpec) {
    this.driver = driver;
    this.#spec = spec;
    const plain = mapOf(spec, driver.block);
    this.#map = spec.mapped?.(plain) ?? plain;
    this.#viewOf = viewsOf(driver, spec.protocol, this.#map);
    const { world } = driver;
    const { jobs, drops, metrics } = spec.protocol;
    for (const { name, address } of this.#map.hosts) {
      const host = world.addHost({ name, address, jobs, drops, metrics });
      host.onDelivery = (from, buffer, offset, length): void => {
        const text = new TextDecoder().decode(buffer.slice(offset, offset + length));
        this.delivered.push(`${name} < ${from}: ${text}`);
      };
    }
    for (const { id, a, b } of this.#map.links) {
      const direction = { rateBps: RATE_BPS, delayNs: DELAY_NS };
      world.addLink({ id, a, b, forward: direction, backward: direction });
    }
    world.recorder = {
      state: (host, machine, state): void => {
        this.states.push(`${spec.hosts[host]}: ${machine} ${state}`);
      },
      span: () => (): void => undefined,
      finished: (host): void => {
        this.finished.push(spec.hosts[host] ?? '');
      },
      mark: (host, name): void => {
        this.marks.push(`${spec.hosts[host]}: ${name}`);
      },
    };
    world.seal();
    driver.act(() => {
      for (const name of spec.hosts) this.#create(name);
      for (const node of this.#nodes.values()) node.start();
    });
  }

  get areReady(): boolean {
    return [...this.#nodes.values()].every((node) => node.isReady?.() !== false);
  }

  ask(node: string, kind: string, target = '', text = ''): Promise<RequestAnswer> {
    return ask(this.driver, node, { kind, target, body: new TextEncoder().encode(text) });
  }

  /** Sends a request without waiting for the answer. */
  begin(node: string, kind: string, onAnswer: (outcome: string) => void): void {
    const asked = { kind, target: '', body: new Uint8Array(0) };
    this.driver.act(() => this.driver.world.host(node).request(asked, { respond: onAnswer }));
  }

  /** The number of messages that a node says it holds. */
  holding(node: string): number | undefined {
    return this.#nodes.get(node)?.holding?.();
  }

  drops(node: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.driver.world.host(node).drops);
  }

  /** Cuts a link; returns a function that repairs it. */
  cut(link: string): () => void {
    const effect = this.driver.world.link(link).change({ up: false });
    return (): void => effect.end();
  }

  /** Crashes a node and restarts it. */
  restart(node: string, fault: StoreFault = 'synced'): void {
    const { world } = this.driver;
    this.driver.act(() => {
      world.crash(node, fault);
      world.restart(node);
      this.#create(node).start();
    });
  }

  async close(): Promise<void> {
    this.driver.act(() => {
      for (const node of this.#nodes.values()) node.stop?.();
    });
    await this.driver.close();
  }

  #create(name: string): NodeHandle {
    const { protocol, options, observerOf } = this.#spec;
    const witness = new BlindWitness();
    const observed = observerOf === undefined ? {} : { observer: observerOf(name) };
    const setup = { options, network: this.#viewOf(name), witness, ...observed };
    const node = protocol.create(this.driver.world.host(name), setup);
    this.#nodes.set(name, node);
    return node;
  }
}

/**
 * The network views, made as in real runs: in sim from the seed, live from the data that the
 * process of a single host receives.
 */
function viewsOf(
  driver: Driver,
  protocol: Protocol,
  network: NetworkMap,
): (host: string) => NetworkView {
  const drawn = randomSecrets();
  const provision = new SecretProvisioner({
    network,
    protocolsOf: (): readonly Protocol[] => [protocol],
    secrets: driver.kind === 'sim' ? seededSecrets(SUITE_SEED) : drawn,
    crypto: createCryptoProvider('node', {
      timing: driver.kind === 'sim' ? 'simulation' : 'constant',
    }),
    seed: SUITE_SEED,
    seconds: 1_700_000_000,
    durationNs: 0,
  });
  if (driver.kind === 'sim') return (host) => provision.viewOf(host);
  return (host) => {
    const bundle = provision.bundle([host], drawn.rootOf);
    return keyBundleView(host, { bundle, network, protocolsOf: () => [protocol] });
  };
}

function mapOf(spec: BenchSpec, block: string): NetworkMap {
  const address = (host: string): string => `${block}.${10 + spec.hosts.indexOf(host)}`;
  return {
    hosts: spec.hosts.map((name) => ({
      name,
      address: address(name),
      protocol: spec.protocol.name,
      stack: [spec.protocol.name],
    })),
    links: spec.links.map(([a, b], index) => ({
      id: `${a}--${b}`,
      a: { host: a, address: address(a), port: FIRST_LINK_PORT + 2 * index },
      b: { host: b, address: address(b), port: FIRST_LINK_PORT + 2 * index + 1 },
      mtu: 65_535,
      delayNs: DELAY_NS,
      rateBps: RATE_BPS,
    })),
    areas: [],
  };
}
