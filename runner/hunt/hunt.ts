/**
 * A hunt: draws attempts, tries them on several threads, and learns from what they reach, until its
 * budget is spent or it has found enough breaks.
 *
 * Attempts are drawn and evaluated in batches, so that on any number of threads a hunt makes the same
 * attempts and finds the same breaks.
 *
 * @module
 */
import { openRandomStream } from '../../engine/core/stream.ts';
import type { FaultTargets } from '../faults/fault-draws.ts';
import { type Attempt, type AttemptOutcome, type HuntBreak, nameOfBreak } from './attempt.ts';
import { Corpus, type CorpusState } from './corpus.ts';

/**
 * Number of attempts in a batch, which are drawn from the same corpus; the first of them is tried
 * twice.
 */
const BATCH = 8;
/** Largest number of different breaks of a hunt, which ends when it has found them. */
export const BREAKS_MAX = 20;

/** A break and the attempt that first showed it. */
export interface FoundBreak {
  readonly attempt: Attempt;
  readonly found: HuntBreak;
  /** The number of the attempt, from 1. */
  readonly number: number;
}

/** The state of a hunt, as plain data from which a later hunt can continue. */
export interface HuntState {
  /** Number of attempts so far. */
  readonly tried: number;
  readonly corpus: CorpusState;
  readonly breaks: readonly FoundBreak[];
  /** The number of the latest attempt that reached something new, from 1; 0 if none has. */
  readonly lastNew: number;
  /** Names of breaks that the scenario has without faults; a hunt does not report these. */
  readonly known: readonly string[];
}

/** The state of a hunt that has not begun. */
export const FRESH_HUNT: HuntState = {
  ...{ tried: 0, breaks: [], lastNew: 0, known: [] },
  corpus: { attempts: [], reached: [] },
};

/**
 * What {@link huntForBreaks} needs: seed, targets, the state to continue from, and the function that
 * tries an attempt.
 */
export interface HuntParts {
  readonly seed: number;
  readonly targets: FaultTargets;
  readonly isGuided: boolean;
  readonly from: HuntState;
  readonly tryOne: (attempt: Attempt) => Promise<AttemptOutcome>;
  /** Called after each batch. */
  readonly onBatch: (state: HuntState) => void;
  /** True if the hunt is to end before the next batch. */
  readonly isOver: (state: HuntState) => boolean;
}

/**
 * Draws attempts and tries them on several threads until the budget is spent or enough is found.
 * @returns what the hunt knows at its end.
 */
export async function huntForBreaks(parts: HuntParts): Promise<HuntState> {
  const progress = new Progress(parts);
  try {
    await progress.tryPlain();
    while (!parts.isOver(progress.state) && progress.state.breaks.length < BREAKS_MAX) {
      await progress.tryBatch();
      parts.onBatch(progress.state);
    }
  } catch (error) {
    // A batch of which an attempt was given up changes nothing.
    if (!(error instanceof HuntStoppedError)) throw error;
  }
  return progress.state;
}

/** Thrown by an attempt that is given up because the hunt is stopped. */
export class HuntStoppedError extends Error {}

class Progress {
  readonly #parts: HuntParts;
  readonly #corpus: Corpus;
  readonly #breaks: Map<string, FoundBreak>;
  readonly #known: Set<string>;
  #tried: number;
  #lastNew: number;

  constructor(parts: HuntParts) {
    const { from } = parts;
    this.#parts = parts;
    this.#corpus = new Corpus(from.corpus, parts.isGuided);
    this.#breaks = new Map(from.breaks.map((one) => [nameOfBreak(one.found), one]));
    this.#known = new Set(from.known);
    this.#tried = from.tried;
    this.#lastNew = from.lastNew;
  }

  get state(): HuntState {
    const { state: corpus } = this.#corpus;
    const [breaks, known] = [[...this.#breaks.values()], [...this.#known]];
    return { tried: this.#tried, lastNew: this.#lastNew, corpus, breaks, known };
  }

  /** Tries the scenario without faults. Breaks that it has already are not reported later. */
  async tryPlain(): Promise<void> {
    const { seed, tryOne } = this.#parts;
    const plain = { seed, events: [] };
    const { breaks, reached } = await tryOne(plain);
    for (const found of breaks) this.#known.add(nameOfBreak(found));
    this.#corpus.learn(plain, reached);
  }

  async tryBatch(): Promise<void> {
    const { seed, targets, tryOne } = this.#parts;
    const draws = openRandomStream(seed, 'hunt', `batch/${this.#tried}`);
    const batch = Array.from({ length: BATCH }, () => this.#corpus.next(draws, targets));
    const outcomes = await Promise.all(
      batch.map((attempt, index) => (index === 0 ? tryTwice(attempt, tryOne) : tryOne(attempt))),
    );
    for (const [index, outcome] of outcomes.entries()) {
      this.#learn(batch[index] as Attempt, outcome);
    }
  }

  #learn(drawn: Attempt, { events, reached, breaks }: AttemptOutcome): void {
    this.#tried += 1;
    const attempt = { ...drawn, events };
    if (this.#corpus.learn(attempt, reached) > 0) this.#lastNew = this.#tried;
    const isNew = (name: string): boolean => !this.#known.has(name) && !this.#breaks.has(name);
    // An attempt may have known and new breaks; only a new one is reported.
    const found = breaks.find((one) => isNew(nameOfBreak(one)));
    if (found === undefined) return;
    this.#breaks.set(nameOfBreak(found), { attempt, found, number: this.#tried });
  }
}

/** Tries an attempt twice, and compares the two runs. */
async function tryTwice(attempt: Attempt, tryOne: HuntParts['tryOne']): Promise<AttemptOutcome> {
  const first = await tryOne(attempt);
  const second = await tryOne(attempt);
  const both = [first, second];
  if (both.some(({ breaks }) => breaks[0]?.kind === 'held')) return first;
  const [one, other] = both.map(
    ({ fingerprint, breaks }) => `${fingerprint} ${breaks.map(nameOfBreak).join()}`,
  );
  if (one === other) return first;
  const text = `${one} and ${other}`;
  const different = { kind: 'fingerprint', place: 'of two equal runs', text } as const;
  return { ...first, breaks: [different, ...first.breaks] };
}
