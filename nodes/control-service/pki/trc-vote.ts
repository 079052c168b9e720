/**
 * The next TRC of an ISD: one AS proposes its payload, and regular voters sign it (draft-dekater-scion-pki, section
 * "Regular TRC Update").
 *
 * A voter agrees without its operator only to a TRC that gives nobody a new key: the same certificates and ASes for a
 * new period of validity.
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import type { IsdAs } from '../../scion/index.ts';
import type { Certificate } from './certificate.ts';
import {
  decodeSignedData,
  encodeSignedData,
  isSignerOf,
  type SignedDataRefusal,
  type SignerInfo,
  type SignerParts,
  type SignerRefusal,
  signerRefusal,
  signPayload,
} from './cms.ts';
import type { PkiCrypto } from './ecdsa.ts';
import {
  GRACE_S_MAX,
  VOTE_AHEAD_S_MAX,
  VOTE_DELAY_S_MAX,
  VOTE_INTERVAL_S_MIN,
} from './geometry.ts';
import {
  certificatesOfKind,
  decodeTrc,
  encodeTrc,
  isBaseTrc,
  type Trc,
  type TrcPayloadRefusal,
} from './trc.ts';
import { type TrcUpdateRefusal, trcUpdateOf } from './trc-update.ts';

/** Why a voter does not sign, in the order of the checks. */
export type VoteRefusal =
  | SignedDataRefusal
  | TrcPayloadRefusal
  | TrcUpdateRefusal
  | SignerRefusal
  | 'vote-unsigned'
  | 'vote-not-asked'
  | 'vote-change'
  | 'vote-time'
  | 'vote-often';

/** The certificate of the regular voter of an AS; undefined if the AS has none. */
export function regularVoterOf(trc: Trc, isdAs: IsdAs): Certificate | undefined {
  return certificatesOfKind(trc, 'regular').find((one) => one.isdAs === isdAs);
}

/**
 * Makes the payload of the next TRC, which differs only in its validity and votes.
 * @param votes Regular voters of `latest`.
 */
export function nextTrcPayload(
  latest: Trc,
  votes: readonly Certificate[],
  { seconds, graceSeconds }: { readonly seconds: number; readonly graceSeconds: number },
): Uint8Array {
  const { certificates, id } = latest;
  return encodeTrc(
    {
      ...latest,
      id: { ...id, serial: id.serial + 1 },
      notBefore: seconds,
      notAfter: endOf(latest),
      graceSeconds,
      votes: votes.map((one) => certificates.indexOf(one)),
    },
    certificates.map(({ bytes }) => bytes),
  );
}

/** Signs a payload as one voter; proposals and the answers of voters both have this form. */
export function signVote(payload: Uint8Array, signer: SignerParts): Uint8Array {
  return encodeSignedData({ payload, signers: [signPayload(payload, signer)] });
}

/** Reads a voter's signature of this payload; undefined if it is not valid. */
export function readVote(
  crypto: PkiCrypto,
  bytes: Uint8Array,
  payload: Uint8Array,
  voter: Certificate,
): SignerInfo | undefined {
  const read = decodeSignedData(bytes);
  if (typeof read === 'string' || !equalBytes(read.payload, payload)) return undefined;
  const own = read.signers.find((one) => isSignerOf(one, voter));
  return own && signerRefusal(crypto, own, payload, voter) === undefined ? own : undefined;
}

/** Reads a proposal. @returns the proposal if the voter may agree to it; otherwise why it may not. */
export function readProposal(
  crypto: PkiCrypto,
  bytes: Uint8Array,
  {
    latest,
    own,
    seconds,
  }: { readonly latest: Trc; readonly own: Certificate; readonly seconds: number },
): { readonly payload: Uint8Array } | VoteRefusal {
  const read = decodeSignedData(bytes);
  if (typeof read === 'string') return read;
  const { payload } = read;
  const [signer, ...more] = read.signers;
  const voters = certificatesOfKind(latest, 'regular');
  const proposer = signer && voters.find((one) => isSignerOf(signer, one));
  if (signer === undefined || proposer === undefined || more.length > 0) return 'vote-unsigned';
  // This check comes first. Otherwise, somebody who is not a voter could make this service read 128 kB
  // of certificates.
  const refusal = signerRefusal(crypto, signer, payload, proposer);
  if (refusal !== undefined) return refusal;
  const trc = decodeTrc(payload);
  if (typeof trc === 'string') return trc;
  const update = trcUpdateOf(trc, latest);
  if (typeof update === 'string') return update;
  if (!update.votes.includes(proposer)) return 'vote-unsigned';
  if (!update.votes.includes(own)) return 'vote-not-asked';
  if (update.kind !== 'regular' || !hasSameKeys(trc, latest)) return 'vote-change';
  if (!isTimely(trc, latest, seconds)) return 'vote-time';
  const isOften = !isBaseTrc(latest) && seconds < latest.notBefore + VOTE_INTERVAL_S_MIN;
  return isOften ? 'vote-often' : { payload };
}

/** True if a TRC begins now and lasts as long as its certificates: another period could leave the ISD without a TRC. */
function isTimely(trc: Trc, latest: Trc, seconds: number): boolean {
  const delay = seconds - trc.notBefore;
  const isSoon = delay <= VOTE_DELAY_S_MAX && delay >= -VOTE_AHEAD_S_MAX;
  return isSoon && trc.notAfter === endOf(latest) && trc.graceSeconds <= GRACE_S_MAX;
}

/** When the certificates of a TRC do not cover it any more, seconds since 1970. */
function endOf({ certificates }: Trc): number {
  return leastOf(certificates.map(({ notAfter }) => notAfter));
}

function hasSameKeys(trc: Trc, latest: Trc): boolean {
  const [now, before] = [trc.certificates, latest.certificates];
  const isSame = now.every((one, at) => equalBytes(one.bytes, before[at]?.bytes ?? NOTHING));
  return isSame && now.length === before.length && trc.description === latest.description;
}

const NOTHING = new Uint8Array(0);
