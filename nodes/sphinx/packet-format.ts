/**
 * The format of a network's packets, as its nodes and clients use it: one interface for real Sphinx
 * packets, for those of the research format, and for modelled ones, which have the same lengths,
 * commands and drops.
 *
 * Plaintexts (`encodeForward`, `decodeForward`) are the same for all. `format.ts` makes one.
 *
 * @module
 */
import type { NodeDrop, PathRefusal, SurbDrop } from './drops.ts';
import type { NodeKey } from './exchange.ts';
import type { Geometry } from './geometry.ts';
import type { PathInput } from './header.ts';
import type { CreatedPacket, TaggedPacket } from './packet.ts';
import type { Received, ReceiveRules } from './receive.ts';
import type { CreatedSurb } from './surb.ts';
import type { Dropped } from './unwrap.ts';

/** How the packets of one network are made and read. All of them have one length. */
export interface PacketFormat {
  /** `modelled` packets are readable and can be forged by anyone; `outfox-like` ones are research. */
  readonly name: 'sphinx' | 'modelled' | 'outfox-like';
  readonly geometry: Geometry;
  /** Length of the public key of a node, in bytes. */
  readonly publicKeyLength: number;
  /** Length of the private key of a node, in bytes; any random bytes are one. */
  readonly privateKeyLength: number;
  /** Opens a private key, once per epoch; its public key goes into the directory. */
  openKey(privateKey: Uint8Array): NodeKey;
  /**
   * Makes a packet.
   * @param payload exactly `forwardPayloadLength` bytes, as `encodeForward` gives them.
   */
  createPacket(
    input: PathInput,
    payload: Uint8Array,
  ): TaggedPacket | { readonly refusal: PathRefusal };
  /**
   * What a node does with a packet: opens it and decides what becomes of it.
   * @param packet changed in place; what is returned are views of it.
   */
  receive(rules: ReceiveRules, packet: Uint8Array): Received | Dropped<NodeDrop>;
  /**
   * Makes a SURB.
   * @param input the last hop's commands name the recipient and the identifier of the SURB.
   */
  createSurb(input: PathInput): CreatedSurb | { readonly refusal: PathRefusal };
  /**
   * Makes the reply packet of a SURB, which must not be used again.
   * @param payload exactly `forwardPayloadLength` bytes.
   */
  createReply(surb: Uint8Array, payload: Uint8Array): CreatedPacket | Dropped<SurbDrop>;
  /**
   * Opens the payload of a reply.
   * @param payload as the last hop gave it, changed in place.
   * @param keys as {@link createSurb} gave them.
   */
  openReply(
    payload: Uint8Array,
    keys: Uint8Array,
  ): { readonly payload: Uint8Array } | Dropped<SurbDrop>;
}
