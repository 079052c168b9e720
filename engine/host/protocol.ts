/**
 * The public face of a protocol: what `nodes/<p>/index.ts` and users' own protocols export as
 * `protocol`.
 *
 * @module
 */
import type { JobDefinition } from './compute.ts';
import type { CryptoProvider } from './crypto.ts';
import type { Forgery } from './forgery.ts';
import type { Host } from './host.ts';
import type { MetricDefinition } from './measure.ts';
import type { HostView, NetworkMap, NetworkView } from './network-view.ts';
import type { Random } from './random.ts';

/**
 * Ground truth kept outside the nodes, so that it survives their crashes: which numbers of a space
 * were seen before. It only measures, and never decides (`antireplay.false_reject`).
 */
export interface Witness {
  /** Notes `value` (a safe integer >= 0) in `space`; true if it was already there. */
  note(space: string, value: number): boolean;
  /** True when `value` was noted in `space`. */
  has(space: string, value: number): boolean;
}

/**
 * What an omniscient observer learns about messages inside nodes. It only measures; what a node
 * does must not depend on it (docs/adr/0012). A key names one message on one link: both ends
 * compute the same safe integer >= 0 from its bytes, so that nothing is added to the packet.
 */
export interface MessageObserver {
  /**
   * The node accepted the message of the current request and gives it this number, a safe integer
   * >= 0. Outside a request, the node has found on its disk what an earlier life accepted under
   * that number.
   */
  accepted?(message: number): void;
  /**
   * A client or mix made a message and sends it now.
   * @param kind `payload`, `loop`, `drop-cover`, `mix-loop` or `ack`.
   * @param recipient Name of the receiving node; empty for cover traffic.
   * @param message The number from {@link accepted} of the message that it carries.
   */
  created(key: number, kind: string, recipient: string, message?: number): void;
  /** A node took the message in. */
  arrived(key: number): void;
  /** The same message leaves the node under a new key. */
  departed(inKey: number, outKey: number): void;
  /** The message goes no further: it ends at this node. */
  ended(key: number, how: 'delivered' | 'dropped' | 'absorbed'): void;
  /**
   * The node that {@link accepted} a message is done with it: it was acknowledged, given up, sent
   * where nobody acknowledges, or lost by the drop that the node has just named.
   */
  settled?(message: number, how: 'acknowledged' | 'abandoned' | 'sent' | 'dropped'): void;
  /**
   * The message under `key` ends here and is stored for its recipient.
   * @param copy Names the stored copy from here on: both ends compute it from its bytes, a safe
   * integer >= 0.
   */
  kept?(key: number, copy: number): void;
  /** It is no longer stored: its recipient has it. */
  released?(copy: number): void;
  /**
   * The recipient took it: it is a part that waits for others (`held`), is delivered with the rest
   * of its message, or is dropped. A held part is reported again when that ends.
   */
  taken?(copy: number, how: 'held' | 'delivered' | 'dropped'): void;
}

/** Where a message lies in a datagram, for an adversary inside the channel who has no keys. */
export interface WireMessage {
  /** The key under which observers know it on this link. */
  readonly key: number;
  /** Offset of the part that nodes authenticate hop by hop. */
  readonly headerOffset: number;
  /** Offset of the part that they do not; it extends to the end. */
  readonly payloadOffset: number;
}

/** Reads a datagram between two nodes; undefined when it carries no message. */
export type ReadMessage = (datagram: Uint8Array) => WireMessage | undefined;

/** How the messages of a protocol are accounted for (docs/adr/0028). */
export type MessageAccount =
  /** Nodes hold messages and make new ones from them: they report every step of every message. */
  | { readonly kind: 'steps' }
  /** A node keeps a message until the next node has it; both report the transfer. */
  | { readonly kind: 'custody' }
  /**
   * Nodes pass messages on within one event, and report those that they hold longer. `keyOf` names
   * the message in a datagram of any link, as {@link MessageObserver.created} did; it is asked
   * about datagrams that are lost. Keys of what a node sends to one peer increase by one each time,
   * below 2^27, and start again with different upper bits.
   */
  | { readonly kind: 'passage'; readonly keyOf: (datagram: Uint8Array) => number | undefined };

/** What a protocol gets in addition to the port. */
export interface NodeSetup<Options> {
  /** The node's options, checked by the protocol's schema, with defaults filled in. */
  readonly options: Options;
  /** The network with this node's own secrets. */
  readonly network: NetworkView;
  readonly witness: Witness;
  /** Absent unless somebody measures privacy, explains packets or accounts for messages. */
  readonly observer?: MessageObserver;
}

/** A running node as the runner sees it. */
export interface NodeHandle {
  /** Opens sockets and timers. Called once, at time 0 or after a restart. */
  start(): void;
  /** Ends gracefully: persists, closes. Not called when the node crashes. */
  stop?(): void;
  /**
   * Link ids, in order, that packets to `target` take at this moment; for faults on active paths.
   */
  activePath?(target: string): readonly string[] | undefined;
  /** True when the node can carry traffic; the runner waits for it before it calls a run live. */
  isReady?(): boolean;
  /**
   * How many messages the node holds, consistent with what it told its observer: arrived and
   * neither departed nor ended; accepted and not settled; kept and not released; held. Asked at the
   * end of a run that accounts for messages.
   */
  holding?(): number;
  /** Names a broken invariant of the node's state, or undefined. Asked at the end and at marks. */
  invariant?(): string | undefined;
  /** What a status page shows: plain data with sorted keys. */
  status?(): Readonly<Record<string, unknown>>;
}

/** A node of a file with its checked options. */
export interface ConfiguredNode<Options = unknown> {
  readonly name: string;
  readonly options: Options;
}

/** How one node's options conflict with those of others. */
export interface Disagreement {
  /** Name of the node whose options are at fault. */
  readonly node: string;
  /** Path of the option within the node's options. */
  readonly path: readonly string[];
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/**
 * The place where public values are derived from secrets: not a node, but whoever draws all
 * secrets.
 */
export interface Publisher {
  readonly network: NetworkMap;
  readonly crypto: CryptoProvider;
  /** A shared secret of this protocol, whichever nodes share it. */
  shared(purpose: string): Uint8Array;
  /** A random stream of this protocol; nothing secret may come from it. */
  random(purpose: string): Random;
  /** Calendar time at which the nodes start, Unix seconds. */
  readonly seconds: number;
  /** How long the run lasts, ns. */
  readonly durationNs: number;
}

/**
 * What nodes of a protocol are provisioned with besides secrets of their own (docs/adr/0020). All
 * functions are pure, and run where secrets are drawn: in the process of the simulation or of the
 * coordinator.
 */
export interface Provisioning {
  /**
   * What everybody may know about a node's secrets: by the secret's name, the function that derives
   * its public part.
   */
  readonly publicKeys?: Readonly<
    Record<string, (secret: Uint8Array, crypto: CryptoProvider) => Uint8Array>
  >;
  /** Purposes of the secrets that `host` shares with other nodes of this protocol. */
  readonly sharedSecrets?: (host: HostView, network: NetworkMap) => readonly string[];
  /** Texts for all nodes of the network, of any protocol, by name. */
  readonly publish?: (publisher: Publisher) => Readonly<Record<string, string>>;
}

/** The face of a protocol. `Options` is what its schema returns. */
export interface Protocol<Options = unknown> {
  readonly name: string;
  /** One sentence for lists. */
  readonly summary: string;
  /** A zod schema of the node's `options`. */
  readonly config: { safeParse(input: unknown): unknown };
  /**
   * Finds options that are right by themselves but conflict with those of other nodes of the same
   * protocol, so that the file is refused at that line. Absent: nodes need not agree.
   */
  readonly disagreements?: (nodes: readonly ConfiguredNode<Options>[]) => readonly Disagreement[];
  /** Absent: nodes have secrets of their own, but share none and publish nothing. */
  readonly provisioning?: Provisioning;
  /** Pure jobs for `host.compute`, by name. */
  readonly jobs: Readonly<Record<string, JobDefinition>>;
  /** Address of the module that exports `protocol`, from which a live worker loads the jobs. */
  readonly moduleUrl: string;
  /** Drop reasons, each with one sentence that says what it means. */
  readonly drops: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricDefinition[];
  /**
   * Makes a reader of messages in datagrams from a node's checked options; attacks on privacy need
   * it (docs/adr/0012). Absent: the protocol cannot be attacked that way.
   */
  readonly messages?: (options: Options, crypto: CryptoProvider) => ReadMessage;
  /** Absent: its messages are not accounted for, and reports say so. */
  readonly account?: MessageAccount;
  /**
   * What outsiders can send to its nodes, by kind; events of action `flood` choose one. Absent:
   * nothing.
   */
  readonly forgeries?: Readonly<Record<string, Forgery>>;
  create(host: Host, setup: NodeSetup<Options>): NodeHandle;
}
