/**
 * Messages about faults and questions between the thread that serves pages and operators and the thread
 * that runs a scenario: plain data over a separate port (ADR 0015, ADR 0080).
 *
 * @module
 */

import type { MetricValue } from '../../engine/measure/counters.ts';
import type { AskAnswer } from '../../reports/model.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import type { ThreadPort } from '../../topologies/files/machine.ts';

/** An event as written in a file, without its instant and its name. */
export type EventValues = Readonly<Record<string, unknown>>;

/**
 * The channel on which a run receives commands. It is passed to the thread of the run, and its port is
 * transferred.
 */
export interface InjectionPort {
  readonly port: ThreadPort;
  /**
   * Initial pace in virtual seconds per second of wall time: with 0 the run waits for a command, with
   * `null` it is as fast as possible. Only for runs in virtual time.
   */
  readonly speed: number | null;
}

/** A message to the run about its faults or its pace. */
export type FaultCommand =
  | { readonly kind: 'inject'; readonly number: number; readonly event: EventValues }
  | { readonly kind: 'pace'; readonly number: number; readonly speed: number | null };

/** An injected fault, as a scenario file would have it. */
export interface InjectedEvent {
  readonly id: string;
  /** The event, with an `id` and its exact instant. */
  readonly event: EventValues;
  readonly beginNs: number;
  /** When the fault ends; undefined if it lasts to the end of the run. */
  readonly endNs: number | undefined;
  /** The effect of the fault, as text for people. */
  readonly text: string;
}

/** A message from the run about its faults or its pace. */
export type FaultReport =
  /**
   * Says that the run accepts commands from now on. `paths` lists the flows, as `a -> b`, whose
   * path in use the run knows.
   */
  | { readonly kind: 'ready'; readonly paths: readonly string[] }
  | { readonly kind: 'injected'; readonly number: number; readonly fault: InjectedEvent }
  | { readonly kind: 'refused'; readonly number: number; readonly reason: string }
  | { readonly kind: 'paced'; readonly number: number; readonly speed: number | null };

/** A question from outside the scenario; it is not measured. */
export type AskCommand =
  | { readonly kind: 'ask'; readonly number: number; readonly spec: AskSpec }
  /** Gives up the question with this number. */
  | { readonly kind: 'unask'; readonly number: number }
  /** Asks for the status of a node; without `node`, of all nodes. */
  | { readonly kind: 'statuses'; readonly number: number; readonly node?: string }
  | { readonly kind: 'counts'; readonly number: number };

/** The run's answer to a question. */
export type AskReport =
  /** A part of an answer; its end follows. */
  | { readonly kind: 'part'; readonly number: number; readonly body: Uint8Array }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: AskAnswer }
  | { readonly kind: 'statuses'; readonly number: number; readonly nodes: NodeStatuses }
  | ({ readonly kind: 'counts'; readonly number: number } & RunCounts);

/** The statuses of nodes, by the name of the node. */
export type NodeStatuses = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Counters of all nodes of a run so far. */
export interface RunCounts {
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Packets that nodes dropped, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** A message to the run. */
export type RunPortCommand = FaultCommand | AskCommand;
/** A message from the run. */
export type RunPortReport = FaultReport | AskReport;
