/**
 * Federated learning: whether the device of a client is available for rounds; a timer reports each
 * change.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Timer } from '../../engine/host/time.ts';
import type { FederatedOptions } from './config.ts';
import {
  drawFirstPresence,
  drawNextPresence,
  type PresenceState,
  presenceAt,
} from './device/availability.ts';
import type { AvailabilityOptions } from './device/options.ts';

/** Whether the device of a client is available for rounds; a timer reports each change. */
export class DevicePresence {
  readonly #host: Host;
  readonly #available: AvailabilityOptions | undefined;
  readonly #changed: (isThere: boolean) => void;
  #presence: PresenceState = { isThere: true, untilNs: Number.POSITIVE_INFINITY };
  #timer: Timer | undefined;

  /** @param changed Called when the device comes or goes away. */
  constructor(host: Host, { device }: FederatedOptions, changed: (isThere: boolean) => void) {
    this.#host = host;
    this.#available = device?.available;
    this.#changed = changed;
  }

  get isThere(): boolean {
    return this.#presence.isThere;
  }

  start(): void {
    const available = this.#available;
    if (available === undefined) return;
    // Creates the metric, so that a client whose device may go away, but never did, is reported
    // with 0.
    this.#host.meter.counter('federated.away').add(0);
    const now = this.#host.planTime();
    this.#presence =
      'trace' in available
        ? presenceAt(available.trace, now)
        : drawFirstPresence(statesOf(available), now, this.#host.random('federated.available'));
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #arm(): void {
    const { untilNs } = this.#presence;
    if (untilNs === Number.POSITIVE_INFINITY) return;
    const delay = Math.max(0, untilNs - this.#host.planTime());
    this.#timer = this.#host.after(delay, () => this.#due());
  }

  #due(): void {
    const now = this.#host.planTime();
    // In a live run, plan time may begin later than the node, so that the timer fires before the
    // instant in plan time.
    if (now >= this.#presence.untilNs) {
      this.#presence = this.#next(now);
      this.#changed(this.#presence.isThere);
    }
    this.#arm();
  }

  #next(now: number): PresenceState {
    const available = this.#available as AvailabilityOptions;
    if ('trace' in available) return presenceAt(available.trace, now);
    const random = this.#host.random('federated.available');
    return drawNextPresence(statesOf(available), this.#presence, random);
  }
}

function statesOf({ up, down }: { readonly up: number; readonly down: number }): {
  readonly upNs: number;
  readonly downNs: number;
} {
  return { upNs: up, downNs: down };
}
