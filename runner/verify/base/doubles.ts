/**
 * Wrong engines: real networks with one deliberate mistake each (docs/VERIFICATION.md#it-can-fail).
 * Used only by the tests of the suite and by `npm run verify -- --mutation NAME`. They are
 * subclasses of the real direction, installed before the first packet; the rest of the engine stays
 * as it is.
 *
 * @module
 */

import { roundToNanoseconds } from '../../../engine/core/sampling.ts';
import { openRandomStream, type RandomStream } from '../../../engine/core/stream.ts';
import { LinkDirection } from '../../../engine/net/direction.ts';
import {
  BIT_NS_PER_BYTE,
  BUSY_NS_INDEX,
  DELAY_NS_INDEX,
  RATE_BPS_INDEX,
  SERIALISATION_END_NS_INDEX,
  TRANSMITTED_EVENT,
  WAKE_AT_NS_INDEX,
  WAKE_EVENT,
} from '../../../engine/net/direction-context.ts';
import { DROP_LOSS } from '../../../engine/net/drop-reasons.ts';
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import type { Network, NewLinkDirection } from '../../../engine/net/network.ts';
import { NIL_PACKET } from '../../../engine/net/packet-table.ts';
import type { QueueDiscipline } from '../../../engine/net/queue/queue-discipline.ts';
import { LifoQueue, PreemptiveQueue } from './queue-doubles.ts';

const NS_PER_US = 1_000;

/**
 * Makes a function that changes a network so that it rewrites the specification or the ends of each
 * direction added to it.
 */
export function rewriteDirections(
  rewrite: (
    place: NewLinkDirection,
    spec: LinkDirectionSpec,
  ) => { readonly place: NewLinkDirection; readonly spec: LinkDirectionSpec },
): (network: Network) => void {
  return (network) => {
    const add = network.addDirection.bind(network);
    network.addDirection = (place, spec): LinkDirection => {
      const changed = rewrite(place, spec);
      return add(changed.place, changed.spec);
    };
  };
}

/** Makes a function that changes a network so that its directions are of the class `wrong`. */
export function replaceDirections(wrong: typeof LinkDirection): (network: Network) => void {
  return (network) => {
    const add = network.addDirection.bind(network);
    network.addDirection = (place, spec): LinkDirection => {
      const { id } = add(place, spec);
      const double = new wrong(network, { id, ...place }, spec);
      double.overrideSteps();
      network.directions[id] = double;
      return double;
    };
  };
}

/** A defective direction: each serialisation lasts whole microseconds, rounded up. */
export class MicrosecondDirection extends LinkDirection {
  protected override transmit(packet: number): void {
    const { state, observer } = this.context;
    const rate = state[this.base + RATE_BPS_INDEX] as number;
    if (rate === Number.POSITIVE_INFINITY) {
      super.transmit(packet);
      return;
    }
    observer?.onStarted(this, packet);
    const bytes = (this.table.length[packet] as number) + this.overhead;
    const exact = (bytes * BIT_NS_PER_BYTE) / rate;
    const duration = Math.ceil(exact / NS_PER_US) * NS_PER_US;
    state[this.base + SERIALISATION_END_NS_INDEX] = this.scheduler.now + duration;
    this.current = packet;
    this.scheduler.post(duration, TRANSMITTED_EVENT, this.id);
  }
}

/** A defective direction that serves the youngest packet first. */
export class LifoDirection extends LinkDirection {
  protected override makeQueue(): QueueDiscipline {
    return this.spec.queue?.kind === 'drop-tail' ? new LifoQueue(this.table) : super.makeQueue();
  }
}

/** A defective direction: an urgent packet interrupts the one in service, which resumes later. */
export class PreemptiveDirection extends LinkDirection {
  private readonly preemptive = new PreemptiveQueue(this.table);
  /** The remaining time of the interrupted packet, ns; 0 if none is waiting. */
  private rest = 0;

  override offer(packet: number): boolean {
    const isAdmitted = super.offer(packet);
    const { current, preemptive } = this;
    if (current === NIL_PACKET || !preemptive.hasUrgent || preemptive.isUrgent(current)) {
      return isAdmitted;
    }
    this.rest =
      (this.context.state[this.base + SERIALISATION_END_NS_INDEX] as number) - this.scheduler.now;
    preemptive.interrupted = current;
    this.current = NIL_PACKET;
    this.pump();
    return isAdmitted;
  }

  protected override makeQueue(): QueueDiscipline {
    return this.spec.queue?.kind === 'priority' ? this.preemptive : super.makeQueue();
  }

  protected override transmit(packet: number): void {
    if (this.rest === 0 || this.preemptive.isUrgent(packet)) {
      super.transmit(packet);
      return;
    }
    const { state } = this.context;
    const { rest } = this;
    this.rest = 0;
    state[this.base + SERIALISATION_END_NS_INDEX] = this.scheduler.now + rest;
    state[this.base + BUSY_NS_INDEX] = (state[this.base + BUSY_NS_INDEX] as number) + rest;
    this.current = packet;
    this.scheduler.post(rest, TRANSMITTED_EVENT, this.id);
  }
}

/** A defective direction that decides loss with a uniform draw of only 8 bits, and with `<=`. */
export class CoarseLossDirection extends LinkDirection {
  private readonly draws = openRandomStream(this.context.seed, this.linkId, 'coarse-loss');

  override enterImpaired(packet: number): void {
    const { loss } = this.spec;
    const probability = loss?.kind === 'bernoulli' ? loss.probability : 0;
    if ((this.draws.u32() >>> 24) / 256 <= probability) this.drop(packet, DROP_LOSS);
    else this.travel(packet, this.context.state[this.base + DELAY_NS_INDEX] as number);
  }
}

/**
 * A defective Gilbert channel, which starts in the good state and changes its state before it
 * decides about a packet instead of after.
 */
export class EagerGilbertDirection extends LinkDirection {
  private readonly draws = openRandomStream(this.context.seed, this.linkId, 'eager-gilbert');
  private isBad = false;

  override enterImpaired(packet: number): void {
    const { loss } = this.spec;
    if (loss?.kind !== 'burst') {
      super.enterImpaired(packet);
      return;
    }
    const { probability, meanBurst } = loss;
    const toBad = probability / (meanBurst * (1 - probability));
    const u = this.draws.uniform();
    this.isBad = this.isBad ? u >= 1 / meanBurst : u < toBad;
    if (this.isBad) this.drop(packet, DROP_LOSS);
    else this.travel(packet, this.context.state[this.base + DELAY_NS_INDEX] as number);
  }
}

/**
 * A defective direction: normal jitter outside the bounds is set to the nearest bound instead of
 * being drawn again.
 */
export class ClampedJitterDirection extends LinkDirection {
  private readonly draws: RandomStream = openRandomStream(
    this.context.seed,
    this.linkId,
    'clamped',
  );

  override enterImpaired(packet: number): void {
    const { jitter } = this.spec;
    if (jitter?.kind !== 'normal') {
      super.enterImpaired(packet);
      return;
    }
    const { sigmaNs, boundSigmas = 3 } = jitter;
    const bound = sigmaNs * boundSigmas;
    const drawn = roundToNanoseconds(this.draws.normal(0, sigmaNs));
    const clamped = Math.max(-bound, Math.min(bound, drawn));
    this.travel(packet, (this.context.state[this.base + DELAY_NS_INDEX] as number) + clamped);
  }
}

/** A defective direction that counts copies made by duplication as offered packets, too. */
export class GenerousDirection extends LinkDirection {
  override enterImpaired(packet: number): void {
    const before = this.duplicated;
    super.enterImpaired(packet);
    this.offered += this.duplicated - before;
  }
}

/**
 * A direction for an engine in which every event fires 1 ns late: it does not treat the lateness as
 * an error.
 */
class LateDirection extends LinkDirection {
  override onTransmitted(): void {
    this.context.state[this.base + SERIALISATION_END_NS_INDEX] = this.scheduler.now;
    super.onTransmitted();
  }

  override onPipeHead(): void {
    if (this.pipeHead !== NIL_PACKET) this.table.arriveAt[this.pipeHead] = this.scheduler.now;
    super.onPipeHead();
  }

  override fireRare(kind: number): void {
    if (kind === WAKE_EVENT) this.context.state[this.base + WAKE_AT_NS_INDEX] = this.scheduler.now;
    super.fireRare(kind);
  }
}

/** Makes all events of a network late by 1 ns, and uses {@link LateDirection} for its links. */
export function delayAllEventsByOneNs(network: Network): void {
  const { scheduler } = network;
  const post = scheduler.post.bind(scheduler);
  // Because the previous event was late, the delay may be negative; such an event is due now.
  scheduler.post = (delay, kind, target): void => post(Math.max(0, delay) + 1, kind, target);
  replaceDirections(LateDirection)(network);
}
