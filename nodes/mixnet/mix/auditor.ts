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
  SUSPECT_LOOPS_MIN,
  SUSPECT_SHARE,
} from '../geometry.ts';
import type { ProofAnswer } from '../wire.ts';

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
  /** Asks a node for the proof of the delay of a packet. */
  ask(mix: string, tag: Uint8Array): void;
}

/** A hop whose loop is back. */
interface OpenHop {
  readonly hop: AuditedHop;
  readonly loop: OpenLoop;
  tries: number;
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
      const open: OpenHop = { hop, loop, tries: 0, owedNs: undefined };
      loop.hops.push(open);
      this.#asked.set(toHex(hop.tag), open);
    }
    this.#ask(loop);
  }

  /** Takes an answer in. @param from Name of the node that sent it. */
  answered(from: string, { tag, proof }: ProofAnswer): void {
    const open = this.#asked.get(toHex(tag));
    if (open === undefined || open.hop.mix !== from) {
      this.#parts.host.drop('proof-unasked');
      return;
    }
    // A refusal may be the rate limit of the other: it is asked again until the tries are used up.
    if (typeof proof === 'string') return;
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
    const excessNs = owed.reduce((left, { owedNs }) => left - owedNs, observedNs);
    this.#shares.enter(owed, excessNs);
    if (Math.abs(excessNs) <= this.#parts.toleranceNs) return 'obeyed';
    return excessNs < 0 ? 'too-early' : 'too-late';
  }

  /** A mix without a proof is suspect at once, one with a wrong sum when the shares are settled. */
  #judge(hops: readonly OpenHop[]): void {
    const wrong = this.#shares.suspects(SUSPECT_SHARE, SUSPECT_LOOPS_MIN);
    for (const { hop } of hops) {
      const { mix } = hop;
      const counts = this.#ledger.countsOf(mix);
      const isProofless = counts.refused + counts['proof-invalid'] > 0;
      if (!isProofless && !wrong.includes(mix)) this.#suspects.delete(mix);
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
