/**
 * Mixnet: the present epoch by the node's calendar clock.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { HostPart } from '../_kit/host-part.ts';
import {
  EPOCH_ZERO_UNIX_SECONDS,
  type EpochPosition,
  type EpochSchedule,
  epochPositionAt,
} from './directory/index.ts';

const NS_PER_MS = 1_000_000;

/** Converts instants to epochs. */
export class EpochClock {
  readonly schedule: EpochSchedule;
  readonly #host: HostPart<'now' | 'clock'>;

  /** @param lengthNs Length of an epoch; whole milliseconds. */
  constructor(host: HostPart<'now' | 'clock'>, lengthNs: Nanoseconds) {
    this.#host = host;
    this.schedule = { zeroSeconds: EPOCH_ZERO_UNIX_SECONDS, lengthMs: lengthNs / NS_PER_MS };
  }

  get lengthNs(): Nanoseconds {
    return this.schedule.lengthMs * NS_PER_MS;
  }

  /** Returns the present epoch, the time since its start, and the time until its end. */
  now(): EpochPosition {
    return epochPositionAt(this.schedule, this.#host.clock());
  }

  /** Returns the epoch at an instant of the node's monotonic clock. */
  epochAt(at: Nanoseconds): number {
    const { epoch, elapsedNs } = this.now();
    return epoch + Math.floor((elapsedNs + at - this.#host.now()) / this.lengthNs);
  }
}
