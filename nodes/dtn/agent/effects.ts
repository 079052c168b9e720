/**
 * The effects of an agent, and the list to which its parts add them during a step.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { DtnDropReason } from '../drops.ts';
import { type HeldBundle, isOwnMessage, type Priority } from './held-bundle.ts';
import type { TransferId } from './input.ts';
import type { ContactUse } from './outlet.ts';

/** Events of a bundle that are reported for the account of messages (ADR 0028). */
export type BundleAccountEvent =
  /** A bundle of this node was accepted, and has this number from now on. */
  | { readonly kind: 'accepted'; readonly observerNumber: number }
  /** A bundle of this node leaves over a way without acknowledgements, and no copy stays here. */
  | {
      readonly kind: 'created';
      readonly observerNumber: number;
      readonly bundle: Uint8Array;
      readonly recipient: string;
    }
  /** A copy of a bundle of this node leaves; the bundle stays until the neighbour has acknowledged the copy. */
  | {
      readonly kind: 'handed';
      readonly observerNumber: number;
      readonly bundle: Uint8Array;
      readonly recipient: string;
    }
  /**
   * A copy of a bundle leaves, and the bundle itself stays here. The bundle was made by this node (`observerNumber`)
   * or by another one (`key`).
   */
  | {
      readonly kind: 'copied';
      readonly observerNumber: number;
      readonly bundle: Uint8Array;
      readonly recipient: string;
    }
  | { readonly kind: 'copied'; readonly key: number; readonly bundle: Uint8Array }
  /** A record leaves, from the router of this node to that of a neighbour. */
  | { readonly kind: 'record'; readonly bundle: Uint8Array; readonly recipient: string }
  | {
      readonly kind: 'settled';
      readonly observerNumber: number;
      readonly how: 'acknowledged' | 'sent' | 'dropped';
    }
  /** A bundle of another node arrived with this key, departed with these bytes, or ended here. */
  | { readonly kind: 'arrived'; readonly key: number }
  | { readonly kind: 'departed'; readonly key: number; readonly bundle: Uint8Array }
  | {
      readonly kind: 'ended';
      readonly key: number;
      readonly how: 'delivered' | 'dropped' | 'absorbed';
    };

/** Metrics that an agent counts. */
export type AgentCounterName =
  | 'dtn.taken'
  | 'dtn.forwarded'
  | 'dtn.arrived'
  | 'dtn.expired'
  | 'dtn.received'
  | 'dtn.records'
  | 'dtn.recovered'
  | 'dtn.fragments'
  | 'dtn.reports'
  | 'dtn.reported'
  | 'dtn.confirmed'
  | 'dtn.custody.lost'
  | 'dtn.redelivered'
  | 'dtn.duplicate_copies';

/** The effects of an agent. */
export type AgentEffect<Request> =
  | {
      readonly kind: 'transmit';
      readonly outlet: string;
      readonly bundle: Uint8Array;
      /** Number under which the neighbour will acknowledge the bundle; absent over ways without acknowledgements. */
      readonly transfer?: number;
      /** How long the transmitter takes, ns; absent if the way has no transmitter of its own. */
      readonly durationNs?: Nanoseconds;
      /** What the bundle takes of a planned contact; absent if none is planned now. */
      readonly use?: ContactUse;
      readonly priority: Priority;
      /** True if the bundle is a router's or agent's own record and not from an application. */
      readonly isRecord: boolean;
    }
  /** Acknowledges the bundle of a transfer to the neighbour that sent it. */
  | { readonly kind: 'receipt'; readonly transfer: TransferId }
  | { readonly kind: 'deliver'; readonly from: string; readonly body: Uint8Array }
  | { readonly kind: 'answer'; readonly request: Request; readonly outcome: string }
  | { readonly kind: 'drop'; readonly reason: DtnDropReason }
  | { readonly kind: 'count'; readonly metric: AgentCounterName }
  | { readonly kind: 'hops'; readonly hops: number }
  /** A bundle left `byNs` before or after the instant that the router had first planned for it. */
  | { readonly kind: 'misplanned'; readonly byNs: Nanoseconds }
  | { readonly kind: 'stored'; readonly bytes: number }
  /** The last held bundle is gone, `afterNs` after a way opened while bundles were held. */
  | { readonly kind: 'emptied'; readonly afterNs: Nanoseconds }
  | { readonly kind: 'report'; readonly report: BundleAccountEvent }
  /** Writes to the durable store, in this order; `sync` is answered with the input `synced`. */
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'erase'; readonly key: string }
  | { readonly kind: 'sync' };

/** Takes the effects of the parts of an agent; they cannot answer requests, which only the agent does. */
export interface EffectSink {
  push(effect: AgentEffect<never>): void;
  count(metric: AgentCounterName): void;
  drop(reason: DtnDropReason): void;
  report(report: BundleAccountEvent): void;
  /** Adds the effects of the loss of a bundle of which the node had custody. */
  lose(bundle: HeldBundle, reason: DtnDropReason): void;
  /** Adds the effects of the end of a bundle here of which other nodes have copies. */
  absorb(bundle: HeldBundle): void;
}

/** Collects the effects of one step of an agent. */
export class AgentEffectList<Request> implements EffectSink {
  readonly #isObserved: boolean;
  #effects: AgentEffect<Request>[] = [];

  constructor(isObserved: boolean) {
    this.#isObserved = isObserved;
  }

  /** All effects since the last call. */
  taken(): readonly AgentEffect<Request>[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  push(effect: AgentEffect<Request>): void {
    this.#effects.push(effect);
  }

  count(metric: AgentCounterName): void {
    this.push({ kind: 'count', metric });
  }

  drop(reason: DtnDropReason): void {
    this.push({ kind: 'drop', reason });
  }

  report(report: BundleAccountEvent): void {
    if (this.#isObserved) this.push({ kind: 'report', report });
  }

  lose(bundle: HeldBundle, reason: DtnDropReason): void {
    const { observerNumber } = bundle;
    this.drop(reason);
    if (isOwnMessage(bundle)) this.report({ kind: 'settled', observerNumber, how: 'dropped' });
    else this.report({ kind: 'ended', key: observerNumber, how: 'dropped' });
  }

  absorb(bundle: HeldBundle): void {
    const { observerNumber } = bundle;
    if (isOwnMessage(bundle)) this.report({ kind: 'settled', observerNumber, how: 'sent' });
    else this.report({ kind: 'ended', key: observerNumber, how: 'absorbed' });
  }
}
