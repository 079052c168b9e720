/**
 * Wrong engines: each puts one mistake into a real network (docs/VERIFICATION.md#it-can-fail). Used
 * only by the tests of the suite and by `npm run verify -- --mutation NAME`.
 *
 * They are subclasses of the real direction, installed before the first packet; the rest of the
 * engine stays as it is.
 *
 * @module
 */

import { toNanoseconds } from '../../../engine/core/sampling.ts';
import { openStream, type RandomStream } from '../../../engine/core/stream.ts';
import { Direction } from '../../../engine/net/direction.ts';
import {
  BIT_NS_PER_BYTE,
  BUSY,
  DELAY,
  END,
  RATE,
  TRANSMITTED,
  WAKE,
  WAKE_AT,
} from '../../../engine/net/direction-context.ts';
import { LOSS } from '../../../engine/net/drop-reasons.ts';
import type { DirectionSpec } from '../../../engine/net/link-spec.ts';
import type { DirectionPlace, Network } from '../../../engine/net/network.ts';
import { NIL } from '../../../engine/net/packet-table.ts';
import type { QueueDiscipline } from '../../../engine/net/queue/queue-discipline.ts';
import { LifoQueue, PreemptiveQueue } from './queue-doubles.ts';

const NS_PER_US = 1_000;

/** Changes a network so that directions get other specifications or positions when they are added. */
export function rewriteDirections(
  rewrite: (
    place: DirectionPlace,
    spec: DirectionSpec,
  ) => { readonly place: DirectionPlace; readonly spec: DirectionSpec },
): (network: Network) => void {
  return (network) => {
    const add = network.addDirection.bind(network);
    network.addDirection = (place, spec): Direction => {
      const changed = rewrite(place, spec);
      return add(changed.place, changed.spec);
    };
  };
}

/** Changes a network so that its directions are of the class `wrong`. */
export function replaceDirections(wrong: typeof Direction): (network: Network) => void {
  return (network) => {
    const add = network.addDirection.bind(network);
    network.addDirection = (place, spec): Direction => {
      const { id } = add(place, spec);
      const double = new wrong(network, { id, ...place }, spec);
      double.overrideSteps();
      network.directions[id] = double;
      return double;
    };
  };
}

/** A defective direction: each serialisation lasts whole microseconds, rounded up. */
export class MicrosecondDirection extends Direction {
  protected override transmit(packet: number): void {
    const { state, observer } = this.context;
    const rate = state[this.base + RATE] as number;
    if (rate === Number.POSITIVE_INFINITY) {
      super.transmit(packet);
      return;
    }
    observer?.onStarted(this, packet);
    const bytes = (this.table.length[packet] as number) + this.overhead;
    const exact = (bytes * BIT_NS_PER_BYTE) / rate;
    const duration = Math.ceil(exact / NS_PER_US) * NS_PER_US;
    state[this.base + END] = this.scheduler.now + duration;
    this.current = packet;
    this.scheduler.post(duration, TRANSMITTED, this.id);
  }
}

/** A defective direction that serves the youngest packet first. */
export class LifoDirection extends Direction {
  protected override makeQueue(): QueueDiscipline {
    return this.spec.queue?.kind === 'drop-tail' ? new LifoQueue(this.table) : super.makeQueue();
  }
}

/** A defective direction: an urgent packet interrupts the one in service, which resumes later. */
export class PreemptiveDirection extends Direction {
  private readonly preemptive = new PreemptiveQueue(this.table);
  /** The remaining time of the interrupted packet, ns; 0 if none is waiting. */
  private rest = 0;

  override offer(packet: number): boolean {
    const isAdmitted = super.offer(packet);
    const { current, preemptive } = this;
    if (current === NIL || !preemptive.hasUrgent || preemptive.isUrgent(current)) {
      return isAdmitted;
    }
    this.rest = (this.context.state[this.base + END] as number) - this.scheduler.now;
    preemptive.interrupted = current;
    this.current = NIL;
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
    state[this.base + END] = this.scheduler.now + rest;
    state[this.base + BUSY] = (state[this.base + BUSY] as number) + rest;
    this.current = packet;
    this.scheduler.post(rest, TRANSMITTED, this.id);
  }
}

/** A defective direction that decides loss with a uniform draw of only 8 bits, and with `<=`. */
export class CoarseLossDirection extends Direction {
  private readonly draws = openStream(this.context.seed, this.linkId, 'coarse-loss');

  override enterImpaired(packet: number): void {
    const { loss } = this.spec;
    const probability = loss?.kind === 'bernoulli' ? loss.probability : 0;
    if ((this.draws.u32() >>> 24) / 256 <= probability) this.drop(packet, LOSS);
    else this.travel(packet, this.context.state[this.base + DELAY] as number);
  }
}

/** A defective Gilbert channel that starts in the good state and steps before it decides. */
export class EagerGilbertDirection extends Direction {
  private readonly draws = openStream(this.context.seed, this.linkId, 'eager-gilbert');
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
    if (this.isBad) this.drop(packet, LOSS);
    else this.travel(packet, this.context.state[this.base + DELAY] as number);
  }
}

/** A defective direction that moves normal jitter outside the bounds onto the bounds. */
export class ClampedJitterDirection extends Direction {
  private readonly draws: RandomStream = openStream(this.context.seed, this.linkId, 'clamped');

  override enterImpaired(packet: number): void {
    const { jitter } = this.spec;
    if (jitter?.kind !== 'normal') {
      super.enterImpaired(packet);
      return;
    }
    const { sigmaNs, boundSigmas = 3 } = jitter;
    const bound = sigmaNs * boundSigmas;
    const drawn = toNanoseconds(this.draws.normal(0, sigmaNs));
    const clamped = Math.max(-bound, Math.min(bound, drawn));
    this.travel(packet, (this.context.state[this.base + DELAY] as number) + clamped);
  }
}

/** A defective direction that counts copies made by duplication as offered packets, too. */
export class GenerousDirection extends Direction {
  override enterImpaired(packet: number): void {
    const before = this.duplicated;
    super.enterImpaired(packet);
    this.offered += this.duplicated - before;
  }
}

/** Every event of the kernel fires 1 ns late, and the direction accepts that. */
class LateDirection extends Direction {
  override onTransmitted(): void {
    this.context.state[this.base + END] = this.scheduler.now;
    super.onTransmitted();
  }

  override onPipeHead(): void {
    if (this.pipeHead !== NIL) this.table.arriveAt[this.pipeHead] = this.scheduler.now;
    super.onPipeHead();
  }

  override fireRare(kind: number): void {
    if (kind === WAKE) this.context.state[this.base + WAKE_AT] = this.scheduler.now;
    super.fireRare(kind);
  }
}

/** Makes all events of a network late by 1 ns, and uses {@link LateDirection} for its links. */
export function lateTimers(network: Network): void {
  const { scheduler } = network;
  const post = scheduler.post.bind(scheduler);
  // Events that became due while the last event was late are due now.
  scheduler.post = (delay, kind, target): void => post(Math.max(0, delay) + 1, kind, target);
  replaceDirections(LateDirection)(network);
}
