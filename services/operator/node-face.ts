/**
 * The interface between a process that runs a node and everything in this folder (endpoint,
 * signals, health check; ).
 *
 * It consists of types only; the process implements it.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';

/** State of a node process between start and end. */
export type NodeProcessState = 'starting' | 'ready' | 'running' | 'draining' | 'stopped';

/** The state of a node process, as JSON at `/status`. */
export interface NodeStatus {
  readonly state: NodeProcessState;
  /** Name of the node in its topology. */
  readonly node: string;
  /** Name of the protocol that it runs. */
  readonly protocol: string;
  /** Seconds since the process started. */
  readonly uptimeSeconds: number;
  /** True if the node accepts work; otherwise `/readyz` answers 503. */
  readonly ready: boolean;
  /** Why it is not ready, one sentence each; empty if it is ready. */
  readonly reasons: readonly string[];
  /** Resident memory, bytes. */
  readonly rssBytes: number;
  /** Processor time used since the start, user and system, seconds. */
  readonly cpuSeconds: number;
}

/** The result of a reload. */
export interface ReloadResult {
  /** Settings that have changed and take effect now, as text: `log.level: info -> debug`. */
  readonly applied: readonly string[];
  /** Settings that have changed in the file but need a restart to take effect. */
  readonly needsRestart: readonly string[];
  /** `file:line:column message` if the file is invalid; all old settings then stay in effect. */
  readonly error?: string;
}

/** A question of the operator to a node. */
export interface OperatorQuestion {
  /** A kind of request that the protocol knows, or `status`. */
  readonly kind: string;
  /** Name of the node; may be absent if the process runs only one. */
  readonly node?: string;
  /** The protocol that is asked; by default the uppermost of the node. */
  readonly by?: string;
  readonly target: string;
  readonly body: string;
  /** Time limit for the answer, ms. */
  readonly withinMs: number;
}

/** The answer of a node to an operator's question. */
export interface OperatorAnswer {
  /** `ok`, or why there is no answer. */
  readonly outcome: string;
  readonly ms: number;
  /** The parts of the answer in order, as text. */
  readonly parts: readonly string[];
}

/** The result of a probe packet. */
export interface ProbeResult {
  readonly ok: boolean;
  /** Round-trip time in milliseconds, if the packet came back. */
  readonly ms?: number;
  /** Why it failed, one sentence. */
  readonly reason?: string;
}

/** A value, or a promise of a value that has to be fetched from another thread. */
type Awaitable<T> = T | Promise<T>;

/** The source of everything that the endpoint shows: the nodes of a process, or those of a run. */
export interface OperatorBackend {
  /** Name of the node in its topology, or of the run. */
  readonly name: string;
  status(): NodeStatus;
  /** All metrics of the node, by name. Called at each scrape, so it must take only milliseconds. */
  metrics(): Awaitable<Readonly<Record<string, MetricValue>>>;
  /** Units and help texts of the metrics; a metric without a definition is shown without unit. */
  readonly definitions?: readonly MetricDefinition[];
  /** Number of packets that the node dropped, by reason. */
  drops(): Awaitable<Readonly<Record<string, number>>>;
  /** Metrics under other names, in the text format; ends with a newline unless it is empty. */
  published?(): Promise<string>;
  /** Sends a packet through the network and waits for it; absent, or undefined, if the node cannot do that. */
  probe?(): Promise<ProbeResult | undefined>;
  /** The status that each node reports, by its name, a few MB together; runs code of the nodes. */
  nodes(): Awaitable<Readonly<Record<string, Readonly<Record<string, unknown>>>>>;
  /**
   * Asks a node of the process; absent if it has none that can be asked. Never rejects.
   * @param signal Aborted when the asker no longer waits for the answer.
   */
  ask?(question: OperatorQuestion, signal: AbortSignal): Promise<OperatorAnswer>;
}

/** A node process as seen by its operator; implemented by the process that runs the node. */
export interface NodeProcessBackend extends OperatorBackend {
  /**
   * Reads its files again and applies what can change while it runs; never throws for invalid
   * files.
   */
  reload(): ReloadResult;
  /** Stops accepting new work, finishes what is in progress, and saves what must be kept. */
  drain(): Promise<void>;
}
