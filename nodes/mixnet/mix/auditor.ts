/**
 * Checks, for the sender of loops, that mixes use the delays that their verifiable random functions
 * determine (docs/spec/mixnet.md, Audits): when a loop returns, the sender asks each hop for the
 * proof of its delay, and compares the sum of the delays with the time that the loop took.
 *
 * State machine of one loop: sent -> returned (proofs are requested) -> audited. A missing proof is
 * requested again; a mix that gives no proof after all requests is recorded as refusing.
 *
 * The surrounding node sends the requests, and tells the auditor how late its own packets were.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { toHex } from '../../_kit/bytes.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import {
  AuditLedger,
  type AuditOutcome,
  auditDelay,
  DelayDeviationEstimator,
  type LoopHop,
} from '../../vrf/index.ts';
import {
  AUDIT_LOOPS_MAX,
  PROOF_REQUEST_TRIES_MAX,
  PROOF_RETRY_NS,
  SUSPECT_DELAY_SHARE,
  SUSPECT_LOOPS_MIN,
  SUSPECT_WRONG_LOOP_SHARE,
  WRONG_LOOP_SMOOTHING_COUNT,
} from '../geometry.ts';
import type { ProofAnswer } from '../wire.ts';

const NS_PER_US = 1_000;

/** A hop of a loop, with the data with which its proof is checked. */
export interface AuditedHop extends Omit<LoopHop, 'proof'> {
  /** Name of the node. */
  readonly mix: string;
}

/** The thresholds and clocks with which an auditor judges delays. */
export interface AuditorParts {
  readonly crypto: CryptoProvider;
  /** Transit time from one node to the next. */
  readonly transitNs: Nanoseconds;
  readonly toleranceNs: Nanoseconds;
  /**
   * Largest lateness that the auditor accepts from one node; if a node claims more, the auditor
   * uses this value.
   */
  readonly latenessNs: Nanoseconds;
  /**
   * Returns the largest recent lateness of packets at this node; 0 in virtual time without a CPU
   * model.
   */
  readonly lateMaxNs: () => Nanoseconds;
}

/** The inputs of an auditor. */
export type AuditorInput =
  /** A loop was sent; it is audited when it returns. */
  | { readonly kind: 'sent'; readonly loop: string; readonly hops: readonly AuditedHop[] }
  /** The loop returned at the time `age` after it was sent. */
  | { readonly kind: 'returned'; readonly loop: string; readonly age: Nanoseconds }
  /** The node `from` answered a request for a proof. */
  | { readonly kind: 'answered'; readonly from: string; readonly answer: ProofAnswer };

/** The effects of an auditor. */
export type AuditorEffect =
  /** Ask a node for the proof of the delay of the packet with this replay tag. */
  | { readonly kind: 'ask'; readonly mix: string; readonly tag: Uint8Array }
  /** A loop was audited; `isObeyed` says whether its time matches the proved delays. */
  | { readonly kind: 'audited'; readonly isObeyed: boolean }
  /** The auditor suspects this node from now on. */
  | { readonly kind: 'suspect'; readonly mix: string }
  | { readonly kind: 'drop'; readonly reason: 'proof-unasked' };

/** A hop of a loop that has returned, and what is known of its delay. */
interface OpenHop {
  readonly hop: AuditedHop;
  readonly loop: OpenLoop;
  tries: number;
  /**
   * Largest lateness of packets at this hop, as the node claims, reduced to the accepted maximum.
   */
  lateNs: Nanoseconds;
  /**
   * The delay at this hop that its proof states, ns; `proof-invalid` or `refused` if there is no
   * valid proof; undefined before an answer.
   */
  owedNs: Nanoseconds | 'proof-invalid' | 'refused' | undefined;
}

interface OpenLoop {
  /** Time that the loop took, less the transit times of its links. */
  readonly observedNs: Nanoseconds;
  readonly hops: OpenHop[];
}

/** Audits the loops of one node. */
export class Auditor implements StateMachine<AuditorInput, AuditorEffect> {
  readonly #parts: AuditorParts;
  readonly #ledger = new AuditLedger();
  readonly #shares = new DelayDeviationEstimator();
  /** Hops of the loops under way, by name of the loop, oldest first. */
  readonly #sent = new Map<string, readonly AuditedHop[]>();
  /** Hops from which a proof was requested, by replay tag in hexadecimal. */
  readonly #asked = new Map<string, OpenHop>();
  /**
   * For each mix, by name: the share of loops with wrong times among the latest loops through it.
   */
  readonly #wrong = new Map<string, number>();
  readonly #suspects = new Set<string>();
  /** The instants at which missing proofs of a loop are requested again. */
  readonly #retries = new DeadlineHeap<OpenLoop>();
  /** The instant of the present step. */
  #now: Nanoseconds = 0;
  /** The effects of the present step. */
  #effects: AuditorEffect[] = [];

  constructor(parts: AuditorParts) {
    this.#parts = parts;
  }

  /** Sorted names of the nodes that seem to use wrong delays or do not prove their delays. */
  get suspects(): readonly string[] {
    return [...this.#suspects].sort();
  }

  step(now: Nanoseconds, input: AuditorInput | TimerDue): readonly AuditorEffect[] {
    this.#now = now;
    this.#effects = [];
    switch (input.kind) {
      case 'timer': {
        const loop = this.#retries.takeDue(now);
        if (loop !== undefined) this.#ask(loop);
        break;
      }
      case 'sent':
        this.#sentLoop(input.loop, input.hops);
        break;
      case 'returned':
        this.#returned(input.loop, input.age);
        break;
      case 'answered':
        this.#answered(input.from, input.answer);
    }
    return this.#effects;
  }

  nextAt(): Nanoseconds {
    return this.#retries.nextAt ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Remembers a loop that was sent. Beyond the limit the oldest loop is forgotten, because loops
   * can be lost.
   */
  #sentLoop(loop: string, hops: readonly AuditedHop[]): void {
    this.#sent.set(loop, hops);
    if (this.#sent.size <= AUDIT_LOOPS_MAX) return;
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined) this.#sent.delete(oldest);
  }

  /** Requests the proofs of a loop that returned. */
  #returned(name: string, age: Nanoseconds): void {
    const hops = this.#sent.get(name);
    if (hops === undefined) return;
    this.#sent.delete(name);
    const { transitNs } = this.#parts;
    // The loop crosses one link more than it has delaying hops: the last link leads back to the
    // sender, which does not delay its own loop.
    const loop: OpenLoop = { observedNs: age - (hops.length + 1) * transitNs, hops: [] };
    for (const hop of hops) {
      const open: OpenHop = { hop, loop, tries: 0, lateNs: 0, owedNs: undefined };
      loop.hops.push(open);
      this.#asked.set(toHex(hop.tag), open);
    }
    this.#ask(loop);
  }

  #answered(from: string, { tag, proof, lateUs }: ProofAnswer): void {
    const open = this.#asked.get(toHex(tag));
    if (open === undefined || open.hop.mix !== from) {
      this.#effects.push({ kind: 'drop', reason: 'proof-unasked' });
      return;
    }
    // A refusal may come from the rate limit of the asked node, so the proof is requested again
    // until all tries are used up.
    if (typeof proof === 'string') return;
    open.lateNs = Math.min(lateUs * NS_PER_US, this.#parts.latenessNs);
    const full = { ...open.hop, proof, observedNs: 0, toleranceNs: 0 };
    const verdict = auditDelay(this.#parts.crypto, full);
    this.#settle(open, verdict.kind === 'proof-invalid' ? verdict.kind : verdict.expectedNs);
  }

  #ask(loop: OpenLoop): void {
    for (const open of loop.hops) {
      if (open.owedNs !== undefined) continue;
      open.tries += 1;
      if (open.tries > PROOF_REQUEST_TRIES_MAX) this.#settle(open, 'refused');
      else this.#effects.push({ kind: 'ask', mix: open.hop.mix, tag: open.hop.tag });
    }
    if (loop.hops.some(isOwing)) this.#retries.add(this.#now + PROOF_RETRY_NS, loop);
  }

  #settle(open: OpenHop, owedNs: NonNullable<OpenHop['owedNs']>): void {
    open.owedNs = owedNs;
    this.#asked.delete(toHex(open.hop.tag));
    if (!open.loop.hops.some(isOwing)) this.#audit(open.loop);
  }

  /** Judges a loop once every hop has answered or has used up its tries. */
  #audit({ hops, observedNs }: OpenLoop): void {
    const outcome = this.#outcome(hops, observedNs);
    this.#effects.push({ kind: 'audited', isObeyed: outcome === 'obeyed' });
    for (const { hop } of hops) {
      const before = this.#wrong.get(hop.mix) ?? 0;
      this.#wrong.set(
        hop.mix,
        before + ((outcome === 'obeyed' ? 0 : 1) - before) / WRONG_LOOP_SMOOTHING_COUNT,
      );
    }
    for (const { hop, owedNs } of hops) {
      // If the time of the loop is wrong, the ledger records this for each hop; which of them is to
      // blame follows later from the estimated shares.
      const own = typeof owedNs === 'string' ? owedNs : outcome;
      const isBroken = outcome === 'refused' || outcome === 'proof-invalid';
      if (!isBroken || typeof owedNs === 'string') this.#ledger.enter(hop.mix, own);
    }
    this.#judge(hops);
  }

  #outcome(hops: readonly OpenHop[], observedNs: Nanoseconds): AuditOutcome {
    const owed: { mix: string; owedNs: Nanoseconds }[] = [];
    for (const { hop, owedNs } of hops) {
      if (typeof owedNs === 'string') return owedNs;
      owed.push({ mix: hop.mix, owedNs: owedNs ?? 0 });
    }
    const rawNs = owed.reduce((left, { owedNs }) => left - owedNs, observedNs);
    const excessNs = this.#unexplained(rawNs, hops);
    this.#shares.enter(owed, excessNs);
    if (Math.abs(excessNs) <= this.#parts.toleranceNs) return 'obeyed';
    return excessNs < 0 ? 'too-early' : 'too-late';
  }

  /**
   * Returns the part of a loop's deviation from its proved delays that lateness does not explain.
   * Each hop states its largest lateness, which counts twice: a packet may be received late and may
   * leave late. A loop can be early by at most its transit times, because a link that gets a packet
   * late delivers it up to its transit time sooner.
   */
  #unexplained(excessNs: Nanoseconds, hops: readonly OpenHop[]): Nanoseconds {
    const { transitNs, lateMaxNs } = this.#parts;
    const ownNs = lateMaxNs();
    const lateNs = hops.reduce((sum, hop) => sum + 2 * hop.lateNs, ownNs);
    if (excessNs >= 0) return Math.max(0, excessNs - lateNs);
    return Math.min(0, excessNs + (hops.length + 1) * Math.min(transitNs, ownNs));
  }

  /**
   * Updates the suspects. A mix without a valid proof is suspect immediately; a mix on loops with
   * wrong times becomes suspect when the estimates show that its delays are wrong.
   */
  #judge(hops: readonly OpenHop[]): void {
    const wrong = this.#shares.suspects(SUSPECT_DELAY_SHARE, SUSPECT_LOOPS_MIN);
    for (const { hop } of hops) {
      const { mix } = hop;
      const counts = this.#ledger.countsOf(mix);
      const isProofless = counts.refused + counts['proof-invalid'] > 0;
      // A single stall of a machine delays one loop, whereas a mix that cheats delays most of its
      // loops.
      const isOften = (this.#wrong.get(mix) ?? 0) > SUSPECT_WRONG_LOOP_SHARE;
      if (!isProofless && !(isOften && wrong.includes(mix))) this.#suspects.delete(mix);
      else if (!this.#suspects.has(mix)) {
        this.#suspects.add(mix);
        this.#effects.push({ kind: 'suspect', mix });
      }
    }
  }
}

function isOwing({ owedNs }: OpenHop): boolean {
  return owedNs === undefined;
}
