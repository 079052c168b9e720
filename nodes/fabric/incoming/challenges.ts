/**
 * Fabric: asks a peer to confirm a packet that would make this node forget what it knows of the peer.
 *
 * A carrier without authentication brings packets of anybody who knows a name. The name of the peer's
 * memory is known only to those who read the peer's packets. A packet with another memory, with a
 * floor beyond the window, or of an earlier life is believed only if its sender also reads what is
 * sent to the peer: a nonce is sent to the peer, and has to come back (as in path validation, RFC 9000
 * section 8.2). Nothing is kept for each packet, so that strangers cannot displace the challenge.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, writeUint32 } from '../../_kit/bytes.ts';
import { CHALLENGE_NONCE_BYTES, FIRST_RETRY_NS } from '../geometry.ts';
import type { FabricPacket, PeerChallenge } from '../wire.ts';

/** The memory and the life that a packet claims to be from. */
type Claim = Pick<FabricPacket, 'memory' | 'life'>;

/** The challenges to one peer, and which of its answers confirm them. */
export class PeerChallenges {
  readonly #random: Random;
  /** The nonce of all challenges until it comes back; undefined while none is open. */
  #nonce: Uint8Array | undefined;
  #last: PeerChallenge | undefined;
  #lastNs: Nanoseconds = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** @returns the challenge to the peer; undefined if the same one left a moment ago. */
  doubt(now: Nanoseconds, { memory, life }: Claim): PeerChallenge | undefined {
    const last = this.#last;
    const isSame = last?.life === life && equalBytes(last.memory, memory);
    if (isSame && now < this.#lastNs + FIRST_RETRY_NS) return undefined;
    this.#nonce ??= this.#draw();
    this.#last = { memory: memory.slice(), life, nonce: this.#nonce };
    this.#lastNs = now;
    return this.#last;
  }

  /** True if the packet brings the nonce back; each nonce counts once. */
  isConfirmed({ confirmation }: Pick<FabricPacket, 'confirmation'>): boolean {
    const nonce = this.#nonce;
    if (nonce === undefined || confirmation === undefined) return false;
    if (!equalBytes(confirmation, nonce)) return false;
    this.#nonce = undefined;
    this.#last = undefined;
    return true;
  }

  #draw(): Uint8Array {
    const nonce = new Uint8Array(CHALLENGE_NONCE_BYTES);
    writeUint32(nonce, 0, this.#random.u32());
    writeUint32(nonce, 4, this.#random.u32());
    return nonce;
  }
}
