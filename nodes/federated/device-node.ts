/**
 * Federated learning: the device of a client. It counts what the client uses, and lets no round begin
 * that would go beyond a limit.
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

/** The device of a client: counts what is used, and refuses rounds that would break a limit. */
export class ClientDevice {
  readonly #host: Host;
  /** Undefined if the option says nothing of power or limits. */
  readonly #account: DeviceUseTracker | undefined;
  readonly #store: Store | undefined;
  /** Energy used since the start and reported to the meter, uJ. */
  #toldUj = 0;
  readonly #before: DeviceUse;
  /** The use that is on disk, or in the write under way. */
  #written: DeviceUse;

  /** @param exampleNs Time per example of this device. */
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
    // Where a client may decline, the report shows 0 if it never did.
    for (const name of DEVICE_LIMIT_NAMES) host.meter.counter(`federated.declined.${name}`).add(0);
    host.meter.counter('federated.declined').add(0);
  }

  /** What the device has used, also before restarts; undefined if nothing is counted. */
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

  /** The limit that a round would break; undefined if it may begin. */
  broken(work: RoundWork): DeviceLimitName | undefined {
    return this.#account?.broken(work);
  }

  /** Called when the client stops taking part because of a limit: what it reserved for rounds is free again. */
  declined(limit: DeviceLimitName): void {
    this.stop();
    this.#host.meter.counter('federated.declined').add(1);
    this.#host.meter.counter(`federated.declined.${limit}`).add(1);
  }

  /** Calls `go` once the disk knows what the round may use: at once if nothing is counted. */
  reserve(work: RoundWork, go: () => void): void {
    if (this.#account === undefined) go();
    else this.#write(this.#account.after(work), go);
  }

  /** Called when a round is over; its argument is what the device had used when the round began. */
  over({ energyJ }: DeviceUse): void {
    if (this.#account === undefined) return;
    const spentUj = Math.round((this.#account.used.energyJ - energyJ) * UJ_PER_J);
    this.#host.meter.sample('federated.device.energy', spentUj);
  }

  /** Writes what was really used, in place of what was reserved. */
  stop(): void {
    if (this.#account !== undefined) this.#write(this.#account.used, () => undefined);
  }

  #write(use: DeviceUse, then: () => void): void {
    this.#written = use;
    const store = this.#store as Store;
    storeDeviceUse(store, use);
    store.sync((error) => {
      // A full disk may have room again.
      if (error === undefined) then();
      else this.#host.after(CARRIER_RETRY_NS, () => this.#write(use, then));
    });
  }

  #tell(): void {
    if (this.#account === undefined) return;
    const { used } = this.#account;
    // The device has used more than the round had reserved, or something between rounds.
    const { energyJ, bytes } = this.#written;
    if (used.energyJ > energyJ || used.bytes > bytes) this.#write(used, () => undefined);
    const spentUj = Math.floor((used.energyJ - this.#before.energyJ) * UJ_PER_J);
    this.#host.meter.counter('federated.device.spent').add(spentUj - this.#toldUj);
    this.#toldUj = spentUj;
  }
}
