/**
 * The parameters that the clients of a session agree on, in one CBOR map, whose digest names the session. Every
 * key and signature is bound to that name: two clients with different parameters, or different models to start
 * from, derive different masks, which do not cancel.
 *
 * ```
 * { 1: version, 2: random (16 bytes), 3: round, 4: n, 5: k, 6: t, 7: m, 8: b, 9: mode,
 *   ? 10: SHA-256 of the model }
 * ```
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import {
  CBOR_BYTES,
  CBOR_MAP,
  CBOR_UINT,
  type CborReader,
} from '../../../engine/pure/cbor-reader.ts';
import { CborWriter } from '../../../engine/pure/cbor-writer.ts';
import { concatBytes } from '../../_kit/bytes.ts';
import {
  ELEMENT_BITS_MAX,
  MODEL_HASH_BYTES,
  SESSION_CLIENTS_MAX,
  SESSION_RANDOM_BYTES,
  SHARE_THRESHOLD_MIN,
  SUITE_LABEL_PREFIX,
  SUITE_VERSION,
  VECTOR_ELEMENTS_MAX,
} from './geometry.ts';

/** `semi-honest`: the server follows the protocol. `signed`: it may lie about who survived. */
export type SecaggMode = 'semi-honest' | 'signed';

/** The parameters that all clients of a session agree on. */
export interface SecaggConfig {
  /** 16 bytes that no other session of these clients has. */
  readonly random: Uint8Array;
  /** Number of the round that the session sums up, 0 … 2^32-1. */
  readonly round: number;
  /** Number of clients that are invited; their indices are 0 … n-1. */
  readonly n: number;
  /** Number of neighbours of each in the graph of masks; n - 1 means all. */
  readonly k: number;
  /** Number of shares that rebuild a secret. */
  readonly t: number;
  /** Number of elements of a vector. */
  readonly m: number;
  /** Bits of an element, 1 … 32: sums are modulo 2^bits. */
  readonly bits: number;
  readonly mode: SecaggMode;
  /** SHA-256 of the model that the round starts from. */
  readonly modelHash?: Uint8Array;
}

const FIELDS = 9;
const MODES: readonly SecaggMode[] = ['semi-honest', 'signed'];
const SESSION_LABEL = new TextEncoder().encode(`${SUITE_LABEL_PREFIX}session`);
const ROUND_MAX = 0xffff_ffff;

/** Encodes the parameters of a session, in deterministic CBOR (RFC 8949 section 4.2.1). */
export function encodeSecaggConfig(config: SecaggConfig): Uint8Array {
  const { random, round, n, k, t, m, bits, mode, modelHash } = config;
  const writer = new CborWriter();
  writer.head(CBOR_MAP, modelHash === undefined ? FIELDS : FIELDS + 1);
  writer.uint(1);
  writer.uint(SUITE_VERSION);
  writer.uint(2);
  writer.string(random);
  for (const [index, value] of [round, n, k, t, m, bits, MODES.indexOf(mode)].entries()) {
    writer.uint(3 + index);
    writer.uint(value);
  }
  if (modelHash !== undefined) {
    writer.uint(FIELDS + 1);
    writer.string(modelHash);
  }
  return writer.taken();
}

/** Decodes the parameters of a session; undefined for other bytes, or if {@link secaggConfigProblem} refuses. */
export function decodeSecaggConfig(reader: CborReader): SecaggConfig | undefined {
  if (!reader.expect(CBOR_MAP)) return undefined;
  const fields = reader.argument;
  if (fields !== FIELDS && fields !== FIELDS + 1) return undefined;
  if (uintField(reader, 1) !== SUITE_VERSION) return undefined;
  const random = bytesField(reader, 2, SESSION_RANDOM_BYTES);
  const [round = NaN, n = NaN, k = NaN, t = NaN, m = NaN, bits = NaN, mode = NaN] = [
    3, 4, 5, 6, 7, 8, 9,
  ].map((key) => uintField(reader, key));
  const known = MODES[mode];
  if (random === undefined || known === undefined) return undefined;
  const config = { random, round, n, k, t, m, bits, mode: known };
  return fields === FIELDS ? sound(config) : withModel(config, reader);
}

function withModel(config: SecaggConfig, reader: CborReader): SecaggConfig | undefined {
  const modelHash = bytesField(reader, FIELDS + 1, MODEL_HASH_BYTES);
  return modelHash === undefined ? undefined : sound({ ...config, modelHash });
}

function sound(config: SecaggConfig): SecaggConfig | undefined {
  return secaggConfigProblem(config) === undefined ? config : undefined;
}

function uintField(reader: CborReader, key: number): number | undefined {
  if (!(reader.expect(CBOR_UINT) && reader.argument === key)) return undefined;
  return reader.expect(CBOR_UINT) && reader.isExact ? reader.argument : undefined;
}

function bytesField(reader: CborReader, key: number, length: number): Uint8Array | undefined {
  if (!(reader.expect(CBOR_UINT) && reader.argument === key)) return undefined;
  if (!(reader.string(CBOR_BYTES) && reader.argument === length)) return undefined;
  return reader.content.slice();
}

/**
 * What is wrong with the parameters of a session, as text for the author of a scenario; undefined if
 * nothing is.
 *
 * In signed mode, 2t > n even without colluding clients: below that, a server that shows two lists
 * of survivors collects both kinds of shares of one client (Bonawitz et al., CCS 2017, section 6).
 */
export function secaggConfigProblem(config: SecaggConfig): string | undefined {
  const { round, n, k, t, m, bits, mode } = config;
  if (!isWithin(n, 2, SESSION_CLIENTS_MAX))
    return `${n} clients: allowed are 2 … ${SESSION_CLIENTS_MAX}`;
  if (!isWithin(k, 1, n - 1))
    return `a degree of ${k}: allowed are 1 … ${n - 1}, one less than clients`;
  if (k < n - 1 && k % 2 === 1) return `a degree of ${k}: a ring needs an even one`;
  if (!isWithin(t, SHARE_THRESHOLD_MIN, k + 1)) {
    return `a threshold of ${t}: allowed are ${SHARE_THRESHOLD_MIN} … ${k + 1}, the holders of a secret`;
  }
  if (!isWithin(m, 1, VECTOR_ELEMENTS_MAX))
    return `a vector of ${m} elements: allowed are 1 … ${VECTOR_ELEMENTS_MAX}`;
  if (!isWithin(bits, 1, ELEMENT_BITS_MAX))
    return `a ring of ${bits} bits: allowed are 1 … ${ELEMENT_BITS_MAX}`;
  if (!isWithin(round, 0, ROUND_MAX)) return `round ${round}: allowed are 0 … ${ROUND_MAX}`;
  if (mode === 'semi-honest') return undefined;
  if (k < n - 1) return 'signed mode on a sparse graph: each client must see all survivors';
  if (2 * t <= n) return `a threshold of ${t} in signed mode: it must exceed half of ${n} clients`;
  return undefined;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

/** Name of the session: 32 bytes. */
export function deriveSessionId(
  config: SecaggConfig,
  crypto: Pick<CryptoProvider, 'sha256'>,
): Uint8Array {
  return crypto.sha256(concatBytes(SESSION_LABEL, encodeSecaggConfig(config)));
}
