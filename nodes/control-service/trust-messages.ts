/**
 * Requests for certificates and TRCs, and their answers (reference proto/control_plane/v1/cppki.proto).
 *
 * @module
 */
import { decodeProtobuf, encodeProtobuf, field, message, repeated } from '../_kit/protobuf.ts';
import { bytes, uint32, uint53, uint64 } from '../_kit/protobuf-scalars.ts';
import { type IsdAs, isdAsOfWords, isdAsWords } from '../scion/index.ts';
import type { TrustNeed } from './pki/trust-store.ts';
import type { ControlMethod } from './wire.ts';

const CHAINS_REQUEST = message({ isdAs: field(1, uint64), subjectKeyId: field(2, bytes) });
const CHAINS_RESPONSE = message({
  chains: repeated(1, message({ as: field(1, bytes), ca: field(2, bytes) }), { most: 1 }),
});
const TRC_REQUEST = message({
  isd: field(1, uint32),
  base: field(2, uint53),
  serial: field(3, uint53),
});
const TRC_RESPONSE = message({ trc: field(1, bytes) });

const RENEWAL_REQUEST = message({
  cms: field(2, bytes),
  isdAs: field(3, uint64),
  subjectKeyId: field(4, bytes),
});

/** A request for the next certificate: AS and key of the present one, and the signed request (renewal.proto). */
export interface RenewalRequest {
  readonly isdAs: IsdAs;
  readonly subjectKeyId: Uint8Array;
  readonly cms: Uint8Array;
}

/** The two certificates of a chain, in DER. */
export interface ChainBytes {
  readonly as: Uint8Array;
  readonly ca: Uint8Array;
}

/** Encodes the request for a missing TRC or chain. */
export function encodeTrustRequest(need: TrustNeed): {
  readonly method: ControlMethod;
  readonly body: Uint8Array;
} {
  if (need.kind === 'trc') return { method: 'trc', body: encodeProtobuf(TRC_REQUEST, need) };
  const { isdAs, subjectKeyId } = need;
  const body = encodeProtobuf(CHAINS_REQUEST, { isdAs: isdAsWords(isdAs), subjectKeyId });
  return { method: 'chain', body };
}

/** Reads what {@link encodeTrustRequest} writes. */
export function decodeTrustRequest(
  method: 'chain' | 'trc',
  body: Uint8Array,
): TrustNeed | undefined {
  if (method === 'trc') {
    const read = decodeProtobuf(TRC_REQUEST, body);
    return typeof read === 'string' ? undefined : { kind: 'trc', ...read };
  }
  const read = decodeProtobuf(CHAINS_REQUEST, body);
  if (typeof read === 'string') return undefined;
  return { kind: 'chain', isdAs: isdAsOfWords(read.isdAs), subjectKeyId: read.subjectKeyId };
}

/** Encodes the answer with a chain. */
export function encodeChain(chain: ChainBytes): Uint8Array {
  return encodeProtobuf(CHAINS_RESPONSE, { chains: [chain] });
}

/** Reads what {@link encodeChain} writes; undefined if it is malformed or has no chain. */
export function decodeChain(body: Uint8Array): ChainBytes | undefined {
  const read = decodeProtobuf(CHAINS_RESPONSE, body);
  return typeof read === 'string' ? undefined : read.chains[0];
}

/** Encodes the answer with a TRC. */
export function encodeTrcAnswer(trc: Uint8Array): Uint8Array {
  return encodeProtobuf(TRC_RESPONSE, { trc });
}

/** Reads what {@link encodeTrcAnswer} writes; undefined if it is malformed. */
export function decodeTrcAnswer(body: Uint8Array): Uint8Array | undefined {
  const read = decodeProtobuf(TRC_RESPONSE, body);
  return typeof read === 'string' ? undefined : read.trc;
}

/** Encodes a request for a certificate. */
export function encodeRenewalRequest({ isdAs, ...request }: RenewalRequest): Uint8Array {
  return encodeProtobuf(RENEWAL_REQUEST, { ...request, isdAs: isdAsWords(isdAs) });
}

/** Reads what {@link encodeRenewalRequest} writes; undefined if it is malformed. */
export function decodeRenewalRequest(body: Uint8Array): RenewalRequest | undefined {
  const read = decodeProtobuf(RENEWAL_REQUEST, body);
  return typeof read === 'string' ? undefined : { ...read, isdAs: isdAsOfWords(read.isdAs) };
}
