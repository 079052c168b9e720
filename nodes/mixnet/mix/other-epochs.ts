/**
 * Tells a packet of another epoch from a forged one: its header is authentic under a key that this
 * node holds and does not accept at present, so that the clock of its maker or of this node is off, or
 * the packet was under way too long. It is dropped all the same.
 *
 * Nothing tells which before the MAC, and each key costs an exchange. So only so many packets a second
 * are looked at; of a flood the rest counts as forged.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { NodeKey, PacketFormat } from '../../sphinx/index.ts';
import type { EpochClock } from '../epoch-clock.ts';
import { delayMsMaxOf } from '../format.ts';
import { OTHER_EPOCHS_BURST, OTHER_EPOCHS_NS } from '../geometry.ts';
import { TokenBucket } from '../provider/token-bucket.ts';
import type { KeyRing } from './key-ring.ts';

/** What it is made of. */
export interface OtherEpochsParts {
  readonly host: Pick<Host, 'now'>;
  readonly format: Pick<PacketFormat, 'receive'>;
  readonly clock: Pick<EpochClock, 'now' | 'lengthNs'>;
  readonly keys: Pick<KeyRing, 'untried'>;
}

/** See the module. */
export class OtherEpochs {
  readonly #parts: OtherEpochsParts;
  readonly #budget = new TokenBucket(OTHER_EPOCHS_BURST);

  constructor(parts: OtherEpochsParts) {
    this.#parts = parts;
    this.#budget.setRate(OTHER_EPOCHS_NS);
  }

  /** Whether a packet that no accepted key opens was made for another one; it stays as it is. */
  knows(packet: Uint8Array): boolean {
    const { host, keys, clock } = this.#parts;
    if (!this.#budget.take(host.now())) return false;
    return keys.untried(clock.now()).some(({ key }) => this.#isMadeFor(key, packet));
  }

  #isMadeFor(key: NodeKey, packet: Uint8Array): boolean {
    const { format, clock } = this.#parts;
    let isAuthentic = false;
    // A tag is asked for behind the MAC; refusing it leaves the packet as it is.
    const enterTag = (): boolean => {
      isAuthentic = true;
      return false;
    };
    const rules = { delayMsMax: delayMsMaxOf(clock.lengthNs), isNextHop: (): boolean => false };
    format.receive({ ...rules, keys: [{ key, enterTag }] }, packet);
    return isAuthentic;
  }
}
