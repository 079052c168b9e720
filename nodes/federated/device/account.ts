/**
 * Counts what a device has used, and decides whether it can afford a round. Before a round begins, the
 * upper bound of its use is recorded on disk as used, so that after a crash nothing was used without
 * being counted.
 *
 * @module
 */
import type { HostPart } from '../../_kit/host-part.ts';
import {
  type DeviceCostRates,
  type DeviceLimitName,
  type DeviceLimits,
  type DeviceUse,
  deviceUseAfterRound,
  limitsBrokenByRound,
  type RoundWork,
  roundCost,
  roundEnergyJ,
} from './limits.ts';

const USE_KEY = 'use';
const NUMBER_BYTES = 8;

/** The store of a client. */
type Memory = ReturnType<HostPart<'store'>['store']>;

/** Loads what the device may have used before a restart; 0 if there is no record on disk. */
export function loadDeviceUse(store: Memory): DeviceUse {
  const bytes = store.get(USE_KEY);
  if (bytes?.length !== 2 * NUMBER_BYTES) return { energyJ: 0, bytes: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { energyJ: view.getFloat64(0), bytes: view.getFloat64(NUMBER_BYTES) };
}

/** Records what the device has used; the caller syncs. */
export function storeDeviceUse(store: Memory, { energyJ, bytes }: DeviceUse): void {
  const view = new DataView(new ArrayBuffer(2 * NUMBER_BYTES));
  view.setFloat64(0, energyJ);
  view.setFloat64(NUMBER_BYTES, bytes);
  store.put(USE_KEY, new Uint8Array(view.buffer));
}

/** Counts what a device uses, and compares it with its limits. */
export class DeviceUseTracker {
  readonly #power: DeviceCostRates;
  readonly #limits: DeviceLimits;
  #used: DeviceUse;

  /** @param used What was used before the start. */
  constructor(power: DeviceCostRates, limits: DeviceLimits, used: DeviceUse) {
    this.#power = power;
    this.#limits = limits;
    this.#used = used;
  }

  get used(): DeviceUse {
    return this.#used;
  }

  /** Counts bytes that were sent or received. */
  moved(bytes: number): void {
    this.#use({ energyJ: roundEnergyJ({ timeNs: 0, bytes }, this.#power), bytes });
  }

  /** Counts examples that were learned from. */
  learned(examples: number): void {
    const timeNs = this.#power.exampleNs * examples;
    this.#use({ energyJ: roundEnergyJ({ timeNs, bytes: 0 }, this.#power), bytes: 0 });
  }

  /** The first limit that the work would exceed; undefined if none. */
  broken(work: RoundWork): DeviceLimitName | undefined {
    return limitsBrokenByRound(roundCost(work, this.#power), this.#limits, this.#used)[0];
  }

  /** Upper bound of the total use after the work. */
  after(work: RoundWork): DeviceUse {
    return deviceUseAfterRound(this.#used, roundCost(work, this.#power));
  }

  #use({ energyJ, bytes }: DeviceUse): void {
    this.#used = { energyJ: this.#used.energyJ + energyJ, bytes: this.#used.bytes + bytes };
  }
}
