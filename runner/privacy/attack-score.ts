/**
 * Keeps the score of an attack in a run: the adversary names messages, and the truth, which it never
 * sees, decides here whether it is right (docs/spec/privacy-metrics.md#two-records).
 *
 * @module
 */
import type { SuccessCount } from '../../reports/privacy/attacks/index.ts';
import { EVENT_DROPPED, type RunTruth } from '../../reports/privacy/truth/truth.ts';
import type { AttackScorer, AttackTrial, Sighting } from './adversary.ts';

/** What an {@link AttackScore} needs to know of the run. */
export interface AttackScoreParts {
  now(): number;
  /** The number of the message that has this key on a link now; -1 if there is none. */
  messageOf(key: number): number;
  /** Attempts before this instant do not count, ns. */
  readonly warmupNs: number;
}

type Claim =
  | { readonly kind: 'message'; readonly found: Sighting }
  | { readonly kind: 'end'; readonly node: string; readonly atNs: number };

interface Attempt {
  readonly target: Sighting;
  readonly isMeasured: boolean;
  claim?: Claim;
  isWithdrawn: boolean;
}

const UNKNOWN = -1;

/** The score of one attack: its attempts and claims. */
export class AttackScore implements AttackScorer {
  readonly #parts: AttackScoreParts;
  readonly #attempts: Attempt[] = [];
  /** For each sighting, the number of its message. */
  readonly #seen: number[] = [];

  constructor(parts: AttackScoreParts) {
    this.#parts = parts;
  }

  see(key: number): Sighting {
    return this.#seen.push(this.#parts.messageOf(key)) - 1;
  }

  aim(target: Sighting): AttackTrial {
    const isMeasured = this.#parts.now() >= this.#parts.warmupNs;
    return this.#attempts.push({ target, isMeasured, isWithdrawn: false }) - 1;
  }

  claim(trial: AttackTrial, found: Sighting): void {
    this.#settle(trial, { kind: 'message', found });
  }

  claimEnd(trial: AttackTrial, node: string): void {
    this.#settle(trial, { kind: 'end', node, atNs: this.#parts.now() });
  }

  withdraw(trial: AttackTrial): void {
    const attempt = this.#attempts[trial];
    if (attempt !== undefined) attempt.isWithdrawn = true;
  }

  /** The number of attempts that count, and how many of them were right. */
  counted(truth: RunTruth): SuccessCount {
    const attempts = this.#attempts.filter(
      ({ isMeasured, isWithdrawn, target }) =>
        isMeasured && !isWithdrawn && this.#seen[target] !== UNKNOWN,
    );
    const ends = dropsOf(truth, new Set(attempts.map(({ target }) => this.#messageOf(target))));
    const hits = attempts.filter((attempt) => this.#isRight(attempt, ends)).length;
    return { hits, trials: attempts.length };
  }

  #settle(trial: AttackTrial, claim: Claim): void {
    const attempt = this.#attempts[trial];
    if (attempt !== undefined) attempt.claim ??= claim;
  }

  #isRight({ target, claim }: Attempt, ends: ReadonlyMap<number, string>): boolean {
    if (claim === undefined) return false;
    const message = this.#messageOf(target);
    if (claim.kind === 'message') return this.#messageOf(claim.found) === message;
    return ends.get(message) === endOf(claim.node, claim.atNs);
  }

  #messageOf(sighting: Sighting): number {
    return this.#seen[sighting] ?? UNKNOWN;
  }
}

/** Where and when the given messages were dropped. */
function dropsOf(truth: RunTruth, messages: ReadonlySet<number>): ReadonlyMap<number, string> {
  const { count, code, node, message, atNs } = truth.events;
  const ends = new Map<number, string>();
  for (let i = 0; i < count; i += 1) {
    const one = message[i] as number;
    if (code[i] !== EVENT_DROPPED || !messages.has(one)) continue;
    ends.set(one, endOf(truth.nodes[node[i] as number] ?? '', atNs[i] as number));
  }
  return ends;
}

function endOf(node: string, atNs: number): string {
  return `${node} ${atNs}`;
}
