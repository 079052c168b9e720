/**
 * The bundle protocol agent (RFC 9171 section 5): takes bundles in, keeps them, and hands them to
 * neighbours or to the application. A state machine: it sees neither sockets nor links.
 *
 * Its parts: `origin.ts` makes bundles, `reception.ts` checks those of neighbours, `holdings.ts`
 * keeps them, `forwarding.ts` finds their way, `delivery.ts` hands them over.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { Machine, TimerDue } from '../../_kit/machine.ts';
import type { DtnDrop } from '../drops.ts';
import { BODY_MAX } from '../geometry.ts';
import { BundleView } from '../wire/view.ts';
import { Delivery } from './delivery.ts';
import { type AgentEffect, Effects } from './effects.ts';
import { openHeld } from './forwarded-copy.ts';
import { Forwarding } from './forwarding.ts';
import type { HeldBundle } from './held-bundle.ts';
import { Holdings } from './holdings.ts';
import type { AgentInput, BundleInput, SendInput } from './input.ts';
import { Origin } from './origin.ts';
import type { AgentParts } from './parts.ts';
import { Reception } from './reception.ts';

/** The agent of one node. */
export class Agent<Request> implements Machine<AgentInput<Request>, AgentEffect<Request>> {
  readonly #parts: AgentParts;
  readonly #effects: Effects<Request>;
  readonly #holdings: Holdings;
  readonly #origin: Origin;
  readonly #reception: Reception;
  readonly #forwarding: Forwarding;
  readonly #delivery: Delivery;

  constructor(parts: AgentParts) {
    const effects = new Effects<Request>(parts.keyOf !== undefined);
    const holdings = new Holdings(parts.options.store, effects);
    const origin = new Origin(parts);
    this.#parts = parts;
    this.#effects = effects;
    this.#holdings = holdings;
    this.#origin = origin;
    const dtnMs = (): number => origin.dtnMs();
    this.#reception = new Reception({ ...parts, holdings, effects, dtnMs });
    this.#forwarding = new Forwarding({ ...parts, holdings, effects });
    this.#delivery = new Delivery(parts.names, effects);
  }

  /** Number of bundles that the agent holds. */
  get holding(): number {
    return this.#holdings.size;
  }

  /** Bundles that wait, by reason, for the status page. */
  get waiting(): Readonly<Record<string, number>> {
    return this.#forwarding.waiting;
  }

  step(now: Nanoseconds, input: AgentInput<Request> | TimerDue): readonly AgentEffect<Request>[] {
    switch (input.kind) {
      case 'send':
        this.#send(now, input);
        break;
      case 'bundle':
        this.#receive(now, input);
        break;
      case 'receipt':
        this.#forwarding.acknowledged(input.transfer);
        break;
      case 'way':
        this.#forwarding.turn(now, input.outlet, input.way);
        break;
      case 'timer':
        this.#forwarding.review(now);
    }
    this.#expire(now);
    this.#forwarding.transmit(now);
    return this.#effects.taken();
  }

  nextAt(): Nanoseconds {
    return Math.min(this.#holdings.nextAt(), this.#forwarding.nextAt());
  }

  #send(now: Nanoseconds, input: SendInput<Request>): void {
    const outcome = this.#accept(now, input);
    this.#effects.push({ kind: 'answer', request: input.request, outcome });
  }

  #accept(now: Nanoseconds, { to, body, wishes }: SendInput<Request>): string {
    const { own, names } = this.#parts;
    if (names.numberOf(to) === undefined) return 'unknown-peer';
    if (body.length > BODY_MAX) return 'too-large';
    const bundle = this.#origin.create(now, { to, body, wishes });
    const isHere = to === own;
    if (!isHere && !this.#holdings.add(bundle)) return 'no-storage';
    this.#effects.count('dtn.accepted');
    this.#effects.report({ kind: 'accepted', name: bundle.name });
    if (isHere) {
      const view = new BundleView();
      openHeld(view, bundle.bytes);
      this.#delivery.deliver(bundle, view);
    } else this.#forwarding.route(now, bundle);
    return 'ok';
  }

  #receive(now: Nanoseconds, { bytes, from, transfer }: BundleInput): void {
    const effects = this.#effects;
    effects.count('dtn.received');
    const name = this.#parts.keyOf?.(bytes) ?? 0;
    effects.report({ kind: 'arrived', key: name });
    const checked = this.#reception.check(now, { bytes, from, name });
    const drop = typeof checked === 'string' ? checked : this.#admit(now, checked);
    // Without a receipt the bundle comes again, when there may be room.
    if (transfer !== undefined && drop !== 'no-storage')
      effects.push({ kind: 'receipt', transfer });
    if (drop === undefined) return;
    effects.drop(drop);
    effects.report({ kind: 'ended', key: name, how: 'dropped' });
  }

  /** Delivers a bundle that has just been checked, or keeps it. */
  #admit(now: Nanoseconds, bundle: HeldBundle): DtnDrop | undefined {
    if (bundle.destination === this.#parts.own) {
      this.#holdings.remember(bundle);
      this.#delivery.deliver(bundle, this.#reception.view);
      return undefined;
    }
    if (!this.#holdings.add(bundle)) return 'no-storage';
    this.#forwarding.route(now, bundle);
    return undefined;
  }

  #expire(now: Nanoseconds): void {
    for (let due = this.#holdings.nextExpired(now); due; due = this.#holdings.nextExpired(now)) {
      this.#forwarding.giveUp(due);
      this.#effects.count('dtn.expired');
      this.#effects.lose(due, 'expired');
    }
  }
}
