/**
 * Certificates of a control service: its own, with which it signs, and those of others, which it requests when a
 * signature names a certificate that it does not know (reference private/trust, FetchingProvider and Signer).
 *
 * The control service that sent the signature has verified it, so it has the missing certificates. They are trusted
 * only if their own signatures are valid.
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { toHex } from '../_kit/bytes.ts';
import {
  encodePath,
  type IsdAs,
  readIsd,
  type SignatureKeyId,
  type SignedSegment,
} from '../scion/index.ts';
import type { EntrySigner } from './beacons/extender.ts';
import type { ControlDropReason } from './drops.ts';
import type { CertificateChain } from './pki/chain.ts';
import type { OpenedEcdsaKey } from './pki/ecdsa.ts';
import {
  FETCHES_MAX,
  FETCHES_OPEN_MAX,
  FETCHES_PER_AS_MAX,
  FETCHES_WAITING_BYTES_MAX,
  FETCHES_WAITING_MAX,
} from './pki/geometry.ts';
import { readChain } from './pki/isd-material.ts';
import { describeTrc } from './pki/trc-text.ts';
import {
  type TrustNeed,
  type TrustQuestion,
  type TrustRefusal,
  TrustStore,
} from './pki/trust-store.ts';
import type { Validity } from './pki/validity.ts';
import { Renewals, type RenewalsParts } from './renewals.ts';
import { type AskOtherAs, TrcUpdates, type TrcUpdatesParts } from './trc-updates.ts';
import {
  decodeChain,
  decodeTrcAnswer,
  decodeTrustRequest,
  encodeChain,
  encodeTrcAnswer,
  encodeTrustRequest,
} from './trust-messages.ts';
import type { ControlWay } from './ways.ts';
import { controlRequest } from './wire.ts';

/** The TRCs, certificates and keys that a control service has at the start. */
export interface ControlPki
  extends Pick<RenewalsParts, 'lifetimeSeconds' | 'renewalEndsSeconds' | 'keyOf' | 'authority'>,
    Pick<TrcUpdatesParts, 'votingKey' | 'trcPlan'> {
  /** Signed first TRCs of all ISDs. */
  readonly trcs: readonly Uint8Array[];
  readonly chain: CertificateChain;
}

/** The parts of {@link Trust}. */
export interface TrustParts {
  readonly isdAs: IsdAs;
  readonly crypto: CryptoProvider;
  readonly pki: ControlPki;
  /** Calendar time, seconds since 1970. */
  readonly seconds: () => number;
  /** Asks another control service; `done` gets undefined if there is no answer. */
  readonly call: (
    way: ControlWay,
    message: Uint8Array,
    done: (answer: Uint8Array | undefined) => void,
  ) => void;
  readonly drop: (reason: ControlDropReason) => void;
  readonly count: (metric: 'control.trc_updates') => void;
}

/**
 * The certificate with which a control service signs, in the form in which its status and its trace
 * show it.
 */
export interface CertificateInUse {
  readonly validity: Validity;
  /** The CA that issued it. */
  readonly ca: string;
  /** Number of times that the certificate was renewed. */
  readonly renewals: number;
}

/** Certificates of a control service. */
export class Trust {
  readonly #parts: TrustParts;
  readonly #store: TrustStore;
  readonly #renewals: Renewals;
  readonly #updates: TrcUpdates;
  /** Callbacks of open requests: by the AS that is asked, then by the path to it and the requested TRC or chain. */
  readonly #asked = new Map<IsdAs, Map<string, (() => void)[]>>();
  /** Number of open requests. */
  #open = 0;
  /** Number of messages that wait for the answers, and their bytes together. */
  #waiting = 0;
  #waitingBytes = 0;

  /** @throws RangeError if a TRC of `pki` is invalid, which would be a mistake of our own provisioning. */
  constructor(parts: TrustParts) {
    this.#parts = parts;
    this.#store = new TrustStore(parts.crypto);
    for (const trc of parts.pki.trcs) {
      const refusal = this.#store.addBase(trc);
      if (refusal !== undefined) throw new RangeError(`a TRC: ${refusal}`);
    }
    const { isdAs, pki, seconds } = parts;
    // A refusal is ignored here. Other ASes also refuse a chain that is not valid now, and they
    // name the reason.
    this.#store.addOwn(pki.chain, isdAs, seconds());
    const own = { chain: pki.chain, key: pki.keyOf(0) };
    this.#renewals = new Renewals({ ...parts, ...pki, store: this.#store }, own);
    const take = (trc: Uint8Array): void => {
      const refusal = this.#takeUpdate(trc);
      if (refusal !== undefined) parts.drop(refusal);
    };
    this.#updates = new TrcUpdates({ ...parts, ...pki, store: this.#store, take });
  }

  /** The state for operators: numbers of TRCs, chains and requests. */
  status(): Readonly<Record<string, unknown>> {
    const serial = this.#store.latest(readIsd(this.#parts.isdAs))?.id.serial;
    const { validity, ca, renewals } = this.own;
    return { ...this.#store.sizes, serial, notAfter: validity.notAfter, ca, renewals };
  }

  /** The certificate with which the control service signs. */
  get own(): CertificateInUse {
    const { own, count } = this.#renewals;
    const { as, ca } = own.chain;
    const { notBefore, notAfter } = as;
    return { validity: { notBefore, notAfter }, ca: ca.isdAs ?? 'unknown', renewals: count };
  }

  /** The known TRCs as plain data, sorted by ISD, the latest of each ISD first. */
  trcs(): readonly Readonly<Record<string, unknown>>[] {
    return this.#store.all().map((trc) => describeTrc(trc, this.#parts.seconds()));
  }

  /**
   * The key with which the control service signs now, and how verifiers find the key's certificate. `notAfter` is at
   * most the end of the latest TRC, so that no hop field outlives certificate or TRC (reference
   * private/trust/signer_gen.go, Generate).
   */
  signer(): EntrySigner {
    const { isdAs } = this.#parts;
    const { chain, key } = this.#renewals.own;
    const { subjectKeyId, notAfter } = chain.as;
    const latest = this.#store.latest(readIsd(isdAs));
    const { base = 0, serial = 0 } = latest?.id ?? {};
    const keyId = { isdAs, subjectKeyId, trcBase: base, trcSerial: serial };
    return { key, keyId, notAfter: Math.min(notAfter, latest?.notAfter ?? notAfter) };
  }

  /** The key of a signature, or why there is none. */
  keyOf(question: TrustQuestion): OpenedEcdsaKey | TrustRefusal {
    return this.#store.keyOf(question, this.#parts.seconds());
  }

  /** The keys of the AS whose certificates are known and valid now. */
  keysOfAs(isdAs: IsdAs): readonly OpenedEcdsaKey[] {
    return this.#store.keysOfAs(isdAs, this.#parts.seconds());
  }

  /** Answers a request for a chain or a TRC; undefined if that is not known here. */
  answer(method: 'chain' | 'trc', body: Uint8Array): Uint8Array | undefined {
    const need = decodeTrustRequest(method, body);
    if (need === undefined) return undefined;
    if (need.kind === 'trc') {
      const trc = this.#store.trcBytes(need);
      return trc && encodeTrcAnswer(trc);
    }
    const chain = this.#store.chainOf(need);
    return chain && encodeChain({ as: chain.as.bytes, ca: chain.ca.bytes });
  }

  /** Requests the next certificate when it is due; `ask` finds the way to the CA. */
  renew(ask: AskOtherAs): void {
    const due = this.#renewals.due();
    if (due === undefined) return;
    const take = (answer: Uint8Array): void => {
      const refusal = this.#renewals.take(answer);
      if (refusal !== undefined) this.#parts.drop(refusal);
    };
    if (due.ca !== this.#parts.isdAs) ask(due.ca, controlRequest('renew', due.request), take);
    else {
      const own = this.#renewals.answer(due.request);
      if (typeof own === 'string') this.#parts.drop(own);
      else take(own.body);
    }
  }

  /** Proposes the next TRC of the ISD when it is due. */
  propose(ask: AskOtherAs): void {
    this.#updates.propose(ask);
  }

  /** Votes on a TRC. @returns the answer, or why there is none. */
  vote(body: Uint8Array): ReturnType<TrcUpdates['vote']> {
    return this.#updates.vote(body);
  }

  /** Answers the request of another AS for a certificate, as a CA. */
  answerRenewal(
    way: ControlWay,
    body: Uint8Array,
    done: (answer: Uint8Array | ControlDropReason) => void,
  ): void {
    const request = this.#renewals.read(body);
    if (typeof request === 'string') {
      done(request);
      return;
    }
    const { base = 0, serial = 0 } = this.#store.latest(readIsd(this.#parts.isdAs))?.id ?? {};
    this.#fetchAll(way, [{ ...request, trcBase: base, trcSerial: serial }], body.length, () => {
      const answer = this.#renewals.answer(body);
      done(typeof answer === 'string' ? answer : answer.body);
    });
  }

  /** Requests unknown TRCs and chains that the segments' signatures name; `done` is called once, whatever came. */
  fetchFor(way: ControlWay, segments: readonly SignedSegment[], done: () => void): void {
    const signed = segments.flatMap((segment) => segment.signed);
    const names = signed.map(({ keyId }) => keyId);
    const bytes = signed.reduce((sum, { headerAndBody }) => sum + headerAndBody.length, 0);
    this.#fetchAll(way, names, bytes, done);
  }

  /** Requests all unknown TRCs and chains. @param bytes Length of the message that waits for them. */
  #fetchAll(
    way: ControlWay,
    names: readonly SignatureKeyId[],
    bytes: number,
    done: () => void,
  ): void {
    this.#waitingBytes += bytes;
    const end = (): void => {
      this.#waitingBytes -= bytes;
      done();
    };
    const next = (left: number): void => {
      let need: TrustNeed | undefined;
      for (const keyId of names) need ??= this.#store.needOf(keyId);
      if (need === undefined || left === 0) end();
      else this.#fetch(way, need, (isKnown) => (isKnown ? next(left - 1) : end()));
    };
    next(FETCHES_MAX);
  }

  /**
   * Requests a TRC or a chain. A request that is open is joined only if it is for the same over the same path: over a
   * forged path no answer may ever come.
   */
  #fetch(way: ControlWay, need: TrustNeed, done: (isKnown: boolean) => void): void {
    const { isdAs } = way;
    const name = `${wayName(way)} ${nameOf(need)}`;
    const ofAs = this.#asked.get(isdAs) ?? new Map<string, (() => void)[]>();
    const waiting = ofAs.get(name);
    const isWaitFull =
      this.#waiting >= FETCHES_WAITING_MAX || this.#waitingBytes > FETCHES_WAITING_BYTES_MAX;
    const isFull = this.#open >= FETCHES_OPEN_MAX || ofAs.size >= FETCHES_PER_AS_MAX;
    if (isWaitFull || (waiting === undefined && isFull)) {
      this.#parts.drop('trust-full');
      done(false);
      return;
    }
    this.#waiting += 1;
    const ended = (): void => {
      this.#waiting -= 1;
      done(this.#isKnown(need));
    };
    if (waiting !== undefined) {
      waiting.push(ended);
      return;
    }
    const all = [ended];
    this.#open += 1;
    this.#asked.set(isdAs, ofAs.set(name, all));
    const { method, body } = encodeTrustRequest(need);
    this.#parts.call(way, controlRequest(method, body), (answer) => {
      if (answer !== undefined) this.#take(need, answer);
      this.#open -= 1;
      ofAs.delete(name);
      if (ofAs.size === 0) this.#asked.delete(isdAs);
      for (const one of all) one();
    });
  }

  #take(need: TrustNeed, answer: Uint8Array): void {
    const refusal = need.kind === 'trc' ? this.#takeTrc(answer) : this.#takeChain(need, answer);
    if (refusal !== undefined) this.#parts.drop(refusal);
  }

  #takeTrc(answer: Uint8Array): ControlDropReason | undefined {
    const trc = decodeTrcAnswer(answer);
    return trc === undefined ? 'answer-malformed' : this.#takeUpdate(trc);
  }

  #takeUpdate(trc: Uint8Array): ControlDropReason | undefined {
    const refusal = this.#store.addUpdate(trc, this.#parts.seconds());
    if (refusal === undefined) this.#parts.count('control.trc_updates');
    return refusal;
  }

  #takeChain(
    need: TrustNeed & { readonly kind: 'chain' },
    answer: Uint8Array,
  ): ControlDropReason | undefined {
    const bytes = decodeChain(answer);
    if (bytes === undefined) return 'answer-malformed';
    const chain = readChain(bytes.as, bytes.ca);
    if (chain === undefined) return 'chain-malformed';
    return this.#store.addChain(need, chain, this.#parts.seconds());
  }

  #isKnown(need: TrustNeed): boolean {
    if (need.kind === 'chain') return this.#store.chainOf(need) !== undefined;
    return (this.#store.latest(need.isd)?.id.serial ?? 0) >= need.serial;
  }
}

/**
 * A key for the path of a call: first router and interface if it leads to a neighbour, otherwise router and path bytes.
 */
function wayName({ router, ingress, path }: ControlWay): string {
  return `${router} ${ingress === 0 ? toHex(encodePath(path)) : ingress}`;
}

function nameOf(need: TrustNeed): string {
  if (need.kind === 'chain') return `${need.isdAs} ${toHex(need.subjectKeyId)}`;
  return `${need.isd} ${need.base} ${need.serial}`;
}
