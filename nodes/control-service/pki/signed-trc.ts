/**
 * Signed TRCs: the first of a series is signed by all its voters; each later one is verified against its predecessor
 * (draft-dekater-scion-pki, section "TRC Updates"; reference pkg/scrypto/cppki/signed_trc.go).
 *
 * @module
 */
import type { Certificate } from './certificate.ts';
import {
  decodeSignedData,
  isSignerOf,
  type SignedDataRefusal,
  type SignerInfo,
  type SignerRefusal,
  signerRefusal,
} from './cms.ts';
import type { PkiCrypto } from './ecdsa.ts';
import {
  certificatesOfKind,
  decodeTrc,
  isBaseTrc,
  type Trc,
  type TrcPayloadRefusal,
} from './trc.ts';
import { type TrcUpdateRefusal, trcUpdateOf } from './trc-update.ts';

/** A TRC that was read, with its signatures. */
export interface SignedTrc {
  /** ContentInfo in DER. */
  readonly bytes: Uint8Array;
  readonly trc: Trc;
  readonly signers: readonly SignerInfo[];
}

/** Why signatures of a TRC are refused. */
export type TrcSignatureRefusal =
  | 'trc-not-base'
  | 'trc-vote-unsigned'
  | 'trc-possession-unproved'
  | 'trc-root-unacknowledged'
  | 'signer-duplicate'
  | SignerRefusal;

/** Why a TRC is refused. */
export type TrcRefusal =
  | SignedDataRefusal
  | TrcPayloadRefusal
  | TrcUpdateRefusal
  | TrcSignatureRefusal;

/** Reads a signed TRC; its signatures are not verified. */
export function decodeSignedTrc(bytes: Uint8Array): SignedTrc | TrcRefusal {
  const data = decodeSignedData(bytes);
  if (typeof data === 'string') return data;
  const trc = decodeTrc(data.payload);
  return typeof trc === 'string' ? trc : { bytes, trc, signers: data.signers };
}

/**
 * Checks that the first TRC of a series is consistent. This does not make it trusted: an operator must do that.
 * @returns why it is refused; undefined if each of its voters has proved to have its key.
 */
export function baseTrcRefusal(crypto: PkiCrypto, signed: SignedTrc): TrcRefusal | undefined {
  const { trc } = signed;
  if (!isBaseTrc(trc)) return 'trc-not-base';
  const voters = [...certificatesOfKind(trc, 'sensitive'), ...certificatesOfKind(trc, 'regular')];
  return signedByAll(crypto, signed, voters, 'trc-possession-unproved');
}

/** Verifies a TRC against its predecessor. @returns why it may not follow; undefined if it may. */
export function trcUpdateRefusal(
  crypto: PkiCrypto,
  signed: SignedTrc,
  predecessor: Trc,
): TrcRefusal | undefined {
  const update = trcUpdateOf(signed.trc, predecessor);
  if (typeof update === 'string') return update;
  const { newVoters, acknowledging, votes } = update;
  // Votes are verified first. Otherwise, a forger without a vote could cause a verification for
  // each new voter.
  return (
    signedByAll(crypto, signed, votes, 'trc-vote-unsigned') ??
    signedByAll(crypto, signed, acknowledging, 'trc-root-unacknowledged') ??
    signedByAll(crypto, signed, newVoters, 'trc-possession-unproved')
  );
}

/** Checks that there is a valid signature by each of these certificates. @returns why not; undefined if there is. */
function signedByAll(
  crypto: PkiCrypto,
  { trc, signers }: SignedTrc,
  certificates: readonly Certificate[],
  missing: TrcSignatureRefusal,
): TrcSignatureRefusal | undefined {
  for (const certificate of certificates) {
    const [own, ...more] = signers.filter((signer) => isSignerOf(signer, certificate));
    if (own === undefined) return missing;
    if (more.length > 0) return 'signer-duplicate';
    const refusal = signerRefusal(crypto, own, trc.bytes, certificate);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
