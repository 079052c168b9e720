/**
 * A suite: the provider, the key exchange and the geometry that all packets of a network share.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { parseCommands, parseWindowedCommands, type RoutingCommand } from './commands.ts';
import { deriveKemKeys, deriveNikeKeys, type HopKeys } from './crypto.ts';
import type { SphinxKeyExchange } from './exchange.ts';
import { createPacketGeometry, type PacketGeometry } from './geometry.ts';

/** The provider, key exchange, lengths and codecs of a network, which every function of this folder needs. */
export interface SphinxSuite {
  readonly crypto: CryptoProvider;
  readonly exchange: SphinxKeyExchange;
  readonly geometry: PacketGeometry;
  /** One buffer for the slots of the current packet, followed by a slot of zeros. */
  readonly slots: Uint8Array;
  /** Decodes the commands of a slot; undefined if malformed, or if a command is unknown in this network. */
  parseSlot(slot: Uint8Array): readonly RoutingCommand[] | undefined;
  /** Derives the keys of a hop from a shared secret. */
  deriveKeys(secret: Uint8Array): HopKeys;
}

/** The options from which a suite is created. */
export interface SuiteOptions {
  readonly crypto: CryptoProvider;
  readonly exchange: SphinxKeyExchange;
  /** Number of hops that a header has room for, 1 … 20. */
  readonly nrHops: number;
  /** Bytes of user data in a packet, 1 … 1,048,576. */
  readonly userForwardPayloadLength: number;
  /** Whether a packet has room for a SURB in addition to the user data. */
  readonly withSurb: boolean;
  /** Whether nodes know the window command, which the reference does not have; false by default. */
  readonly withWindows?: boolean;
}

/**
 * Creates a suite; once per network and provider.
 * @throws RangeError when hops or user data are out of range.
 */
export function createSuite(options: SuiteOptions): SphinxSuite {
  const { crypto, exchange } = options;
  const derive = exchange.kind === 'nike' ? deriveNikeKeys : deriveKemKeys;
  const geometry = createPacketGeometry(options);
  return {
    crypto,
    exchange,
    geometry,
    slots: new Uint8Array(geometry.routingInfoLength + geometry.perHopRoutingInfoLength),
    parseSlot: options.withWindows === true ? parseWindowedCommands : parseCommands,
    deriveKeys: (secret) => derive(crypto, secret),
  };
}
