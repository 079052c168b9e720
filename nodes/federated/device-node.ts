/**
 * Federated learning: the device of a client. It counts the energy and bytes that the client uses, and refuses
 * rounds that would exceed a limit.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Store } from '../../engine/host/store.ts';
import type { FederatedSetup } from './behaviour.ts';
import { DeviceUseTracker, storeDeviceUse } from './device/account.ts';
import {
  DEVICE_LIMIT_NAMES,
  type DeviceLimitName,
  type DeviceUse,
  type RoundWork,
} from './device/limits.ts';
import { CARRIER_RETRY_NS } from './geometry.ts';

const UJ_PER_J = 1_000_000;

/** The device of a client: counts the energy and bytes used, and refuses rounds that would exceed a limit. */
export class ClientDevice {
  readonly #host: Host;
  /** Undefined if the options have no power or limits. */
  readonly #account: DeviceUseTracker | undefined;
  readonly #store: Store | undefined;
  /** Energy used since the start that is already reported to the meter, uJ. */
  #toldUj = 0;
  readonly #before: DeviceUse;
  /** The use that is on disk, or in the write under way. */
  #written: DeviceUse;

  /** @param exampleNs Time for which this device trains on one example, ns. */
  constructor(host: Host, { options, behaviour }: FederatedSetup, exampleNs: number) {
    const { device } = options;
    this.#host = host;
    this.#before = { energyJ: 0, bytes: 0 };
    this.#written = this.#before;
    if (device === undefined) return;
    const { compute: computeW, perByte: byteJ } = device.power;
    if (computeW === 0 && byteJ === 0 && device.limits === undefined) return;
    this.#store = host.store('device');
    this.#before = behaviour.recallUse(this.#store);
    this.#written = this.#before;
    this.#account = new DeviceUseTracker(
      { exampleNs, computeW, byteJ },
      behaviour.limitsOf(device),
      this.#before,
    );
    host.meter.counter('federated.device.spent').add(0);
    // Creates the metric, so that a client which may decline, but never did, is reported with 0.
    for (const name of DEVICE_LIMIT_NAMES) host.meter.counter(`federated.declined.${name}`).add(0);
    host.meter.counter('federated.declined').add(0);
  }

  /**
   * Everything that the device has used, including before restarts; undefined if nothing is
   * counted.
   */
  get used(): DeviceUse | undefined {
    return this.#account?.used;
  }

  /** Called when a message was sent or received. */
  moved(bytes: number): void {
    this.#account?.moved(bytes);
    this.#tell();
  }

  /** Counts examples that the client learns from. */
  learned(examples: number): void {
    this.#account?.learned(examples);
    this.#tell();
  }

  /** The limit that a round would exceed; undefined if it may begin. */
  broken(work: RoundWork): DeviceLimitName | undefined {
    return this.#account?.broken(work);
  }

  /**
   * Called when the client declines rounds because of a limit: counts it, and writes the true use instead of
   * the reserved one.
   */
  declined(limit: DeviceLimitName): void {
    this.stop();
    this.#host.meter.counter('federated.declined').add(1);
    this.#host.meter.counter(`federated.declined.${limit}`).add(1);
  }

  /** Calls `go` once the upper bound of what the round may use is on disk; at once if nothing is counted. */
  reserve(work: RoundWork, go: () => void): void {
    if (this.#account === undefined) go();
    else this.#write(this.#account.after(work), go);
  }

  /** Called when a round is over, with what the device had used when the round began. */
  over({ energyJ }: DeviceUse): void {
    if (this.#account === undefined) return;
    const spentUj = Math.round((this.#account.used.energyJ - energyJ) * UJ_PER_J);
    this.#host.meter.sample('federated.device.energy', spentUj);
  }

  /** Writes the true use to disk, instead of the reserved one. */
  stop(): void {
    if (this.#account !== undefined) this.#write(this.#account.used, () => undefined);
  }

  #write(use: DeviceUse, then: () => void): void {
    this.#written = use;
    const store = this.#store as Store;
    storeDeviceUse(store, use);
    store.sync((error) => {
      // The write is repeated, because a full disk may have room later.
      if (error === undefined) then();
      else this.#host.after(CARRIER_RETRY_NS, () => this.#write(use, then));
    });
  }

  #tell(): void {
    if (this.#account === undefined) return;
    const { used } = this.#account;
    // If the device has used more than the round had reserved, or something between rounds, the
    // true use is written to disk.
    const { energyJ, bytes } = this.#written;
    if (used.energyJ > energyJ || used.bytes > bytes) this.#write(used, () => undefined);
    const spentUj = Math.floor((used.energyJ - this.#before.energyJ) * UJ_PER_J);
    this.#host.meter.counter('federated.device.spent').add(spentUj - this.#toldUj);
    this.#toldUj = spentUj;
  }
}
