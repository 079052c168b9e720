/**
 * The actions that a peer requests of its shell. Rare actions are effects; actions for each packet
 * are calls, because lists of effects would cost too much per packet (ADR 0043). All are performed
 * at once, in the order of the calls. Types only.
 *
 * @module
 */
import type { LogFields } from '../../engine/host/measure.ts';
import type { Endpoint } from '../../engine/host/socket.ts';
import type { PeerReachability } from '../../engine/host/transport.ts';

/**
 * `work` fires for whatever is due next in a session, path or packet; `report` fires for a receiver
 * report.
 */
export type PeerTimerName = 'work' | 'report';

/** An action that a peer requests. */
export type PeerEffect =
  /** Makes this timer fire at `atNs` instead of at the instant set before. */
  | { readonly kind: 'timer'; readonly timer: PeerTimerName; readonly atNs: number }
  /** Requests a tick at this instant, in a separate event. */
  | { readonly kind: 'wake' }
  | { readonly kind: 'way'; readonly way: PeerReachability }
  /** `label`: the value of the metric's label, if the metric has a label. */
  | { readonly kind: 'count'; readonly metric: string; readonly label?: string }
  | { readonly kind: 'sample'; readonly metric: string; readonly value: number }
  | { readonly kind: 'state'; readonly machine: string; readonly state: string }
  | { readonly kind: 'mark'; readonly name: string }
  | {
      readonly kind: 'log';
      readonly level: 'info' | 'warn';
      readonly message: string;
      readonly fields?: LogFields;
    };

/** Carries out the actions of a peer. */
export interface PeerOutput {
  perform(effect: PeerEffect): void;
  /** Counts a drop. */
  drop(reason: string): void;
  /** Hands a packet to the application; it is read during the call only. */
  deliver(packet: Uint8Array): void;
  /** A buffer to fill and send, or to release. */
  alloc(length: number): Uint8Array;
  release(buffer: Uint8Array): void;
  /** Sends a datagram; the packet belongs to the shell afterwards. */
  send(packet: Uint8Array, length: number, to: Endpoint, dscp: number): void;
}
