/**
 * The stores of a simulated host, and the disks beneath them, which survive its crashes.
 *
 * @module
 */
import type { RandomStream } from '../core/stream.ts';
import type { Random } from '../host/random.ts';
import type { Store } from '../host/store.ts';
import { NODE_CALL_KINDS } from './node-calls.ts';
import type { HostWorld } from './sim-host-world.ts';
import { SimDisk, SimStore, type StoreFault } from './sim-store.ts';

/** What the stores need from their host. */
interface Keeper {
  readonly index: number;
  /** Number of crashes of the host so far. */
  readonly life: number;
  /** Time that a fault adds to each sync that begins now, ns. */
  readonly slowedDiskNs: number;
  random(purpose: string): Random;
}

/**
 * The stores of a simulated host, and their disks, which survive crashes. One object per host that has stores.
 */
export class HostStores {
  readonly #world: HostWorld;
  readonly #host: Keeper;
  readonly #disks = new Map<string, SimDisk>();
  readonly #open = new Map<string, SimStore>();

  constructor(world: HostWorld, host: Keeper) {
    this.#world = world;
    this.#host = host;
  }

  /** The store of that name, opened on first use after each start of the host. */
  store(name: string): Store {
    const open = this.#open.get(name);
    if (open !== undefined) return open;
    const disk = this.#disks.get(name) ?? new SimDisk();
    this.#disks.set(name, disk);
    const store = new SimStore(disk, this.#later());
    this.#open.set(name, store);
    return store;
  }

  /** The bytes on the disk of a store, for tests. */
  raw(name: string): Uint8Array {
    return this.#disks.get(name)?.raw() ?? new Uint8Array(0);
  }

  /** Called at a crash or stop: the stores that are open write nothing more. */
  end(): void {
    for (const store of this.#open.values()) store.end();
    this.#open.clear();
  }

  /** Applies a crash to the disks, which keep what the fault leaves. */
  crash(fault: StoreFault): void {
    for (const [name, disk] of this.#disks) {
      disk.crash(fault, this.#host.random(`store-fault/${name}`) as RandomStream);
    }
  }

  /** Makes the function that calls back when data are durable, unless the host crashes before. */
  #later(): (call: () => void) => void {
    const { life, index } = this.#host;
    const { calls, network, syncDelayNs } = this.#world;
    return (call): void => {
      network.scheduler.after(syncDelayNs + this.#host.slowedDiskNs, () => {
        if (this.#host.life === life) calls.run(index, NODE_CALL_KINDS.store, call);
      });
    };
  }
}
