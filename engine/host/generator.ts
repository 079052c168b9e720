/**
 * Generators of topologies: what a protocol knows about the networks it usually runs in. A file asks
 * for one by `generate: { kind: … }` (docs/spec/topology-files.md, "Generated topologies").
 *
 * A generator describes nodes, links and systems as the lists of a file could name them. It runs
 * while files are loaded, before there are hosts.
 *
 * @module
 */

/** Draws a whole number from 0 to `below` - 1. */
export type DrawBelow = (below: number) => number;

/** Opens a generator's own stream of draws: the same seed gives the same draws on every machine. */
export type SeededDraws = (seed: number) => DrawBelow;

/** How much a generator makes. */
export interface GeneratedSize {
  readonly nodes: number;
  readonly links: number;
}

/** A node, without an address. */
export interface GeneratedNode {
  /** Letters, digits, `-` and `_`, up to 63, a letter or digit first. */
  readonly name: string;
  /**
   * Name of its protocol. If absent, the file decides with `defaults.node.run`; if that is absent
   * too, it runs the protocol of the generator.
   */
  readonly run?: string;
  /** Options that a file may change. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options that match the generated links: a file that contradicts them is refused. */
  readonly fixedOptions?: Readonly<Record<string, unknown>>;
  /** Nodes with the same machine share its processor. Default: the node's own name. */
  readonly machine?: string;
  /** Id of its autonomous system, one of those generated. */
  readonly as?: string;
}

/** A point-to-point link. */
export interface GeneratedLink {
  /** Names of two generated nodes. */
  readonly ends: readonly [string, string];
  /** Role of the second end as seen from the first; `internal` is inside one system. */
  readonly relation?: 'core' | 'parent' | 'child' | 'peer' | 'internal';
  /** One-way propagation delay in nanoseconds, unless the file gives one. Default 1 ms. */
  readonly delayNs?: number;
  /** Bits per second in each direction, unless the file gives a rate. Default 1 Gbit/s. */
  readonly rateBps?: number;
}

/** An autonomous system. */
export interface GeneratedSystem {
  readonly id: string;
  readonly core?: boolean;
  /** Largest datagram inside it, bytes. Default 1472. */
  readonly mtu?: number;
}

/** What a generator makes. Names and ids are different from each other. */
export interface GeneratedTopology {
  readonly nodes: readonly GeneratedNode[];
  readonly links: readonly GeneratedLink[];
  /** In the order of their address blocks; none if absent. */
  readonly systems?: readonly GeneratedSystem[];
}

/** Makes topologies of one kind. */
export interface TopologyGenerator<Parameters = unknown> {
  /** The `kind` by which files ask for it, different from that of every other generator. */
  readonly name: string;
  /** A zod schema of what an entry gives besides `kind`: an object without unknown keys. */
  readonly parameters: { safeParse(input: unknown): unknown };
  /** An upper bound of what it makes, so that too large networks are refused before they are built. */
  size(parameters: Parameters): GeneratedSize;
  /** Makes the topology; a pure function of its arguments. */
  generate(parameters: Parameters, draws: SeededDraws): GeneratedTopology;
}
