/**
 * Identifiers of sessions, and the name by which the witness of the run knows a session's sum.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { concatBytes, readUint32, toHex, writeUint32 } from '../_kit/bytes.ts';

/** Length of the random part of a session's parameters, bytes. */
export const PLAIN_SESSION_RANDOM_BYTES = 16;
const PLAIN_LABEL = new TextEncoder().encode('orrery/federated/1/plain');
const ROUND_BYTES = 4;
const NAME_BYTES = 8;

/** Encodes the parameters of a session whose inputs are not hidden: random bytes and the round. */
export function encodePlainSessionConfig(random: Uint8Array, round: number): Uint8Array {
  const config = new Uint8Array(PLAIN_SESSION_RANDOM_BYTES + ROUND_BYTES);
  config.set(random);
  writeUint32(config, PLAIN_SESSION_RANDOM_BYTES, round);
  return config;
}

/** Reads the round from what {@link encodePlainSessionConfig} made; undefined for other bytes. */
export function roundOfPlainSession(config: Uint8Array): number | undefined {
  return config.length === PLAIN_SESSION_RANDOM_BYTES + ROUND_BYTES
    ? readUint32(config, PLAIN_SESSION_RANDOM_BYTES)
    : undefined;
}

/** The session of {@link encodePlainSessionConfig}; undefined for other bytes. */
export function plainSessionId(
  config: Uint8Array,
  crypto: Pick<CryptoProvider, 'sha256'>,
): Uint8Array | undefined {
  if (config.length !== PLAIN_SESSION_RANDOM_BYTES + ROUND_BYTES) return undefined;
  return crypto.sha256(concatBytes(PLAIN_LABEL, config));
}

/** Name of a session's sum for the witness of the run, which adds up the inputs in the clear and compares. */
export function sumNameForWitness(session: Uint8Array): string {
  return `federated/${toHex(session.subarray(0, NAME_BYTES))}`;
}

/**
 * Hash of the model that a round starts from, one of the session's parameters. If a server sends other
 * clients a crafted model, to see one client's update alone, masks do not cancel (Pasquini et al. 2022,
 * "Eluding secure aggregation in federated learning via model inconsistency").
 */
export function hashModel(model: Float32Array, crypto: Pick<CryptoProvider, 'sha256'>): Uint8Array {
  return crypto.sha256(new Uint8Array(model.buffer, model.byteOffset, model.byteLength));
}
