/**
 * Distinguishes packets that were made for another epoch from forged packets; both are dropped. The
 * header of a packet for another epoch is authentic under a key that this node has but does not
 * accept at present: the clock of the creator or of this node is off, or the packet was under way
 * too long.
 *
 * Only the MAC of the header distinguishes them, and checking it takes a key exchange for each key.
 * So only a limited number of packets per second is checked; all other packets count as forged.
 *
 * @module
 */
import type { HostPart } from '../../_kit/host-part.ts';
import { TokenBucket } from '../../_kit/token-bucket.ts';
import type { NodePrivateKey, PacketFormat } from '../../sphinx/index.ts';
import type { EpochClock } from '../epoch-clock.ts';
import { computeAcceptedDelayMsMax } from '../format.ts';
import { OTHER_EPOCH_TRIAL_BURST, OTHER_EPOCH_TRIAL_INTERVAL_NS } from '../geometry.ts';
import type { KeyRing } from './key-ring.ts';

/**
 * The collaborators of {@link OtherEpochKeyCheck}: the host, the packet format, and the clock and
 * keys of epochs.
 */
export interface OtherEpochKeyCheckParts {
  readonly host: HostPart<'now'>;
  readonly format: Pick<PacketFormat, 'receive'>;
  readonly clock: Pick<EpochClock, 'now' | 'lengthNs'>;
  readonly keys: Pick<KeyRing, 'untried'>;
}

/** Checks whether rejected packets were made for other epochs. */
export class OtherEpochKeyCheck {
  readonly #parts: OtherEpochKeyCheckParts;
  readonly #budget = new TokenBucket(OTHER_EPOCH_TRIAL_BURST);

  constructor(parts: OtherEpochKeyCheckParts) {
    this.#parts = parts;
    this.#budget.setInterval(OTHER_EPOCH_TRIAL_INTERVAL_NS);
  }

  /**
   * True if a packet that no accepted key opens is authentic under another key of this node. Does
   * not change the packet. False once the limit on checks is reached.
   */
  knows(packet: Uint8Array): boolean {
    const { host, keys, clock } = this.#parts;
    if (!this.#budget.take(host.now())) return false;
    return keys.untried(clock.now()).some(({ key }) => this.#isMadeFor(key, packet));
  }

  #isMadeFor(key: NodePrivateKey, packet: Uint8Array): boolean {
    const { format, clock } = this.#parts;
    let isAuthentic = false;
    // `enterTag` is called only after the MAC has been verified; its result false refuses the
    // packet, which therefore stays unchanged.
    const enterTag = (): boolean => {
      isAuthentic = true;
      return false;
    };
    const rules = {
      delayMsMax: computeAcceptedDelayMsMax(clock.lengthNs),
      isNextHop: (): boolean => false,
    };
    format.receive({ ...rules, keys: [{ key, enterTag }] }, packet);
    return isAuthentic;
  }
}
