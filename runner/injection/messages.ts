/**
 * Messages about palette faults between the thread that serves the browser view and the thread that
 * runs a scenario: plain data over a port of their own (ADR 0015).
 *
 * @module
 */
import type { MessagePort } from 'node:worker_threads';

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

/** A message to the run. */
export type PaletteOrder =
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

/** A message from the run. */
export type PaletteNews =
  /** The run accepts orders from now on; `paths`: flows whose path in use it knows, `a -> b`. */
  | { readonly kind: 'ready'; readonly paths: readonly string[] }
  | { readonly kind: 'injected'; readonly number: number; readonly fault: InjectedEvent }
  | { readonly kind: 'refused'; readonly number: number; readonly reason: string }
  | { readonly kind: 'paced'; readonly number: number; readonly speed: number | null };
