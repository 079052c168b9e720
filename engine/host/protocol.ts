/**
 * The interface of a protocol: what `nodes/<p>/index.ts` and users' own protocols export as
 * `protocol`.
 *
 * @module
 */
import type { JobDefinition } from './compute.ts';
import type { CryptoProvider } from './crypto.ts';
import type { Forgery } from './forgery.ts';
import type { TopologyGenerator } from './generator.ts';
import type { Host } from './host.ts';
import type { TopologyImporter } from './importer.ts';
import type { MetricDefinition } from './measure.ts';
import type { Must } from './must.ts';
import type { HostView, NetworkMap, NetworkView } from './network-view.ts';
import type { MessagePurpose, NodePrivacyFacts } from './privacy.ts';
import type { Random } from './random.ts';
import type { CarrierGuarantees, WishHandling } from './transport.ts';

/**
 * Ground truth kept outside the nodes, so that it survives their crashes: the numbers that were
 * seen before, in spaces that nodes name, and the sums that nodes claim. It serves measurements
 * only (`antireplay.false_reject`); no node's behaviour may depend on it.
 */
export interface GroundTruthWitness {
  /** Stores `value` (a safe integer >= 0) in `space`; true if it was already there. */
  note(space: string, value: number): boolean;
  /** True if `value` was stored in `space`. */
  has(space: string, value: number): boolean;
  /**
   * Reports that the node adds `vector` to the sum with the name `space`, as the part with the number `part` (a safe
   * integer >= 0). The vector is not copied: it must not change afterwards.
   */
  addend(space: string, part: number, vector: Uint32Array): void;
  /**
   * Reports that a node claims to know a sum. The run compares the claim with the vectors of {@link addend}, element by
   * element (between processes, by random linear checks), and counts the result, which no node learns.
   */
  sum(claim: SumClaim): void;
}

/** A node's claim that the sum of some parts is a certain vector, modulo 2^bits. */
export interface SumClaim {
  readonly space: string;
  /** Numbers of the parts that the node says are in the sum, each once. */
  readonly parts: readonly number[];
  /** The claimed sum, as long as each part; not copied, as for {@link GroundTruthWitness.addend}. */
  readonly vector: Uint32Array;
  /** Number of bits of each element, 1 to 32. */
  readonly bits: number;
  /**
   * Name of the protocol's metric that counts claims, which only the run records: a metric of kind `ratio` (true claims
   * divided by all claims) without `of`.
   */
  readonly metric: string;
}

/**
 * The reports of nodes to an omniscient observer about messages inside them. They only serve
 * measurements; the behaviour of a node must not depend on them (ADR 0012). A key names one
 * message on one link: both ends compute the same safe integer >= 0 from its bytes, so that nothing
 * is added to the packet.
 */
export interface MessageObserver {
  /**
   * The node accepted the message of the current request and gives it this number, a safe integer
   * >= 0. A call outside a request says that the node has found, on its disk, a message that it accepted under that
   * number before a restart.
   */
  accepted?(message: number): void;
  /**
   * Reports that a client or mix has made a message and sends it now.
   * @param kind One of the protocol's `messageKinds`; any other is an assertion failure.
   * @param recipient Name of the receiving node; empty for cover traffic.
   * @param message The number, from {@link accepted}, of the application's message that the new message carries.
   */
  created(key: number, kind: string, recipient: string, message?: number): void;
  /** Reports that a node took the message in. */
  arrived(key: number): void;
  /** Reports that the message that arrived under `inKey` leaves the node under `outKey`. */
  departed(inKey: number, outKey: number): void;
  /** Reports that a copy of a message that is inside the node leaves under a new key; the message stays. */
  copied?(key: number, copyKey: number): void;
  /** Reports that the message goes no further: it ends at this node. */
  ended(key: number, how: 'delivered' | 'dropped' | 'absorbed'): void;
  /**
   * The node that {@link accepted} a message has finished with it: the message was acknowledged,
   * given up, sent to a node that never acknowledges, or lost by the drop that the node has just
   * reported.
   */
  settled?(message: number, how: 'acknowledged' | 'abandoned' | 'sent' | 'dropped'): void;
  /**
   * The message under `key` ends here and is stored for its recipient.
   * @param copy Name of the stored copy from here on: a safe integer >= 0 that both ends compute from the bytes of the
   * copy.
   */
  kept?(key: number, copy: number): void;
  /** The copy is no longer stored, because its recipient has it. */
  released?(copy: number): void;
  /**
   * The recipient received the copy: as a part that waits for others (`held`), as a part that is
   * delivered with the rest of its message, or as a part that is dropped. A held part is reported
   * again when it is delivered or dropped.
   */
  taken?(copy: number, how: 'held' | 'delivered' | 'dropped'): void;
}

/** Where a message is inside a datagram, for an adversary on the link who has no keys. */
export interface MessageLocation {
  /** The key by which observers know the message on this link. */
  readonly key: number;
  /** Offset of the part that nodes authenticate hop by hop. */
  readonly headerOffset: number;
  /** Offset of the part that nodes do not authenticate hop by hop; it extends to the end. */
  readonly payloadOffset: number;
}

/** Reads a datagram between two nodes; undefined when it carries no message. */
export type LocateMessage = (datagram: Uint8Array) => MessageLocation | undefined;

/** How the messages of a protocol are accounted for (ADR 0028). */
export type MessageAccountingMethod =
  /** Nodes hold messages and make new ones from them: they report every step of every message. */
  | { readonly kind: 'steps' }
  /** A node keeps a message until the next node has it; both report the transfer. */
  | { readonly kind: 'custody' }
  /**
   * Nodes forward messages within one event, and report messages that they hold longer. `keyOf` returns the key, as
   * {@link MessageObserver.created} reported it, of the message in a datagram of any link; it is called for datagrams
   * that are lost. The keys of messages that a node sends to one peer increase by one each time, below 2^27, and then
   * start again with different upper bits.
   */
  | { readonly kind: 'passage'; readonly keyOf: (datagram: Uint8Array) => number | undefined };

/**
 * A file of an npm package that users install themselves, such as a data set: too large, or too rarely
 * needed, to be a dependency.
 */
export interface PackageFile {
  readonly package: string;
  /** The exact version; no other is accepted, because results depend on the file. */
  readonly version: string;
  /** Path of the file within the package, with slashes. */
  readonly path: string;
}

/** A file of a package that a node needs because of an option. */
export interface RequiredFile extends PackageFile {
  /** Path of the option that asks for it, within the node's options. */
  readonly option: readonly string[];
}

/** What a protocol receives in addition to the port. */
export interface NodeSetup<Options> {
  /** The node's options, checked by the protocol's schema, with defaults filled in. */
  readonly options: Options;
  /** The network as this node sees it, with the node's own secrets. */
  readonly network: NetworkView;
  readonly witness: GroundTruthWitness;
  /**
   * Reads one of the files that {@link Protocol.files} lists and the loader has found. Absent in tests of single nodes.
   */
  readonly readFile?: (file: PackageFile) => Uint8Array;
  /**
   * Returns the export of a module of the user, which an option names by its absolute path; the loader has loaded and
   * checked it. Absent in tests of single nodes.
   */
  readonly userModule?: (path: string) => unknown;
  /**
   * Gets the node's reports about messages; absent unless privacy is measured, packets are
   * explained or messages accounted for.
   */
  readonly observer?: MessageObserver;
}

/** A running node as the runner sees it. */
export interface NodeHandle {
  /** Opens sockets and timers. Called once, at time 0 or after a restart. */
  start(): void;
  /** Ends gracefully: persists, closes. Not called when the node crashes. */
  stop?(): void;
  /**
   * Ids of the links, in order, over which packets to `target` go at this moment; for faults on active paths.
   */
  activePath?(target: string): readonly string[] | undefined;
  /** True when the node can carry traffic; the traffic of a live run waits until all nodes can. */
  isReady?(): boolean;
  /**
   * Number of messages that the node holds, by its reports to the observer: arrived, but neither departed
   * nor ended; accepted, but not settled; kept, but not released; and parts of messages that it
   * holds. Called at the end of a run that accounts for messages.
   */
  holding?(): number;
  /** Describes a broken invariant of the node's state; undefined if there is none. Called at the end of a run. */
  invariant?(): string | undefined;
  /**
   * Applies new values of the options that can change while the node runs. Absent: every change needs a restart.
   * @param options All options of the node, checked by the protocol's schema.
   * @returns the names of the options that the node has applied, whether their values changed or not.
   */
  reconfigure?(options: unknown): readonly string[];
  /**
   * The content of a status page: plain data with sorted keys. It may be called at any time, so it must
   * change nothing: no random draws, no timers, no packets.
   */
  status?(): Readonly<Record<string, unknown>>;
}

/** A node of a file with its checked options. */
export interface ConfiguredNode<Options = unknown> {
  readonly name: string;
  readonly options: Options;
}

/** A link of a file, as far as options may conflict with it. */
export interface ConfiguredLink {
  readonly id: string;
  /** Names of the nodes at both ends of the link. */
  readonly ends: readonly [string, string];
  /** Longest propagation delay there and back, nanoseconds. */
  readonly roundTripNs: number;
}

/** How the options of one node conflict with the options of other nodes. */
export interface OptionConflict {
  /** Name of the node whose options are at fault. */
  readonly node: string;
  /** Path of the option within the node's options. */
  readonly path: readonly string[];
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** A carrier that an option of a node names. */
export interface NamedCarrier {
  /** Name of the protocol that carries. */
  readonly carrier: string;
  /** Path of the option that names it, within the node's options. */
  readonly option: readonly (string | number)[];
}

/** Ports that a node binds. */
export interface BoundPorts {
  readonly udp?: readonly number[];
  readonly tcp?: readonly number[];
}

/** The argument of {@link Provisioning.publish}, which runs in the process that draws the secrets and not in a node. */
export interface PublishContext {
  readonly network: NetworkMap;
  readonly crypto: CryptoProvider;
  /** The shared secret of this protocol for this purpose, whichever nodes share it. */
  shared(purpose: string): Uint8Array;
  /** A random stream of this protocol; nothing secret may come from it. */
  random(purpose: string): Random;
  /** Calendar time at which the nodes start, Unix seconds. */
  readonly seconds: number;
  /** How long the run lasts, ns. */
  readonly durationNs: number;
}

/**
 * What nodes of a protocol receive in addition to their own secrets (ADR 0020). All functions
 * are pure, and run where secrets are drawn: in the process of the simulation or of the
 * coordinator.
 */
export interface Provisioning {
  /**
   * The public parts of a node's secrets: for each name of a secret, the function that derives the
   * public part.
   */
  readonly publicKeys?: Readonly<
    Record<string, (secret: Uint8Array, crypto: CryptoProvider) => Uint8Array>
  >;
  /** Purposes of the secrets that `host` shares with other nodes of this protocol. */
  readonly sharedSecrets?: (host: HostView, network: NetworkMap) => readonly string[];
  /** Names of further protocols whose nodes share these secrets, as `sharedSecrets` says. Absent: none. */
  readonly sharedWith?: readonly string[];
  /** Texts that all nodes of the network can read, by name. */
  readonly publish?: (publisher: PublishContext) => Readonly<Record<string, string>>;
}

/**
 * Part of an autonomous system's addresses: `edge` for nodes that carry its traffic to other
 * systems, `service` for those that answer requests inside it.
 */
export type AddressRole = 'edge' | 'service';

/**
 * What the module of a protocol exports: name, options, metrics, drops and how to create a node.
 * `Options` is what its schema returns.
 */
export interface Protocol<Options = unknown> {
  readonly name: string;
  /** One sentence about the protocol, for lists of protocols. */
  readonly summary: string;
  /** A zod schema of the node's `options`. */
  readonly config: { safeParse(input: unknown): unknown };
  /**
   * Finds options that are valid on their own but conflict with options of other nodes of the same
   * protocol, or with links between nodes; the file is then refused at that line. If absent,
   * options cannot conflict.
   */
  readonly disagreements?: (
    nodes: readonly ConfiguredNode<Options>[],
    links: readonly ConfiguredLink[],
  ) => readonly OptionConflict[];
  /**
   * Files of npm packages that a node with these options reads. If one is not installed, the loader refuses the
   * topology at the line of the option, and names the command that installs the package. Absent: none.
   */
  readonly files?: (options: Options) => readonly RequiredFile[];
  /** Topologies that files can ask for by `generate: { kind: … }`. If absent, there are none. */
  readonly generators?: readonly TopologyGenerator[];
  /** Readers of topologies in formats of other programs. If absent, there are none. */
  readonly importers?: readonly TopologyImporter[];
  /**
   * In which part of an area's addresses the address plan puts its nodes (docs/spec/topology-files.md, "Address plan").
   * If absent, they are ordinary hosts.
   */
  readonly addressRole?: AddressRole;
  /**
   * The secrets of its nodes. If absent, nodes have secrets of their own, but share none and
   * publish nothing.
   */
  readonly provisioning?: Provisioning;
  /**
   * Says why a node with these options cannot run outside a run, where there is for example no common time 0 and no
   * published text (ADR 0079). The text follows "cannot run alone: ". Undefined, or absent: the node can run alone.
   */
  readonly needsRun?: (options: Options) => string | undefined;
  /** Pure jobs that nodes may run by `host.compute`, by name. */
  readonly jobs: Readonly<Record<string, JobDefinition>>;
  /** Address of the module that exports `protocol`, from which a live worker loads the jobs. */
  readonly moduleUrl: string;
  /**
   * Requests that an operator or a scenario may send to its nodes, besides `status`: for each kind of request, a
   * sentence that explains it. Absent: none. Requests of applications are not listed.
   */
  readonly questions?: Readonly<Record<string, string>>;
  /** Drop reasons, each with a sentence that explains it. */
  readonly drops: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricDefinition[];
  /**
   * Makes a reader of messages in datagrams from a node's checked options; attacks on privacy need
   * it (ADR 0012). If absent, the protocol cannot be attacked that way.
   */
  readonly messages?: (options: Options, crypto: CryptoProvider) => LocateMessage;
  /**
   * Describes how the nodes of a network handle messages. If absent, nodes that a scenario names as mixes
   * count as mixes whose delays are exponential and chosen by senders, and all other nodes as users.
   */
  readonly privacyFacts?: (
    nodes: readonly ConfiguredNode<Options>[],
  ) => readonly NodePrivacyFacts[];
  /**
   * The kinds of messages that nodes report as {@link MessageObserver.created}, and why each
   * exists; privacy measurements recognise no other kinds. If absent, nodes report none.
   */
  readonly messageKinds?: Readonly<Record<string, MessagePurpose>>;
  /** How the messages of this protocol are accounted for. If absent, they are not, and reports say so. */
  readonly account?: MessageAccountingMethod;
  /** Says why the messages of nodes with these options are not accounted for; undefined or absent: they are. */
  readonly unaccounted?: (options: Options) => string | undefined;
  /**
   * Datagrams and streams that outsiders can send to its nodes, by kind; events with the action `flood` choose a kind. If
   * absent, there are none.
   */
  readonly forgeries?: Readonly<Record<string, Forgery>>;
  /**
   * The guarantees that a node with these options gives to the protocols above it; undefined if
   * such a node carries no other protocol (docs/spec/stacking.md). Absent: no node of this protocol
   * carries another protocol.
   */
  readonly carries?: (options: Options) => CarrierGuarantees | undefined;
  /**
   * Number that marks messages of this protocol in a carrier, as the protocol number does in IP: 1 to 127 for shipped
   * protocols, 128 to 255 for protocols of users. Absent: it cannot be carried by another protocol.
   */
  readonly channel?: number;
  /**
   * The carriers that a node with these options names, the most preferred first. Absent, or none: it is carried by the
   * layer next below.
   */
  readonly carriers?: (options: Options) => readonly NamedCarrier[];
  /**
   * The ports that a node with these options binds, for the check that the lowest protocols of a host bind different
   * ones. Absent: none that another protocol would bind.
   * @param linkPorts Ports of the host's links.
   */
  readonly ports?: (options: Options, linkPorts: readonly number[]) => BoundPorts;
  /**
   * A remark that the verdict on each run with such a node must contain, such as `packets
   * unencrypted`; undefined or absent: none.
   */
  readonly remark?: (options: Options) => string | undefined;
  /** What its nodes do with the wishes of senders. Absent: they ignore all wishes. */
  readonly wishes?: WishHandling;
  /**
   * True if a node with these options can call `host.finished`: a scenario with `until: done` then
   * waits for it. Absent: no node of this protocol ever finishes.
   */
  readonly finishes?: (options: Options) => boolean;
  /**
   * The option that makes a node with these options a defective double, as `option: word`; undefined if the
   * node is correct. Live runs refuse such nodes. Absent: the protocol has no doubles.
   */
  readonly double?: (options: Options) => string | undefined;
  /**
   * Promises that nodes with these options keep whatever happens to their network (ADR 0069). Absent: only the
   * promises that every protocol makes.
   */
  readonly must?: (nodes: readonly ConfiguredNode<Options>[]) => Must;
  /** Makes a node on a host; the runner calls it again after each restart of the host. */
  create(host: Host, setup: NodeSetup<Options>): NodeHandle;
}
