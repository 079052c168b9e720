/**
 * The packet format of a network, as used by its nodes and clients: one interface for real Sphinx
 * packets, the research format, and modelled packets, all with the same lengths, commands and
 * drops.
 *
 * Plaintexts (`encodeForwardPlaintext`, `decodeForwardPlaintext`) are the same in all formats. `format.ts` creates
 * a format.
 *
 * @module
 */
import type { NodeDropReason, PathRefusal, SurbDropReason } from './drops.ts';
import type { NodePrivateKey } from './exchange.ts';
import type { PacketGeometry } from './geometry.ts';
import type { PathWithRandomness } from './header.ts';
import type { CreatedPacket, PacketWithReplayTags } from './packet.ts';
import type { AcceptedPacket, ReceiveRules } from './receive.ts';
import type { CreatedSurb } from './surb.ts';
import type { DropResult } from './unwrap.ts';

/** Creates and processes the packets of a network. All of them have the same length. */
export interface PacketFormat {
  /** Anyone can read and forge `modelled` packets; `outfox-like` ones are for research. */
  readonly name: 'sphinx' | 'modelled' | 'outfox-like';
  readonly geometry: PacketGeometry;
  /** Length of a node's public key, in bytes. */
  readonly publicKeyLength: number;
  /** Length of a node's private key, in bytes; any random bytes are valid. */
  readonly privateKeyLength: number;
  /** Loads a private key, once per epoch; its public key goes into the directory. */
  openKey(privateKey: Uint8Array): NodePrivateKey;
  /**
   * Creates a packet.
   * @param payload Exactly `forwardPayloadLength` bytes, from `encodeForwardPlaintext`.
   */
  createPacket(
    input: PathWithRandomness,
    payload: Uint8Array,
  ): PacketWithReplayTags | { readonly refusal: PathRefusal };
  /**
   * Processes a packet at a node: opens it and decides what happens to it.
   * @param packet Changed in place; the results are views of it.
   */
  receive(rules: ReceiveRules, packet: Uint8Array): AcceptedPacket | DropResult<NodeDropReason>;
  /**
   * Creates a SURB.
   * @param input The last hop's commands name the recipient and the SURB's identifier.
   */
  createSurb(input: PathWithRandomness): CreatedSurb | { readonly refusal: PathRefusal };
  /**
   * Creates the reply packet for a SURB, which must not be used again.
   * @param payload Exactly `forwardPayloadLength` bytes.
   */
  createReply(surb: Uint8Array, payload: Uint8Array): CreatedPacket | DropResult<SurbDropReason>;
  /**
   * Opens the payload of a reply.
   * @param payload From the last hop; changed in place.
   * @param keys From {@link createSurb}.
   */
  openReply(
    payload: Uint8Array,
    keys: Uint8Array,
  ): { readonly payload: Uint8Array } | DropResult<SurbDropReason>;
}
