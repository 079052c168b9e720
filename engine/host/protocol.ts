/**
 * The public face of a protocol: what `nodes/<p>/index.ts` exports as `protocol`, and what users'
 * own protocols export in the same way.
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
 * were seen before. It measures, it never decides (`antireplay.false_reject`).
 */
export interface Witness {
  /** Notes `value` (safe integer >= 0) in `space`; true when it was there already. */
  note(space: string, value: number): boolean;
  /** True when `value` was noted in `space`. */
  has(space: string, value: number): boolean;
}

/**
 * What an omniscient observer is told of messages inside nodes: it measures, it never decides, and
 * what a node does must not depend on it (docs/adr/0012). A key names one message on one link: both
 * ends compute the same safe integer >= 0 from its bytes, so that nothing is added to the packet.
 */
export interface MessageObserver {
  /**
   * The node took over what the request in hand asks it to send, under this number of its own: a
   * safe integer >= 0. Without a request in hand it has found on its disk what an earlier life took over
   * under that number.
   */
  accepted?(message: number): void;
  /**
   * A client or mix made a message and sends it now.
   * @param kind `payload`, `loop`, `drop-cover`, `mix-loop` or `ack`.
   * @param recipient Name of the node it is for; empty for cover.
   * @param message Number under which {@link accepted} named what it carries.
   */
  created(key: number, kind: string, recipient: string, message?: number): void;
  /** A node took the message in. */
  arrived(key: number): void;
  /** The same message leaves the node under a new key. */
  departed(inKey: number, outKey: number): void;
  /** The message goes no further: this node is its end. */
  ended(key: number, how: 'delivered' | 'dropped' | 'absorbed'): void;
  /**
   * The node that {@link accepted} a message is done with it: it was acknowledged, is given up, was sent
   * where nobody acknowledges, or is lost by the drop that the node has just named.
   */
  settled?(message: number, how: 'acknowledged' | 'abandoned' | 'sent' | 'dropped'): void;
  /**
   * What came under `key` and ends here is kept for its recipient.
   * @param copy Names it from here on: computed by both ends from its bytes, a safe integer >= 0.
   */
  kept?(key: number, copy: number): void;
  /** It is kept no longer: its recipient has it. */
  released?(copy: number): void;
  /**
   * The recipient took it: it is a part that waits for others (`held`), is delivered with all of its
   * message, or dropped. One that is held is told of again when that ends.
   */
  taken?(copy: number, how: 'held' | 'delivered' | 'dropped'): void;
}

/** Where a message is in a datagram, for an adversary inside the channel who has no keys. */
export interface WireMessage {
  /** The key under which observers know it on this link. */
  readonly key: number;
  /** Offset of what nodes authenticate hop by hop. */
  readonly headerOffset: number;
  /** Offset of what they do not; it reaches to the end. */
  readonly payloadOffset: number;
}

/** Reads a datagram between two nodes; undefined when it carries no message. */
export type ReadMessage = (datagram: Uint8Array) => WireMessage | undefined;

/** How the messages of a protocol are accounted for (docs/adr/0028). */
export type MessageAccount =
  /** Nodes hold messages and make others of them: they tell of each step of each. */
  | { readonly kind: 'steps' }
  /** Whoever has a message keeps it until the next has it, and tells of both. */
  | { readonly kind: 'custody' }
  /**
   * Nodes pass messages on within an event, and tell of those that they hold longer. `keyOf` names the
   * message in a datagram of any link, as {@link MessageObserver.created} did: it is asked about
   * datagrams that are lost. Keys of what a node sends to one other go up by one each time, below 2^27,
   * and begin anew with other upper bits.
   */
  | { readonly kind: 'passage'; readonly keyOf: (datagram: Uint8Array) => number | undefined };

/** What a protocol gets besides the port. */
export interface NodeSetup<Options> {
  /** The node's options, checked by the protocol's schema, with defaults filled in. */
  readonly options: Options;
  /** The network with this node's own secrets. */
  readonly network: NetworkView;
  readonly witness: Witness;
  /** Absent where nobody measures privacy, explains packets or keeps an account of messages. */
  readonly observer?: MessageObserver;
}

/** A running node as the runner sees it. */
export interface NodeHandle {
  /** Opens sockets and timers. Called once, at time 0 or after a restart. */
  start(): void;
  /** Ends gracefully: persists, closes. Not called on a crash. */
  stop?(): void;
  /** Link ids that packets to `target` take at this moment, in order; for faults on active paths. */
  activePath?(target: string): readonly string[] | undefined;
  /** True when the node can carry traffic; the runner waits for it before it calls a run live. */
  isReady?(): boolean;
  /**
   * How many messages the node holds, by what it told its observer: arrived and neither departed nor
   * ended, accepted and not settled, kept and not released, held. Asked at the end of a run whose
   * messages are accounted for.
   */
  holding?(): number;
  /** Names a broken invariant of the node's state, or undefined. Asked at the end and at marks. */
  invariant?(): string | undefined;
  /** What a status page shows: plain data, sorted keys. */
  status?(): Readonly<Record<string, unknown>>;
}

/** A node of a file with its checked options. */
export interface ConfiguredNode<Options = unknown> {
  readonly name: string;
  readonly options: Options;
}

/** What one node's options say against those of the others. */
export interface Disagreement {
  /** Name of the node whose options are at fault. */
  readonly node: string;
  /** Of the option, inside the options of the node. */
  readonly path: readonly string[];
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** Where public things are made of secrets: not a node, but the place that draws them all. */
export interface Publisher {
  readonly network: NetworkMap;
  readonly crypto: CryptoProvider;
  /** A shared secret of this protocol, whoever its members are. */
  shared(purpose: string): Uint8Array;
  /** A stream of random numbers of this protocol; nothing secret may come from it. */
  random(purpose: string): Random;
  /** Calendar time at which the nodes start, seconds since 1970. */
  readonly seconds: number;
  /** How long the run lasts, ns. */
  readonly durationNs: number;
}

/**
 * What nodes of a protocol are provisioned with beside secrets of their own (docs/adr/0020). All of it
 * is pure, and runs where secrets are drawn: in the process of the simulation or of the coordinator.
 */
export interface Provisioning {
  /** What everybody may know of a node's secrets: by the secret's name, how its public part is made. */
  readonly publicKeys?: Readonly<
    Record<string, (secret: Uint8Array, crypto: CryptoProvider) => Uint8Array>
  >;
  /** Purposes of the secrets that `host` shares with others of this protocol. */
  readonly sharedSecrets?: (host: HostView, network: NetworkMap) => readonly string[];
  /** Texts for all nodes of the network, whatever their protocol, by name. */
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
   * Finds options that are right by themselves and wrong beside those of other nodes of the same
   * protocol, so that the file is refused where they stand. Absent: nodes need not agree.
   */
  readonly disagreements?: (nodes: readonly ConfiguredNode<Options>[]) => readonly Disagreement[];
  /** Absent: nodes have secrets of their own, share none and publish nothing. */
  readonly provisioning?: Provisioning;
  /** Pure jobs for `host.compute`, by name. */
  readonly jobs: Readonly<Record<string, JobDefinition>>;
  /** Address of the module that exports `protocol`, so that a live worker can load the jobs. */
  readonly moduleUrl: string;
  /** Drop reasons and what each means, one sentence. */
  readonly drops: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricDefinition[];
  /**
   * Makes what finds messages in datagrams, by a node's checked options: attacks on privacy need it
   * (docs/adr/0012). Absent: the protocol cannot be attacked so.
   */
  readonly messages?: (options: Options, crypto: CryptoProvider) => ReadMessage;
  /** Absent: its messages are not accounted for, and reports say so. */
  readonly account?: MessageAccount;
  /** What strangers can send to its nodes, by kind: events of action `flood` choose one. Absent: none. */
  readonly forgeries?: Readonly<Record<string, Forgery>>;
  create(host: Host, setup: NodeSetup<Options>): NodeHandle;
}
