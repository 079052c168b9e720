/**
 * How the sender of loops checks that mixes obey their verifiable random functions (project spec
 * mixnet 3.4): when a loop is back, it asks each hop for the proof of its delay, and compares the sum
 * with the time that the loop took.
 *
 * State machine of one loop: sent -> back (proofs are asked for) -> audited. A proof that does not
 * come is asked for again; a mix that never gives it is written down as one that refuses.
 *
 * Pure but for the host's timers: how requests travel is the node's business.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { toHex } from '../../_kit/bytes.ts';
import {
  AuditLedger,
  type AuditOutcome,
  auditDelay,
  DelayShares,
  type LoopHop,
} from '../../vrf/index.ts';
import {
  AUDIT_LOOPS_MAX,
  PROOF_RETRY_NS,
  PROOF_TRIES,
  RECENT_LOOPS,
  SUSPECT_LOOPS_MIN,
  SUSPECT_SHARE,
  SUSPECT_WRONG,
} from '../geometry.ts';
import type { ProofAnswer } from '../wire.ts';

const NS_PER_US = 1_000;

/** A hop of a loop, and what its proof will be checked with. */
export interface AuditedHop extends Omit<LoopHop, 'proof'> {
  /** Name of the node. */
  readonly mix: string;
}

/** What an auditor is made of. */
export interface AuditorParts {
  readonly host: Pick<Host, 'now' | 'after' | 'crypto' | 'drop' | 'meter' | 'trace'>;
  /** What a packet takes from one node to the next. */
  readonly transitNs: Nanoseconds;
  readonly toleranceNs: Nanoseconds;
  /** Lateness that is believed of one node at most. */
  readonly latenessNs: Nanoseconds;
  /** How late packets leave the own node at worst; 0 in virtual time without a CPU model. */
  readonly lateMaxNs: () => Nanoseconds;
  /** Asks a node for the proof of the delay of a packet. */
  ask(mix: string, tag: Uint8Array): void;
}

/** A hop whose loop is back. */
interface OpenHop {
  readonly hop: AuditedHop;
  readonly loop: OpenLoop;
  tries: number;
  /** How late packets leave the node at worst, as it says and as far as that is believed. */
  lateNs: Nanoseconds;
  /** What the proof says; `proof-invalid`: it was none. */
  owedNs: Nanoseconds | 'proof-invalid' | 'refused' | undefined;
}

interface OpenLoop {
  /** Time that the loop took, without that on links. */
  readonly observedNs: Nanoseconds;
  readonly hops: OpenHop[];
}

/** See the module. */
export class Auditor {
  readonly #parts: AuditorParts;
  readonly #ledger = new AuditLedger();
  readonly #shares = new DelayShares();
  /** Loops under way, by name, oldest first. */
  readonly #sent = new Map<string, readonly AuditedHop[]>();
  /** Hops that owe a proof, by tag. */
  readonly #asked = new Map<string, OpenHop>();
  /** Share of the latest loops through a mix that were wrong, by name. */
  readonly #wrong = new Map<string, number>();
  readonly #suspects = new Set<string>();

  constructor(parts: AuditorParts) {
    this.#parts = parts;
  }

  /** Nodes that do not obey, or do not prove it, by name. */
  get suspects(): readonly string[] {
    return [...this.#suspects].sort();
  }

  /** Notes a loop that will be audited when it is back; one lost on its way is forgotten in time. */
  sent(loop: string, hops: readonly AuditedHop[]): void {
    this.#sent.set(loop, hops);
    if (this.#sent.size <= AUDIT_LOOPS_MAX) return;
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined) this.#sent.delete(oldest);
  }

  /** A loop is back: asks for its proofs. @param age Time since it was sent. */
  returned(name: string, age: Nanoseconds): void {
    const hops = this.#sent.get(name);
    if (hops === undefined) return;
    this.#sent.delete(name);
    const { transitNs } = this.#parts;
    // The last link leads back to the sender, which does not delay its own loop.
    const loop: OpenLoop = { observedNs: age - (hops.length + 1) * transitNs, hops: [] };
    for (const hop of hops) {
      const open: OpenHop = { hop, loop, tries: 0, lateNs: 0, owedNs: undefined };
      loop.hops.push(open);
      this.#asked.set(toHex(hop.tag), open);
    }
    this.#ask(loop);
  }

  /** Takes an answer in. @param from Name of the node that sent it. */
  answered(from: string, { tag, proof, lateUs }: ProofAnswer): void {
    const open = this.#asked.get(toHex(tag));
    if (open === undefined || open.hop.mix !== from) {
      this.#parts.host.drop('proof-unasked');
      return;
    }
    // A refusal may be the rate limit of the other: it is asked again until the tries are used up.
    if (typeof proof === 'string') return;
    open.lateNs = Math.min(lateUs * NS_PER_US, this.#parts.latenessNs);
    const full = { ...open.hop, proof, observedNs: 0, toleranceNs: 0 };
    const verdict = auditDelay(this.#parts.host.crypto, full);
    this.#settle(open, verdict.kind === 'proof-invalid' ? verdict.kind : verdict.expectedNs);
  }

  #ask(loop: OpenLoop): void {
    for (const open of loop.hops) {
      if (open.owedNs !== undefined) continue;
      open.tries += 1;
      if (open.tries > PROOF_TRIES) this.#settle(open, 'refused');
      else this.#parts.ask(open.hop.mix, open.hop.tag);
    }
    if (loop.hops.some(isOwing)) this.#parts.host.after(PROOF_RETRY_NS, () => this.#ask(loop));
  }

  #settle(open: OpenHop, owedNs: NonNullable<OpenHop['owedNs']>): void {
    open.owedNs = owedNs;
    this.#asked.delete(toHex(open.hop.tag));
    if (!open.loop.hops.some(isOwing)) this.#audit(open.loop);
  }

  /** All hops have answered, or will not. */
  #audit({ hops, observedNs }: OpenLoop): void {
    const { meter } = this.#parts.host;
    meter.counter('mix.audits').add(1);
    const outcome = this.#outcome(hops, observedNs);
    if (outcome !== 'obeyed') meter.counter('mix.audit_failures').add(1);
    for (const { hop } of hops) {
      const before = this.#wrong.get(hop.mix) ?? 0;
      this.#wrong.set(hop.mix, before + ((outcome === 'obeyed' ? 0 : 1) - before) / RECENT_LOOPS);
    }
    for (const { hop, owedNs } of hops) {
      // The sum was wrong: whose delay it was, the shares will say.
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
   * What lateness does not explain (3.4 "live: tolerance = scheduler lateness p99.9"). Each node says
   * how late packets leave it at worst; they may come through a link to it as late. A link that
   * begins late catches up with what it takes, so that a loop comes early by its transits at most.
   */
  #unexplained(excessNs: Nanoseconds, hops: readonly OpenHop[]): Nanoseconds {
    const { transitNs, lateMaxNs } = this.#parts;
    const ownNs = lateMaxNs();
    const lateNs = hops.reduce((sum, hop) => sum + 2 * hop.lateNs, ownNs);
    if (excessNs >= 0) return Math.max(0, excessNs - lateNs);
    return Math.min(0, excessNs + (hops.length + 1) * Math.min(transitNs, ownNs));
  }

  /** A mix without a proof is suspect at once, one with a wrong sum when the shares are settled. */
  #judge(hops: readonly OpenHop[]): void {
    const wrong = this.#shares.suspects(SUSPECT_SHARE, SUSPECT_LOOPS_MIN);
    for (const { hop } of hops) {
      const { mix } = hop;
      const counts = this.#ledger.countsOf(mix);
      const isProofless = counts.refused + counts['proof-invalid'] > 0;
      // One stall of a machine stretches one loop, a mix that does not obey stretches most.
      const isOften = (this.#wrong.get(mix) ?? 0) > SUSPECT_WRONG;
      if (!isProofless && !(isOften && wrong.includes(mix))) this.#suspects.delete(mix);
      else if (!this.#suspects.has(mix)) {
        this.#suspects.add(mix);
        this.#parts.host.meter.counter('mix.audit_suspects').add(1);
        this.#parts.host.trace.mark(`suspect ${mix}`);
      }
    }
  }
}

function isOwing({ owedNs }: OpenHop): boolean {
  return owedNs === undefined;
}
