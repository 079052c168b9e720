/**
 * Creates the nodes of a host, one for each of its protocols, with one handle for all of them.
 *
 * @module
 */
import { assert } from '../../engine/core/assert.ts';
import type { NetworkView } from '../../engine/host/network-view.ts';
import type {
  GroundTruthWitness,
  MessageObserver,
  NodeHandle,
  PackageFile,
} from '../../engine/host/protocol.ts';
import type { ConfiguredProtocol } from '../../scenarios/open/nodes.ts';
import type { HostSpec } from '../../topologies/model.ts';
import type { World } from '../world.ts';

/** What the nodes of a host are made from. */
export interface HostNodeParts {
  /** Reads files of packages. */
  readonly readFile: (file: PackageFile) => Uint8Array;
  readonly world: Pick<World, 'host' | 'call'>;
  /** All protocols of the host, the lowest first. */
  readonly stack: readonly ConfiguredProtocol[];
  /** Makes the view of the network for the lowest protocol, or for a layer. */
  readonly viewOf: (host: string, layer?: string) => NetworkView;
  readonly witness: GroundTruthWitness;
  /** Makes the message observer for the lowest protocol, or for a layer. */
  readonly observerOf: (layer?: string) => MessageObserver | undefined;
}

/** Creates all nodes of a host, the lowest first. */
export function createNodes({ name }: HostSpec, parts: HostNodeParts): NodeHandle {
  const { world, stack, viewOf, witness, observerOf, readFile } = parts;
  const nodes = stack.map(({ protocol, options, userModule }, height) => {
    const layer = height === 0 ? undefined : protocol.name;
    const observer = observerOf(layer);
    const watched = observer === undefined ? {} : { observer };
    const network = viewOf(name, layer);
    const own = userModule === undefined ? {} : { userModule };
    const setup = { options, network, witness, readFile, ...own, ...watched };
    return world.call(name, 'create', () => protocol.create(world.host(name, layer), setup));
  });
  const [bottom] = nodes;
  assert(bottom !== undefined, `${name} runs no protocol`);
  const names = stack.map(({ protocol }) => protocol.name);
  return nodes.length === 1 ? bottom : new NodeStack(nodes, names);
}

/** The node of one protocol of a host: a layer, or the lowest protocol. */
export function findProtocolNode(
  node: NodeHandle | undefined,
  layer: string | undefined,
): NodeHandle | undefined {
  if (node instanceof NodeStack) return node.member(layer);
  return layer === undefined ? node : undefined;
}

/**
 * One handle for the nodes of a host: the lowest is started first and stopped last. Accounts ask
 * each protocol of the host separately how many messages it holds, because messages of a layer must
 * not count as its carrier's.
 */
class NodeStack implements NodeHandle {
  /** The nodes of the host's protocols, the lowest first. */
  readonly #nodes: readonly NodeHandle[];
  readonly #names: readonly string[];

  constructor(nodes: readonly NodeHandle[], names: readonly string[]) {
    this.#nodes = nodes;
    this.#names = names;
  }

  /** The node of a layer, or of the lowest protocol. */
  member(layer: string | undefined): NodeHandle | undefined {
    return this.#nodes[layer === undefined ? 0 : this.#names.indexOf(layer, 1)];
  }

  start(): void {
    for (const node of this.#nodes) node.start();
  }

  /** Stops the top protocol first, because a protocol may still send while it stops. */
  stop(): void {
    for (const node of [...this.#nodes].reverse()) node.stop?.();
  }

  activePath(target: string): readonly string[] | undefined {
    for (const node of this.#nodes) {
      const path = node.activePath?.(target);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  isReady(): boolean {
    return this.#nodes.every((node) => node.isReady?.() !== false);
  }

  /**
   * Number of messages that all nodes of the host hold; a message of a layer counts once more if
   * its carrier holds it.
   */
  holding(): number {
    return this.#nodes.reduce((sum, node) => sum + (node.holding?.() ?? 0), 0);
  }

  invariant(): string | undefined {
    for (const node of this.#nodes) {
      const broken = node.invariant?.();
      if (broken !== undefined) return broken;
    }
    return undefined;
  }

  /** Status of the lowest node, and of the layers above it by the names of their protocols. */
  status(): Readonly<Record<string, unknown>> {
    const [own = {}, ...layers] = this.#nodes.map((node) => node.status?.() ?? {});
    const named = layers.map((status, index) => [this.#names[index + 1], status] as const);
    return { ...own, layers: Object.fromEntries(named) };
  }
}
