/**
 * What a node process shows to its operator: the one interface between the process that runs a node
 * and everything in this folder (endpoint, signals, health check).
 *
 * Spec: seed-systems.md. Contains no behaviour: the process implements it.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';

/** Where a node process stands between its start and its end. */
export type NodeState = 'starting' | 'ready' | 'running' | 'draining' | 'stopped';

/** The state of a node process, as JSON at `/status`. */
export interface NodeStatus {
  readonly state: NodeState;
  /** Name of the node in its topology. */
  readonly node: string;
  /** Name of the protocol that it runs. */
  readonly protocol: string;
  /** Seconds since the process started. */
  readonly uptimeSeconds: number;
  /** True when the node takes work; `/readyz` answers 503 otherwise. */
  readonly ready: boolean;
  /** Why it is not ready, one sentence each; empty when it is. */
  readonly reasons: readonly string[];
  /** Resident memory, bytes. */
  readonly rssBytes: number;
  /** Processor time used since the start, user and system, seconds. */
  readonly cpuSeconds: number;
}

/** What a reload did. */
export interface ReloadResult {
  /** Settings that are in force from now on, as a person names them: `log.level: info -> debug`. */
  readonly applied: readonly string[];
  /** Settings that differ in the file but take effect with the next start only. */
  readonly needsRestart: readonly string[];
  /** `file:line:column  message` when the file is bad; then the old settings are all in force. */
  readonly error?: string;
}

/** What came of the one packet of a probe. */
export interface ProbeResult {
  readonly ok: boolean;
  /** Round trip in milliseconds, when the packet came back. */
  readonly ms?: number;
  /** Why it failed, one sentence. */
  readonly reason?: string;
}

/** A node process as its operator sees it; the process that runs the node implements it. */
export interface NodeFace {
  /** Name of the node in its topology. */
  readonly name: string;
  status(): NodeStatus;
  /** Every metric of the node by name; read at each scrape, so it must be cheap (milliseconds). */
  metrics(): Readonly<Record<string, MetricValue>>;
  /** Units and help of the metrics; a metric without one is shown without unit. */
  readonly definitions?: readonly MetricDefinition[];
  /** Packets that the node dropped, by reason. */
  drops(): Readonly<Record<string, number>>;
  /** Reads its files again and takes over what can change while it runs; never throws on bad files. */
  reload(): ReloadResult;
  /** Sends one packet through the network and waits for it; absent where a node cannot. */
  probe?(): Promise<ProbeResult>;
  /** Takes no new work, ends what is under way, saves what must be kept. */
  drain(): Promise<void>;
}
