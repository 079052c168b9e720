/**
 * One BFD session as a pure state machine: inputs in, effects out.
 *
 * RFC 5880 6.2 (states), 6.8.1 to 6.8.7 in asynchronous mode. Differs from the SCION reference in
 * one transition: a received AdminDown leads to Down (RFC 5880 6.8.6), not to AdminDown. session.ts
 * encodes and decodes the packets.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { TimerTable } from '../../_kit/timer-table.ts';
import {
  BFD_INTERVAL_UNIT_NS,
  BFD_JITTER_PERCENT_MAX,
  BFD_JITTER_PERCENT_MIN_SINGLE,
  BFD_SLOW_TX_INTERVAL_NS_MIN,
} from './geometry.ts';
import type { BfdDropReason, BfdPacket, BfdStateName } from './packet.ts';

/** Parameters of this end of a session; they do not change during the session. */
export interface BfdParameters {
  /** Intervals without a packet after which the peer declares the link down, 1 … 255. */
  readonly detectMultiplier: number;
  /** Desired interval between sent packets once the session has left Down, ns. */
  readonly desiredMinTxNs: number;
  /** Shortest interval between received packets that this end supports, ns. */
  readonly requiredMinRxNs: number;
  /** The local discriminator, 1 to 2^32-1. */
  readonly discriminator: number;
}

/**
 * The timers of a session. `send`: the next packet is due. `detection`: no packet of the peer has
 * arrived for too long.
 */
type BfdTimer = 'send' | 'detection';

/** The inputs of a session's state machine. */
export type BfdInput =
  | { readonly kind: 'packet'; readonly packet: BfdPacket }
  | { readonly kind: 'admin'; readonly state: 'up' | 'down' };

/** The effects of a session's state machine. */
export type BfdEffect =
  | { readonly kind: 'send'; readonly packet: BfdPacket }
  | { readonly kind: 'state'; readonly state: BfdStateName }
  | { readonly kind: 'drop'; readonly reason: BfdDropReason };

/** State after a received packet, by this end's state and the received state (6.2, 6.8.6). */
const AFTER_PACKET: Readonly<Record<BfdStateName, Readonly<Record<BfdStateName, BfdStateName>>>> = {
  'admin-down': {
    'admin-down': 'admin-down',
    down: 'admin-down',
    init: 'admin-down',
    up: 'admin-down',
  },
  down: { 'admin-down': 'down', down: 'init', init: 'up', up: 'down' },
  init: { 'admin-down': 'down', down: 'init', init: 'up', up: 'up' },
  up: { 'admin-down': 'down', down: 'down', init: 'up', up: 'up' },
};

/** One BFD session. It begins in the state Down (6.8.1). */
export class BfdMachine implements StateMachine<BfdInput, BfdEffect> {
  readonly #parameters: BfdParameters;
  readonly #jitter: Random;
  readonly #timers = new TimerTable<BfdTimer>();
  #state: BfdStateName = 'down';
  /** The peer's discriminator; 0 while unknown. */
  #remoteDiscriminator = 0;
  /** The peer's minimum receive interval, ns; 0 while unknown. */
  #remoteMinRxNs = 0;
  /** Start of the present interval between sent packets. */
  #sinceNs: Nanoseconds = 0;

  /**
   * @param jitter Shortens the intervals between packets; nothing else is drawn from it.
   * @param now The present instant; the first packet is due one interval later.
   */
  constructor(parameters: BfdParameters, jitter: Random, now: Nanoseconds) {
    this.#parameters = parameters;
    this.#jitter = jitter;
    this.#planSend(now);
  }

  get state(): BfdStateName {
    return this.#state;
  }

  nextAt(): Nanoseconds {
    return this.#timers.nextAt();
  }

  step(now: Nanoseconds, input: BfdInput | TimerDue): readonly BfdEffect[] {
    switch (input.kind) {
      case 'packet':
        return this.#onPacket(now, input.packet);
      case 'admin':
        return this.#onAdmin(input.state);
      case 'timer':
        return this.#onTimer(now);
    }
  }

  #onTimer(now: Nanoseconds): readonly BfdEffect[] {
    switch (this.#timers.takeDue(now)) {
      case 'send':
        return this.#onSendDue(now);
      case 'detection':
        return this.#onSilence();
      case undefined:
        return [];
    }
  }

  #onPacket(now: Nanoseconds, packet: BfdPacket): readonly BfdEffect[] {
    // RFC 5880 6.8.6: a non-zero discriminator selects the session.
    const names = packet.yourDiscriminator;
    if (names !== 0 && names !== this.#parameters.discriminator) {
      return [{ kind: 'drop', reason: 'bfd-discriminator' }];
    }
    // RFC 5880 6.8.6: while a session is administratively down, it ignores received packets.
    if (this.#state === 'admin-down') return [];
    const before = this.#state;
    this.#state = AFTER_PACKET[before][packet.state];
    this.#remoteDiscriminator = packet.myDiscriminator;
    const slowestNs = this.#remoteMinRxNs;
    this.#remoteMinRxNs = packet.requiredMinRxUs * BFD_INTERVAL_UNIT_NS;
    // RFC 5880 6.8.4: the detection time is the peer's multiplier times the longer of its send
    // interval and this end's receive interval.
    const intervalNs = Math.max(
      this.#parameters.requiredMinRxNs,
      packet.desiredMinTxUs * BFD_INTERVAL_UNIT_NS,
    );
    this.#timers.set('detection', now + packet.detectMultiplier * intervalNs);
    const isLeavingDown = before === 'down' && this.#state !== before;
    // Reference router/bfd/session.go: leaving Down must not wait for the slow timer.
    if (isLeavingDown) this.#planSend(now);
    // RFC 5880 6.8.7: the interval is calculated anew when the peer's interval changes. A shorter
    // interval applies at once, a longer one from the next packet on.
    else if (this.#remoteMinRxNs < slowestNs) this.#planSend(this.#sinceNs);
    return this.#state === before ? [] : [{ kind: 'state', state: this.#state }];
  }

  #onSendDue(now: Nanoseconds): readonly BfdEffect[] {
    this.#planSend(now);
    return [{ kind: 'send', packet: this.#packet() }];
  }

  #onSilence(): readonly BfdEffect[] {
    // RFC 5880 6.8.1: after a silence of one detection time, the peer's discriminator is reset.
    this.#remoteDiscriminator = 0;
    if (this.#state === 'down' || this.#state === 'admin-down') return [];
    this.#state = 'down';
    return [{ kind: 'state', state: 'down' }];
  }

  #onAdmin(wanted: 'up' | 'down'): readonly BfdEffect[] {
    const isHeld = this.#state === 'admin-down';
    if (isHeld === (wanted === 'down')) return [];
    this.#state = wanted === 'down' ? 'admin-down' : 'down';
    if (wanted === 'down') this.#timers.clear('detection');
    // Informs the peer immediately, so that it does not take the shutdown for a failure.
    return [
      { kind: 'state', state: this.#state },
      { kind: 'send', packet: this.#packet() },
    ];
  }

  /** Sets the timer for the packet that is due one interval after the instant `now`. */
  #planSend(now: Nanoseconds): void {
    this.#sinceNs = now;
    // RFC 5880 6.8.2: this end sends no faster than the peer can receive.
    const intervalNs = Math.max(this.#ownIntervalNs(), this.#remoteMinRxNs);
    this.#timers.set('send', now + this.#shorten(intervalNs));
  }

  /** Shortens an interval at random, so that routers do not synchronise (RFC 5880 6.8.7). */
  #shorten(intervalNs: number): number {
    const least = this.#parameters.detectMultiplier === 1 ? BFD_JITTER_PERCENT_MIN_SINGLE : 0;
    const percent = least + this.#jitter.below(BFD_JITTER_PERCENT_MAX - least);
    return Math.floor((intervalNs * (100 - percent)) / 100);
  }

  /**
   * While the session is down, packets are sent rarely, so that a dead link costs little (RFC 5880
   * section 6.8.3).
   */
  #ownIntervalNs(): number {
    const { desiredMinTxNs } = this.#parameters;
    const isSlow = this.#state === 'down' || this.#state === 'admin-down';
    return isSlow ? Math.max(BFD_SLOW_TX_INTERVAL_NS_MIN, desiredMinTxNs) : desiredMinTxNs;
  }

  #packet(): BfdPacket {
    const { detectMultiplier, discriminator, requiredMinRxNs } = this.#parameters;
    return {
      diagnostic: 0,
      state: this.#state,
      detectMultiplier,
      myDiscriminator: discriminator,
      yourDiscriminator: this.#remoteDiscriminator,
      desiredMinTxUs: Math.floor(this.#ownIntervalNs() / BFD_INTERVAL_UNIT_NS),
      requiredMinRxUs: Math.floor(requiredMinRxNs / BFD_INTERVAL_UNIT_NS),
    };
  }
}
