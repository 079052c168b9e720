/**
 * Generators of topologies: each makes networks of a kind in which a protocol usually runs. A file asks
 * for a generator by `generate: { kind: … }` (docs/spec/topology-files.md, "Generated topologies").
 *
 * A generator returns nodes, links and autonomous systems in the form in which a file could list them. It runs
 * while files are loaded, before there are hosts.
 *
 * @module
 */

/** Draws a whole number from 0 to `below` - 1. */
export type DrawBelow = (below: number) => number;

/** Opens a stream of draws for a generator: the same seed gives the same draws on every machine. */
export type OpenSeededDraws = (seed: number) => DrawBelow;

/** Upper bounds of the numbers of nodes and links that a generator makes. */
export interface GeneratedSize {
  readonly nodes: number;
  readonly links: number;
}

/** A node that a generator makes; the file's address plan gives it an address. */
export interface GeneratedNode {
  /** Up to 63 letters, digits, `-` and `_`, of which the first is a letter or digit. */
  readonly name: string;
  /**
   * Name of its protocol. Default: `defaults.node.run` of the file; if the file has none, the protocol of the
   * generator.
   */
  readonly run?: string;
  /** The node's options, which the file may change. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Options that match the generated links: a file that contradicts them is refused. */
  readonly fixedOptions?: Readonly<Record<string, unknown>>;
  /** Nodes with the same machine share its processor. Default: the node's own name. */
  readonly machine?: string;
  /** Number of cores of its machine. Default 1. */
  readonly cores?: number;
  /** Id of its autonomous system, which must be a generated one. */
  readonly as?: string;
  /** Geographic position in degrees, for drawings. */
  readonly place?: { readonly lat: number; readonly lon: number };
}

/** When a direction of a link can send (docs/spec/link-model.md, "Contacts"). */
export interface GeneratedContacts {
  /** The windows, ascending and without overlap; times in ns since the start of the run. Empty: it can never send. */
  readonly windows: readonly {
    readonly startNs: number;
    readonly endNs: number;
    /** Rate in bits per second; by default the rate of the direction. */
    readonly rateBps?: number;
    /** One-way propagation delay in nanoseconds; by default the delay of the direction. */
    readonly delayNs?: number;
  }[];
  /** The windows repeat with this period, nanoseconds. Default: they do not repeat. */
  readonly periodNs?: number;
  /** What happens to packets that wait in the link when a contact ends. Default `keep`. */
  readonly atEnd?: 'keep' | 'drop';
}

/** Rate, delay and other values of a generated link, in one direction or in both. */
export interface GeneratedDirection {
  /** Rate in bits per second, above 0; with `Infinity`, serialisation takes no time. */
  readonly rateBps?: number;
  /** One-way propagation delay, nanoseconds. */
  readonly delayNs?: number;
  /** Largest datagram that the direction carries, bytes. */
  readonly mtu?: number;
  /** Share of packets that are lost, each independently; 0 to 1. */
  readonly loss?: number;
  /** Contacts of the direction. Default: it can always send. */
  readonly contacts?: GeneratedContacts;
}

/** A point-to-point link that a generator makes. */
export interface GeneratedLink {
  /** Names of the two generated nodes that the link joins. */
  readonly ends: readonly [string, string];
  /** Id of the link. Default: the names of its ends, `a--b`. */
  readonly id?: string;
  /** Role of the second end as seen from the first; `internal` if both are in one autonomous system. */
  readonly relation?: 'core' | 'parent' | 'child' | 'peer' | 'internal';
  /** Rate and delay that defaults of the file may replace. Default 1 Gbit/s and 1 ms. */
  readonly usual?: Pick<GeneratedDirection, 'rateBps' | 'delayNs'>;
  /** Properties of both directions, which no default of the file changes. */
  readonly both?: GeneratedDirection;
  /** Properties from the first end to the second; they take precedence over `both`. */
  readonly forward?: GeneratedDirection;
  /** Properties from the second end to the first; they take precedence over `both`. */
  readonly backward?: GeneratedDirection;
}

/** An autonomous system that a generator makes. */
export interface GeneratedAutonomousSystem {
  readonly id: string;
  readonly core?: boolean;
  /** Largest datagram inside it, bytes. Default 1472. */
  readonly mtu?: number;
}

/** A protocol that runs above another one on some nodes (docs/spec/stacking.md). */
export interface GeneratedLayer {
  /** Name of a node, or a pattern of names such as `client-*`. */
  readonly on: string;
  /** Name of the protocol. Default: the protocol that has the generator. */
  readonly run?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The nodes, links and autonomous systems that a generator makes. Names and ids are different from each other. */
export interface GeneratedTopology {
  readonly nodes: readonly GeneratedNode[];
  readonly links: readonly GeneratedLink[];
  /** Autonomous systems in the order of their address blocks; none if absent. */
  readonly systems?: readonly GeneratedAutonomousSystem[];
  /** Layers from the bottom up; layers that a file puts on the nodes come above these. Default: none. */
  readonly stack?: readonly GeneratedLayer[];
}

/** Makes topologies of one kind. */
export interface TopologyGenerator<Parameters = unknown> {
  /** The `kind` by which files ask for it; no other generator has the same. */
  readonly name: string;
  /** A zod schema of the parameters that a file gives besides `kind`: an object without unknown keys. */
  readonly parameters: { safeParse(input: unknown): unknown };
  /** Upper bounds of the numbers of nodes and links, so that too large networks are refused before they are made. */
  size(parameters: Parameters): GeneratedSize;
  /** Makes the topology; a pure function of its arguments. */
  generate(parameters: Parameters, draws: OpenSeededDraws): GeneratedTopology;
}
