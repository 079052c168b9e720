/**
 * Fabric: asks a peer to confirm a packet that would make this node forget its records of the peer.
 *
 * Over a carrier without authentication, anybody can send packets in the peer's name. A packet is
 * believed at once if it names the memory that the peer is known to have, which only readers of the
 * peer's packets know. A packet with another memory, with a floor beyond the receive window, or of an
 * earlier life is believed only if its sender also reads what is sent to the peer: a nonce is sent to
 * the peer and has to come back (as in path validation, RFC 9000 section 8.2). One nonce serves all
 * such packets, so that forged packets cannot displace a genuine challenge.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, writeUint32 } from '../../_kit/bytes.ts';
import { CHALLENGE_NONCE_BYTES, FIRST_RETRY_NS } from '../geometry.ts';
import type { FabricPacket, PeerChallenge } from '../wire.ts';

/**
 * What a packet claims about its sender: which stored message numbering it uses ("memory"), and how often
 * it has started ("life").
 */
type Claim = Pick<FabricPacket, 'memory' | 'life'>;

/** Makes the challenges to one peer, and checks the confirmations that come back. */
export class PeerChallenges {
  readonly #random: Random;
  /** The nonce of all challenges until it comes back; undefined while no challenge is open. */
  #nonce: Uint8Array | undefined;
  #last: PeerChallenge | undefined;
  #lastNs: Nanoseconds = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Makes the challenge for a packet's claim. @returns undefined if the same challenge was sent a
   * moment ago.
   */
  doubt(now: Nanoseconds, { memory, life }: Claim): PeerChallenge | undefined {
    const last = this.#last;
    const isSame = last?.life === life && equalBytes(last.memory, memory);
    if (isSame && now < this.#lastNs + FIRST_RETRY_NS) return undefined;
    this.#nonce ??= this.#draw();
    this.#last = { memory: memory.slice(), life, nonce: this.#nonce };
    this.#lastNs = now;
    return this.#last;
  }

  /** True if the packet brings the open nonce back, which is then used up. */
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
