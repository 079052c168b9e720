/**
 * Noise protocol framework, revision 34, over X25519: the public interface for other protocols.
 *
 * A library, not a protocol: it has no node, no configuration and no packets, and it draws no
 * randomness.
 *
 * @module
 */
export { MESSAGE_LENGTH_MAX, TAG_LENGTH } from './geometry.ts';
export {
  type Handshake,
  type HandshakeFailure,
  type HandshakeOptions,
  type HandshakeReadResult,
  startInitiator,
  startResponder,
} from './handshake.ts';
export type { NoiseTransport, SessionKeys, TransportFailure, TransportResult } from './session.ts';
export {
  type CipherName,
  type HashName,
  type ParsedProtocolName,
  parseProtocolName,
} from './suite.ts';
