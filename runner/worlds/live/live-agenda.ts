/**
 * The time of a scenario by the wall clock.
 *
 * Nodes start first and get time to find each other; time 0 of the scenario, to which all instants in
 * the file refer, begins when they are ready. Latency counts from the instant at which a packet was
 * due, so a source that runs late sends no fewer packets, and its lateness is part of their latency.
 *
 * @module
 */
import type { LiveWorld } from '../../../engine/live/live-world.ts';
import type { ReadyTask } from '../../../engine/live/ready-queue.ts';
import { SourceAdmission } from '../../traffic/source-admission.ts';
import type { Undo } from '../../world.ts';
import { type Agenda, scheduleAfter } from '../agenda.ts';

/** The value of `sourceDueNs` while no source is running. */
const NO_TURN = -1;

/** Schedules sources and faults of a live run at instants of the scenario, by the wall clock. */
export class LiveAgenda implements Agenda {
  readonly rampNs: number;
  readonly #followedMask: number;
  readonly #live: LiveWorld;
  readonly #admission = new SourceAdmission();
  /** Time 0 of the scenario on the clock of the hosts, ns. */
  #zeroNs: number | undefined;
  /** Calls that were scheduled before the scenario's time began. */
  #booked: (() => void)[] = [];
  /**
   * Instant for which the source or fault that is running now was scheduled, ns; undefined if none
   * is running.
   */
  #dueNs: number | undefined;
  #isMuted = false;

  /** @param followedMask See {@link sampledDatagramMask}. */
  constructor(live: LiveWorld, how: { readonly rampNs: number; readonly followedMask: number }) {
    this.#live = live;
    this.rampNs = how.rampNs;
    this.#followedMask = how.followedMask;
  }

  /**
   * Begins the scenario's time.
   * @param zeroNs Time 0 on the clock of this process; given if several processes start together.
   */
  begin(zeroNs: number = this.#live.clock.now()): void {
    const { pump, handovers } = this.#live;
    this.#zeroNs = zeroNs;
    pump.enter(() => this.#live.beginPlans(zeroNs));
    handovers.begin(zeroNs, this.#followedMask);
    const booked = this.#booked;
    this.#booked = [];
    for (const book of booked) book();
    pump.wake();
  }

  /** Stops the sources; packets under way still arrive. */
  mute(): void {
    this.#isMuted = true;
  }

  now(): number {
    return this.#dueNs ?? this.#wallNs();
  }

  // hot: once per packet of a source.
  at(timeNs: number, fire: () => void): void {
    const { pump, scheduler } = this.#live;
    const task = new SourceTurn(this, timeNs, fire);
    this.#book(timeNs, (delay) => scheduler.after(delay, () => pump.pushSource(task), 'traffic'));
  }

  later(delayNs: number, fire: () => void): Undo {
    const { pump, scheduler } = this.#live;
    const undo = scheduleAfter(scheduler, delayNs, () => pump.enter(fire));
    pump.wake();
    return undo;
  }

  atFault(timeNs: number, fire: () => void): void {
    const { scheduler } = this.#live;
    this.#book(timeNs, (delay) =>
      scheduler.scheduleFault(scheduler.now + delay, () => this.#runDue(timeNs, fire)),
    );
  }

  clockNs(): number {
    return this.#live.clock.now();
  }

  // hot: once per packet of a source.
  admits(): boolean {
    return this.#dueNs === undefined || this.#admission.admits(this.#wallNs(), this.#dueNs);
  }

  /** Runs the call that was scheduled for an instant, unless sources are muted. */
  runSource(timeNs: number, fire: () => void): void {
    if (this.#isMuted) return;
    const { handovers } = this.#live;
    handovers.sourceDueNs = timeNs;
    this.#runDue(timeNs, fire);
    handovers.sourceDueNs = NO_TURN;
  }

  /** Time of the scenario by the wall clock, ns. */
  #wallNs(): number {
    return this.#zeroNs === undefined ? 0 : this.#live.clock.now() - this.#zeroNs;
  }

  #book(timeNs: number, schedule: (delay: number) => void): void {
    if (this.#zeroNs === undefined) this.#booked.push(() => this.#book(timeNs, schedule));
    else schedule(Math.max(0, this.#zeroNs + timeNs - this.#live.scheduler.now));
  }

  #runDue(timeNs: number, fire: () => void): void {
    const outer = this.#dueNs;
    this.#dueNs = timeNs;
    try {
      fire();
    } finally {
      this.#dueNs = outer;
    }
  }
}

/** A due call of a source; a class instead of a closure, because there is one per packet. */
class SourceTurn implements ReadyTask {
  readonly #agenda: LiveAgenda;
  readonly #timeNs: number;
  readonly #fire: () => void;

  constructor(agenda: LiveAgenda, timeNs: number, fire: () => void) {
    this.#agenda = agenda;
    this.#timeNs = timeNs;
    this.#fire = fire;
  }

  run(): void {
    this.#agenda.runSource(this.#timeNs, this.#fire);
  }
}
