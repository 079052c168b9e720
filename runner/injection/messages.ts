/**
 * Messages about faults and questions between the thread that serves pages and operators and the
 * thread that runs a scenario: plain data over a port of their own (ADR 0015, ADR 0080).
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';
import type { MetricValue } from '../../engine/measure/counters.ts';
import type { AskAnswer } from '../../reports/model.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';

/** An event as written in a file, without its instant and its name. */
export type EventValues = Readonly<Record<string, unknown>>;

/**
 * The channel on which a run receives orders. It is passed to another thread, and its port is
 * transferred.
 */
export interface InjectionPort {
  readonly port: MessagePort;
  /**
   * Virtual seconds per second of wall time at the start; 0 waits for an order, `null` runs as fast
   * as possible. Only for runs in virtual time.
   */
  readonly speed: number | null;
}

/** A message to the run about its faults or its pace. */
export type PaletteCommand =
  | { readonly kind: 'inject'; readonly number: number; readonly event: EventValues }
  | { readonly kind: 'pace'; readonly number: number; readonly speed: number | null };

/** An injected fault, as a file would have it. */
export interface InjectedEvent {
  readonly id: string;
  /** The event, with an `id` and its exact instant. */
  readonly event: EventValues;
  readonly beginNs: number;
  /** When the fault ends; undefined if it lasts to the end of the run. */
  readonly endNs: number | undefined;
  /** What was affected, as text for people. */
  readonly text: string;
}

/** A message from the run about its faults or its pace. */
export type PaletteReport =
  /** The run accepts orders from now on; `paths`: flows whose path in use it knows, `a -> b`. */
  | { readonly kind: 'ready'; readonly paths: readonly string[] }
  | { readonly kind: 'injected'; readonly number: number; readonly fault: InjectedEvent }
  | { readonly kind: 'refused'; readonly number: number; readonly reason: string }
  | { readonly kind: 'paced'; readonly number: number; readonly speed: number | null };

/** What somebody outside the run asks; none of it is measured. */
export type AskCommand =
  | { readonly kind: 'ask'; readonly number: number; readonly spec: AskSpec }
  /** Nobody waits for the answer to the question of that number any more. */
  | { readonly kind: 'unask'; readonly number: number }
  /** What a node, or each node, says of itself. */
  | { readonly kind: 'statuses'; readonly number: number; readonly node?: string }
  | { readonly kind: 'counts'; readonly number: number };

/** The run's answer to a question. */
export type AskReport =
  /** A part of an answer; its end follows. */
  | { readonly kind: 'part'; readonly number: number; readonly body: Uint8Array }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: AskAnswer }
  | { readonly kind: 'statuses'; readonly number: number; readonly nodes: NodeStatuses }
  | ({ readonly kind: 'counts'; readonly number: number } & RunCounts);

/** What nodes say of themselves, by name. */
export type NodeStatuses = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What the nodes of a run have counted so far, together. */
export interface RunCounts {
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** Packets that nodes dropped, by reason. */
  readonly drops: Readonly<Record<string, number>>;
}

/** A message to the run. */
export type RunPortCommand = PaletteCommand | AskCommand;
/** A message from the run. */
export type RunPortReport = PaletteReport | AskReport;
