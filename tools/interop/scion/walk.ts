/**
 * Walks an unsent path as routers do and checks each hop field with the key of its AS.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { deriveForwardingKey, HopAuthenticator } from '../../../nodes/scion/mac.ts';
import { PacketView } from '../../../nodes/scion/wire/packet-view.ts';

/** Checks the hop fields of ASes by their master keys. */
export class PathWalker {
  readonly #crypto: CryptoProvider;
  readonly #authenticators = new Map<string, HopAuthenticator>();
  readonly #view = new PacketView();

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  /** The authenticator of the AS with this master key, in hexadecimal. */
  authenticatorOf(masterKey: string): HopAuthenticator {
    const known = this.#authenticators.get(masterKey);
    if (known !== undefined) return known;
    const key = deriveForwardingKey(this.#crypto, Buffer.from(masterKey, 'hex'));
    const made = new HopAuthenticator(this.#crypto.aesCmac(key));
    this.#authenticators.set(masterKey, made);
    return made;
  }

  /**
   * The full MACs of the hop fields of a packet; the packet is not modified.
   * @param masterKeys Master key of the AS of each hop field. @throws Error if a MAC is wrong.
   */
  tags(packet: Uint8Array, masterKeys: readonly string[]): readonly Uint8Array[] {
    const view = this.#view;
    const walked = packet.slice();
    const drop = view.parse(walked, 0, walked.length);
    if (drop !== undefined) throw new Error(drop);
    return masterKeys.map((masterKey, hop) => {
      if (hop > 0) enterHop(view);
      const authenticator = this.authenticatorOf(masterKey);
      if (!authenticator.verify(view)) throw new Error(`the MAC of hop field ${hop} is wrong`);
      return authenticator.latestTag.slice();
    });
  }
}

/** SCION header specification, "Hop Field MAC Computation": SegID follows the chain between routers. */
function enterHop(view: PacketView): void {
  const isWithinAs = view.isCrossover && !view.isPeeringHop;
  if (!isWithinAs && view.isConsDir && !view.isPeeringHop) view.foldMacIntoSegmentId();
  const drop = view.advance();
  if (drop !== undefined) throw new Error(drop);
  if (!isWithinAs && !view.isConsDir && !view.isPeeringHop) view.foldMacIntoSegmentId();
}
