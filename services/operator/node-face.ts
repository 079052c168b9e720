/**
 * What a node process offers its operator: the one interface between the process that runs a node
 * and everything in this folder (endpoint, signals, health check; ).
 *
 * Types only: the process implements it.
 *
 * @module
 */
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { MetricValue } from '../../engine/measure/counters.ts';

/** State of a node process between start and end. */
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
  /** True when the node accepts work; otherwise `/readyz` answers 503. */
  readonly ready: boolean;
  /** Why it is not ready, one sentence each; empty when it is. */
  readonly reasons: readonly string[];
  /** Resident memory, bytes. */
  readonly rssBytes: number;
  /** Processor time used since the start, user and system, seconds. */
  readonly cpuSeconds: number;
}

/** The result of a reload. */
export interface ReloadResult {
  /** Settings that take effect now, in readable form: `log.level: info -> debug`. */
  readonly applied: readonly string[];
  /** Settings that differ in the file but need a restart to take effect. */
  readonly needsRestart: readonly string[];
  /** `file:line:column  message` when the file is invalid; all old settings then stay in effect. */
  readonly error?: string;
}

/** The result of a probe packet. */
export interface ProbeResult {
  readonly ok: boolean;
  /** Round trip in milliseconds, if the packet returned. */
  readonly ms?: number;
  /** Why it failed, one sentence. */
  readonly reason?: string;
}

/** A node process as seen by its operator; implemented by the process that runs the node. */
export interface NodeFace {
  /** Name of the node in its topology. */
  readonly name: string;
  status(): NodeStatus;
  /**
   * Every metric of the node, by name; read at each scrape, so it must take milliseconds at most.
   */
  metrics(): Readonly<Record<string, MetricValue>>;
  /** Units and help texts of the metrics; a metric without one is shown without unit. */
  readonly definitions?: readonly MetricDefinition[];
  /** Packets that the node dropped, by reason. */
  drops(): Readonly<Record<string, number>>;
  /**
   * Reads its files again and applies what can change while it runs; never throws on invalid files.
   */
  reload(): ReloadResult;
  /** Sends one packet through the network and waits for it; absent when a node cannot do that. */
  probe?(): Promise<ProbeResult>;
  /** Accepts no new work, finishes what is in progress, saves what must be kept. */
  drain(): Promise<void>;
}
