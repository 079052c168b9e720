/**
 * The TRCs that a control service trusts, and the chains that were verified by them (reference private/trust,
 * FetchingProvider).
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import { type IsdAs, readIsd, type SignatureKeyId } from '../../scion/index.ts';
import type { Certificate } from './certificate.ts';
import { type CertificateChain, type ChainRefusal, verifyChain } from './chain.ts';
import { type OpenedEcdsaKey, openEcdsaKey, type PkiCrypto, pkiCryptoOf } from './ecdsa.ts';
import { CHAINS_KEPT_MAX, CHAINS_PER_AS_MAX, KEY_ID_BYTES_MAX, TRCS_KEPT_MAX } from './geometry.ts';
import {
  baseTrcRefusal,
  decodeSignedTrc,
  type SignedTrc,
  type TrcRefusal,
  trcUpdateRefusal,
} from './signed-trc.ts';
import { certificatesOfKind, isBaseTrc, type Trc, type TrcId } from './trc.ts';
import { containsTime, covers, type Validity } from './validity.ts';

/** Why there is no key for a signature. */
export type TrustRefusal =
  | 'signature-key'
  | 'signature-trc'
  | 'signature-chain'
  | 'signature-time'
  | 'trc-inactive';

/** Why a chain is not kept. */
export type ChainMaterialRefusal =
  | ChainRefusal
  | 'chain-malformed'
  | 'chain-owner'
  | 'trc-inactive';

/** What must be requested before a signature can be verified: the next TRC of an ISD, or the chain of a key. */
export type TrustNeed =
  | ({ readonly kind: 'trc' } & TrcId)
  | { readonly kind: 'chain'; readonly isdAs: IsdAs; readonly subjectKeyId: Uint8Array };

/** The facts about a signature of an AS that determine its key. */
export interface TrustQuestion {
  readonly keyId: SignatureKeyId;
  /** The period that the certificate must cover, and the time of the signature, seconds since 1970. */
  readonly span: Validity;
  readonly signedSeconds: number;
}

interface KnownChain {
  readonly chain: CertificateChain;
  readonly verifier: OpenedEcdsaKey;
  /** The TRC under which the chain was verified last, and when the chain is valid by it. */
  trc: Trc;
  validity: Validity;
}

/** Keeps trusted TRCs and verified chains, and finds the keys of signatures. */
export class TrustStore {
  readonly #crypto: CryptoProvider;
  readonly #primitives: PkiCrypto;
  /** TRCs by ISD, the latest first. */
  readonly #trcs = new Map<number, readonly SignedTrc[]>();
  /** Chains by AS and key, the oldest first. */
  readonly #chains = new Map<string, KnownChain>();
  /** Names of the chains of an AS, the oldest first. */
  readonly #byAs = new Map<IsdAs, readonly string[]>();
  /** The name of the chain with which this AS signs; it is never removed to make room. */
  #own: string | undefined;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
    this.#primitives = pkiCryptoOf(crypto);
  }

  /** Numbers of chains and ISDs, for the node's status. */
  get sizes(): { readonly chains: number; readonly isds: number } {
    return { chains: this.#chains.size, isds: this.#trcs.size };
  }

  /** Adds the first TRC of an ISD, which the caller trusts. @returns why it is refused; undefined if it is added. */
  addBase(bytes: Uint8Array): TrcRefusal | undefined {
    const signed = decodeSignedTrc(bytes);
    if (typeof signed === 'string') return signed;
    const refusal = baseTrcRefusal(this.#primitives, signed);
    if (refusal !== undefined) return refusal;
    this.#trcs.set(signed.trc.id.isd, [signed]);
    return undefined;
  }

  /**
   * Adds the successor of an ISD's latest TRC, if that latest TRC has begun: otherwise TRCs of the future could
   * displace the one that is in use.
   * @param seconds Now, since 1970.
   * @returns why it is refused; undefined if it is added.
   */
  addUpdate(
    bytes: Uint8Array,
    seconds: number,
  ): TrcRefusal | 'signature-trc' | 'trc-inactive' | undefined {
    const signed = decodeSignedTrc(bytes);
    if (typeof signed === 'string') return signed;
    const known = this.#trcs.get(signed.trc.id.isd);
    const latest = known?.[0];
    if (known === undefined || latest === undefined) return 'signature-trc';
    const refusal = trcUpdateRefusal(this.#primitives, signed, latest.trc);
    if (refusal !== undefined) return refusal;
    if (latest.trc.notBefore > seconds) return 'trc-inactive';
    this.#trcs.set(signed.trc.id.isd, [signed, ...known].slice(0, TRCS_KEPT_MAX));
    return undefined;
  }

  /** The latest TRC of an ISD. */
  latest(isd: number): Trc | undefined {
    return this.#trcs.get(isd)?.[0]?.trc;
  }

  /** All TRCs, sorted by ISD, the latest of each ISD first. */
  all(): readonly Trc[] {
    const isds = [...this.#trcs].sort(([left], [right]) => left - right);
    return isds.flatMap(([, known]) => known.map(({ trc }) => trc));
  }

  /** The bytes of a signed TRC; undefined if it is not kept. */
  trcBytes({ isd, base, serial }: TrcId): Uint8Array | undefined {
    const found = this.#trcs.get(isd)?.find(({ trc: { id } }) => id.serial === serial);
    return found?.trc.id.base === base ? found.bytes : undefined;
  }

  /**
   * The TRCs under which chains are verified now: the latest one that has begun and, in its period of grace, its
   * predecessor. None if the latest one that has begun has ended.
   */
  active(isd: number, seconds: number): readonly Trc[] {
    const known = this.#trcs.get(isd) ?? [];
    const at = known.findIndex(({ trc }) => trc.notBefore <= seconds);
    const [latest, before] = at < 0 ? [] : known.slice(at, at + 2);
    if (latest === undefined || !containsTime(latest.trc, seconds)) return [];
    const { trc } = latest;
    const isGrace = !isBaseTrc(trc) && seconds <= trc.notBefore + trc.graceSeconds;
    const isUsable = isGrace && before !== undefined && containsTime(before.trc, seconds);
    return isUsable ? [trc, before.trc] : [trc];
  }

  /** Keeps a chain that was requested. @returns why it is refused; undefined if it is kept. */
  addChain(
    asked: Pick<SignatureKeyId, 'isdAs' | 'subjectKeyId'>,
    chain: CertificateChain,
    seconds: number,
  ): ChainMaterialRefusal | undefined {
    const { isdAs, subjectKeyId } = asked;
    const isRight = chain.as.isdAs === isdAs && equalBytes(chain.as.subjectKeyId, subjectKeyId);
    if (!isRight) return 'chain-owner';
    const found = this.#verify(chain, seconds);
    if (typeof found === 'string') return found;
    const name = chainName(asked);
    this.#remove(name);
    this.#chains.set(name, { chain, ...found, verifier: openEcdsaKey(this.#crypto, chain.as.key) });
    const ofAs = [...this.#namesOf(isdAs), name];
    this.#byAs.set(isdAs, ofAs);
    if (ofAs.length > CHAINS_PER_AS_MAX) this.#removeOldest(ofAs);
    if (this.#chains.size > CHAINS_KEPT_MAX) this.#removeOldest(this.#chains.keys());
    return undefined;
  }

  /** Keeps the chain with which this AS signs from now on. @returns why it is refused; undefined if it is kept. */
  addOwn(chain: CertificateChain, isdAs: IsdAs, seconds: number): ChainMaterialRefusal | undefined {
    const asked = { isdAs, subjectKeyId: chain.as.subjectKeyId };
    const refusal = this.addChain(asked, chain, seconds);
    if (refusal === undefined) this.#own = chainName(asked);
    return refusal;
  }

  /** The chain of a key. */
  chainOf(asked: Pick<SignatureKeyId, 'isdAs' | 'subjectKeyId'>): CertificateChain | undefined {
    return this.#chains.get(chainName(asked))?.chain;
  }

  /** The chain of a key, if it is valid now. */
  validChainOf(
    asked: Pick<SignatureKeyId, 'isdAs' | 'subjectKeyId'>,
    seconds: number,
  ): CertificateChain | undefined {
    const chain = this.chainOf(asked);
    return chain && typeof this.#verify(chain, seconds) !== 'string' ? chain : undefined;
  }

  /** The root of a core AS in the latest TRC of its ISD. */
  rootOf(isdAs: IsdAs): Certificate | undefined {
    const latest = this.latest(readIsd(isdAs));
    return latest && certificatesOfKind(latest, 'root').find((one) => one.isdAs === isdAs);
  }

  /**
   * What must be requested to find the key of a signature; undefined if nothing is missing, or if the ISD has no TRC of
   * that series, so that no request would help.
   */
  needOf(keyId: SignatureKeyId): TrustNeed | undefined {
    const isd = readIsd(keyId.isdAs);
    const latest = this.latest(isd);
    if (latest === undefined || latest.id.base !== keyId.trcBase) return undefined;
    const { base, serial } = latest.id;
    if (keyId.trcSerial > serial) return { kind: 'trc', isd, base, serial: serial + 1 };
    if (!isKeyId(keyId) || this.#chains.has(chainName(keyId))) return undefined;
    return { kind: 'chain', isdAs: keyId.isdAs, subjectKeyId: keyId.subjectKeyId };
  }

  /** The key of a signature, or why there is none valid for the signed content. @param seconds Now, since 1970. */
  keyOf(
    { keyId, span, signedSeconds }: TrustQuestion,
    seconds: number,
  ): OpenedEcdsaKey | TrustRefusal {
    if (!isKeyId(keyId)) return 'signature-key';
    const isd = readIsd(keyId.isdAs);
    const latest = this.latest(isd);
    const isKnown = latest?.id.base === keyId.trcBase && latest.id.serial >= keyId.trcSerial;
    if (!isKnown) return 'signature-trc';
    const known = this.#chains.get(chainName(keyId));
    if (known === undefined) return 'signature-chain';
    const active = this.active(isd, seconds);
    if (active.length === 0) return 'trc-inactive';
    if (!this.#isVouchedFor(known, active, seconds)) return 'signature-chain';
    const { validity } = known;
    const isCovered = covers(validity, span) && containsTime(validity, signedSeconds);
    return isCovered ? known.verifier : 'signature-time';
  }

  /** The keys of the AS whose chains are valid at this time, the newest first: at most {@link CHAINS_PER_AS_MAX}. */
  keysOfAs(isdAs: IsdAs, seconds: number): readonly OpenedEcdsaKey[] {
    const active = this.active(readIsd(isdAs), seconds);
    const keys: OpenedEcdsaKey[] = [];
    for (const name of this.#namesOf(isdAs)) {
      const known = this.#chains.get(name);
      const isValid = known !== undefined && this.#isVouchedFor(known, active, seconds);
      if (isValid && containsTime(known.validity, seconds)) keys.unshift(known.verifier);
    }
    return keys;
  }

  #namesOf(isdAs: IsdAs): readonly string[] {
    return this.#byAs.get(isdAs) ?? [];
  }

  #remove(name: string): void {
    const isdAs = this.#chains.get(name)?.chain.as.isdAs;
    if (isdAs === undefined || isdAs === 'malformed') return;
    this.#chains.delete(name);
    const left = this.#namesOf(isdAs).filter((one) => one !== name);
    if (left.length === 0) this.#byAs.delete(isdAs);
    else this.#byAs.set(isdAs, left);
  }

  /** Removes the first of these chains that is not the chain with which this AS signs. */
  #removeOldest(names: Iterable<string>): void {
    for (const name of names) {
      if (name === this.#own) continue;
      this.#remove(name);
      return;
    }
  }

  /**
   * True if a TRC in use vouches for a chain: without verification if it is the TRC under which the chain was verified
   * last.
   */
  #isVouchedFor(known: KnownChain, active: readonly Trc[], seconds: number): boolean {
    if (active.includes(known.trc)) return true;
    const found = this.#verify(known.chain, seconds);
    if (typeof found === 'string') return false;
    known.trc = found.trc;
    known.validity = found.validity;
    return true;
  }

  #verify(
    chain: CertificateChain,
    seconds: number,
  ): { readonly trc: Trc; readonly validity: Validity } | ChainMaterialRefusal {
    const { isdAs } = chain.as;
    if (isdAs === undefined || isdAs === 'malformed') return 'chain-isd';
    let refusal: ChainMaterialRefusal = 'trc-inactive';
    for (const trc of this.active(readIsd(isdAs), seconds)) {
      const validity = verifyChain(this.#primitives, chain, trc, seconds);
      if (typeof validity !== 'string') return { trc, validity };
      refusal = validity;
    }
    return refusal;
  }
}

function isKeyId({ subjectKeyId }: SignatureKeyId): boolean {
  return subjectKeyId.length > 0 && subjectKeyId.length <= KEY_ID_BYTES_MAX;
}

function chainName({
  isdAs,
  subjectKeyId,
}: Pick<SignatureKeyId, 'isdAs' | 'subjectKeyId'>): string {
  return `${isdAs} ${toHex(subjectKeyId)}`;
}
