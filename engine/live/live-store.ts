/**
 * `host.store` in live: log and table over files, one folder per node. See file-disk.ts for when
 * things are durable.
 *
 * @module
 */
import { DiskStore } from '../net/sim-store.ts';
import type { FileDisk } from './file-disk.ts';

/** One store of one life of a node. */
export class LiveStore extends DiskStore {
  readonly #disk: FileDisk;
  readonly #asEvent: (call: () => void) => void;

  /** @param asEvent Calls back as an event, unless the node has crashed by then. */
  constructor(disk: FileDisk, asEvent: (call: () => void) => void) {
    super(disk);
    this.#disk = disk;
    this.#asEvent = asEvent;
  }

  sync(done: (error?: string) => void): void {
    this.#disk.sync((error) => this.#asEvent(() => done(error)));
  }
}
