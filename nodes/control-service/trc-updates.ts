/**
 * Updates of the TRC of an ISD in the running network: one AS proposes a TRC, and regular voters sign it. A control
 * service that sees a signature which names the new TRC requests the TRC (trust.ts).
 *
 * @module
 */
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { SigningKey } from '../../engine/host/signatures.ts';
import { equalBytes } from '../_kit/bytes.ts';
import { type IsdAs, readIsd } from '../scion/index.ts';
import type { ControlDropReason } from './drops.ts';
import type { Certificate } from './pki/certificate.ts';
import { encodeSignedData, type SignerInfo, type SignerParts, signPayload } from './pki/cms.ts';
import { type PkiCrypto, pkiCryptoOf } from './pki/ecdsa.ts';
import { PROPOSAL_RETRY_S } from './pki/geometry.ts';
import { certificatesOfKind, type Trc } from './pki/trc.ts';
import {
  nextTrcPayload,
  readProposal,
  readVote,
  regularVoterOf,
  signVote,
  type VoteRefusal,
} from './pki/trc-vote.ts';
import type { TrustStore } from './pki/trust-store.ts';
import { controlRequest } from './wire.ts';

/** When an AS proposes a TRC, and how long the TRC's predecessor stays in use. */
export interface TrcPlan {
  /** The time from which on the AS proposes the TRC, seconds since 1970. */
  readonly atSeconds: number;
  readonly graceSeconds: number;
}

/** The keys, the store and the outputs of {@link TrcUpdates}. */
export interface TrcUpdatesParts {
  readonly isdAs: IsdAs;
  readonly crypto: CryptoProvider;
  readonly store: TrustStore;
  /** Absent in an AS that does not vote. */
  readonly votingKey: SigningKey | undefined;
  /** Absent in an AS that proposes nothing. */
  readonly trcPlan: TrcPlan | undefined;
  /** Calendar time, seconds since 1970. */
  readonly seconds: () => number;
  readonly drop: (reason: ControlDropReason) => void;
  /** Called with a new TRC that has enough valid votes. */
  readonly take: (trc: Uint8Array) => void;
}

/** Asks the control service of an AS; `done` is called if an answer comes. */
export type AskOtherAs = (
  isdAs: IsdAs,
  message: Uint8Array,
  done: (answer: Uint8Array) => void,
) => void;

/** A proposed payload, with the votes so far and the voters that are missing. */
interface Proposal {
  readonly payload: Uint8Array;
  readonly signers: SignerInfo[];
  readonly missing: Set<Certificate>;
}

/** This voter's last vote; it is the answer if the same payload is proposed again. */
interface Voted {
  readonly latest: Trc;
  readonly proposal: Uint8Array;
  readonly vote: { readonly body: Uint8Array };
}

/** Proposes TRCs and votes on them. */
export class TrcUpdates {
  readonly #parts: TrcUpdatesParts;
  readonly #primitives: PkiCrypto;
  /** The other voters, in the order in which they are asked. */
  #others: readonly Certificate[] = [];
  /** The voters that were asked last and have not voted. */
  #askedInVain: ReadonlySet<Certificate> = new Set();
  #voted: Voted | undefined;
  #nextSeconds = 0;

  constructor(parts: TrcUpdatesParts) {
    this.#parts = parts;
    this.#primitives = pkiCryptoOf(parts.crypto);
    this.#nextSeconds = parts.trcPlan?.atSeconds ?? Number.POSITIVE_INFINITY;
  }

  /** Proposes the next TRC when it is due, repeatedly until there is one. */
  propose(ask: AskOtherAs): void {
    const { trcPlan, seconds } = this.#parts;
    const latest = this.#latest();
    if (trcPlan === undefined || latest === undefined || seconds() < this.#nextSeconds) return;
    if (latest.notBefore >= trcPlan.atSeconds) {
      this.#nextSeconds = Number.POSITIVE_INFINITY;
      return;
    }
    this.#nextSeconds = seconds() + PROPOSAL_RETRY_S;
    const own = this.#signer(latest);
    if (own === undefined) {
      this.#parts.drop('vote-no-voter');
      return;
    }
    const votes = this.#voters(latest, own.certificate);
    const payload = nextTrcPayload(latest, votes, { ...trcPlan, seconds: seconds() });
    const others = votes.filter((one) => one !== own.certificate);
    const proposal = { payload, signers: [signPayload(payload, own)], missing: new Set(others) };
    this.#askedInVain = proposal.missing;
    const message = controlRequest('vote', signVote(payload, own));
    for (const voter of others) {
      const { isdAs } = voter;
      if (isdAs === undefined || isdAs === 'malformed') continue;
      ask(isdAs, message, (answer) => this.#takeVote(proposal, voter, answer));
    }
    this.#finish(proposal);
  }

  /** Votes on the proposal of another AS. @returns the vote, or why there is none. */
  vote(body: Uint8Array): { readonly body: Uint8Array } | VoteRefusal | 'vote-no-voter' {
    const latest = this.#latest();
    const own = latest && this.#signer(latest);
    if (latest === undefined || own === undefined) return 'vote-no-voter';
    const voted = this.#voted;
    if (voted?.latest === latest && equalBytes(voted.proposal, body)) return voted.vote;
    const about = { latest, own: own.certificate, seconds: own.seconds };
    const read = readProposal(this.#primitives, body, about);
    if (typeof read === 'string') return read;
    const vote = { body: signVote(read.payload, own) };
    this.#voted = { latest, proposal: body.slice(), vote };
    return vote;
  }

  #latest(): Trc | undefined {
    return this.#parts.store.latest(readIsd(this.#parts.isdAs));
  }

  #signer(latest: Trc): SignerParts | undefined {
    const { isdAs, votingKey, seconds } = this.#parts;
    const certificate = regularVoterOf(latest, isdAs);
    if (certificate === undefined || votingKey === undefined) return undefined;
    const key = { curve: 'p256' as const, key: votingKey };
    return { crypto: this.#primitives, certificate, key, seconds: seconds() };
  }

  /**
   * As many voters as the quorum requires, this AS first. A voter that was asked last and has not voted comes after all
   * others, so that each try has one silent voter fewer, until a quorum of voters that answer is found.
   */
  #voters(latest: Trc, own: Certificate): readonly Certificate[] {
    const all = certificatesOfKind(latest, 'regular').filter((one) => one !== own);
    const known = all.every((one) => this.#others.includes(one)) ? this.#others : all;
    const isSilent = (one: Certificate): boolean => this.#askedInVain.has(one);
    this.#others = [...known.filter((one) => !isSilent(one)), ...known.filter(isSilent)];
    return [own, ...this.#others.slice(0, latest.quorum - 1)];
  }

  #takeVote(proposal: Proposal, voter: Certificate, answer: Uint8Array): void {
    const signer = readVote(this.#primitives, answer, proposal.payload, voter);
    if (signer === undefined) {
      this.#parts.drop('vote-invalid');
      return;
    }
    if (!proposal.missing.delete(voter)) return;
    proposal.signers.push(signer);
    this.#finish(proposal);
  }

  #finish({ payload, signers, missing }: Proposal): void {
    if (missing.size === 0) this.#parts.take(encodeSignedData({ payload, signers }));
  }
}
