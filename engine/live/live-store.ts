/**
 * `host.store` in live runs: log and table over files, one folder per node. See file-disk.ts for
 * durability.
 *
 * @module
 */
import { DiskStore } from '../net/disk-store.ts';
import type { FileDisk } from './file-disk.ts';

/** A store of a node, from a start to a crash. */
export class LiveStore extends DiskStore {
  readonly #disk: FileDisk;
  readonly #asEvent: (call: () => void) => void;
  readonly #onTurn: (error?: string) => void;
  #isFailing = false;

  /**
   * @param asEvent Calls back as an event, unless the node has crashed in the meantime.
   * @param onTurn Called when syncs begin to fail, with the reason, and when they succeed again.
   */
  constructor(
    disk: FileDisk,
    asEvent: (call: () => void) => void,
    onTurn: (error?: string) => void = () => undefined,
  ) {
    super(disk);
    this.#disk = disk;
    this.#asEvent = asEvent;
    this.#onTurn = onTurn;
  }

  protected override syncDisk(done: (error?: string) => void): void {
    this.#disk.sync((error) => {
      const isFailing = error !== undefined;
      if (isFailing !== this.#isFailing) this.#onTurn(error);
      this.#isFailing = isFailing;
      this.#asEvent(() => done(error));
    });
  }
}
