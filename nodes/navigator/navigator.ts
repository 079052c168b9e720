/**
 * Navigator: chooses among the ways to one peer by what they cost (docs/adr/lowest.md#0094-several-lowest-protocols-on-one-host).
 *
 * A way is judged by its declared cost; latency and reliability by what was measured over it, while that is recent. Private
 * messages leave only over ways that hide who writes to whom. All other messages use up a privacy budget, one for each
 * destination. A packet without messages says what this node has handled, and leaves over the way on which the peer was
 * heard last, so that the acknowledgement is about as fast as the message. Ways change rarely: for each class at most once
 * in three round trips of the faster of the two ways, unless the way in use is down or no longer allowed.
 *
 * @module
 */
import type { Meter } from '../../engine/host/measure.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import {
  MEASUREMENT_AGE_MAX_NS,
  type WayChoice,
  type WayChooser,
  type WayFacts,
  type WayWishes,
} from '../_kit/way-chooser.ts';
import {
  classOfWishes,
  MESSAGE_CLASSES,
  type MessageClass,
  WEIGHTING_OF_CLASS,
} from './classes.ts';
import type { WayCost } from './cost.ts';
import { findFrontier } from './frontier.ts';
import {
  NS_PER_MS,
  PRIVACY_BUDGET,
  ROUND_TRIPS_BETWEEN_CHANGES,
  SILENCE_MAX_NS,
} from './geometry.ts';
import { scoreCosts, WEIGHTINGS, type WeightingName } from './weighting.ts';

/** How a navigator rates ways. */
export interface NavigatorOptions {
  /** The weighting for all classes of messages; absent: each class has its own. */
  readonly weighting?: WeightingName | undefined;
  /** Privacy that the messages to this peer may cost together, epsilon. */
  readonly budget?: number;
  /** The cost of a way without recent measurements, by the name of its carrier. */
  readonly costs: Readonly<Record<string, WayCost>>;
  /** Counts the metrics of the navigator; absent: nothing is counted. */
  readonly meter?: Meter;
  /**
   * True if private messages may use a way: those that hide who writes to whom, except in a
   * defective double.
   */
  readonly hides?: (way: WayFacts) => boolean;
  /** Computes the scores of costs: {@link scoreCosts}, except in a defective double. */
  readonly score?: typeof scoreCosts;
}

/** The cost of a way for which no cost was declared. */
const UNKNOWN_COST: WayCost = { latencyMs: 100, energyMah: 0, unreliability: 0.05, epsilon: 0 };
/** Spent privacy is counted in this fraction of the budget: one thousandth. */
const BUDGET_PARTS = 1_000;
const UAH_PER_MAH = 1_000;
/** Number of decimals of scores in reasons. */
const SCORE_DECIMALS = 3;

/** The way that a class of messages uses at present, and since when. */
interface Held {
  readonly way: number;
  readonly sinceNs: Nanoseconds;
}

interface Candidate {
  readonly index: number;
  readonly facts: WayFacts;
  readonly cost: WayCost;
}

/** Chooses among the ways to one peer by what they cost. */
export class Navigator implements WayChooser {
  readonly #options: NavigatorOptions;
  readonly #held = new Map<MessageClass, Held>();
  /** Privacy that messages to this peer have used up, epsilon. */
  #spent = 0;

  constructor(options: NavigatorOptions) {
    this.#options = options;
    // Creates the counter of each way, so that a way which no message takes is reported as 0 and
    // not as unknown.
    for (const own of MESSAGE_CLASSES) {
      for (const way of Object.keys(options.costs))
        options.meter?.counter('navigator.messages', own, way).add(0);
    }
  }

  /** The part of the privacy budget that is left, epsilon. */
  get budgetLeft(): number {
    return Math.max(0, (this.#options.budget ?? PRIVACY_BUDGET) - this.#spent);
  }

  choose(now: Nanoseconds, ways: readonly WayFacts[], wishes: WayWishes | undefined): WayChoice {
    const own = classOfWishes(wishes);
    const allowed = ways
      .map((facts, index) => ({ index, facts, cost: this.#costOf(now, facts) }))
      // A packet without messages only reports on messages of the peer. It reveals no more than
      // acknowledgements do, which leave in any case, so every way is allowed.
      .filter(({ facts, cost }) => wishes === undefined || this.#isAllowed(facts, cost, own));
    const up = allowed.filter(({ facts }) => facts.isUp);
    const ranked = this.#rank(up.length > 0 ? up : allowed, own);
    const best = ranked[0];
    if (best === undefined) return { order: [], probes: [], why: `${own}: no way is allowed` };
    const first =
      wishes === undefined ? lastHeard(now, allowed, best) : this.#hold(now, own, ranked, allowed);
    const others = [...ranked, ...allowed.filter(({ facts }) => !facts.isUp)].filter(
      ({ index }, at, all) =>
        index !== first.index && all.findIndex((one) => one.index === index) === at,
    );
    return {
      order: [first.index, ...others.map(({ index }) => index)],
      probes: allowed.flatMap(({ index, facts }) =>
        facts.isUp || index === first.index ? [] : [index],
      ),
      why: reasonOf(own, first, ranked),
      weighed: allowed,
    };
  }

  used(facts: WayFacts, wishes: WayWishes): void {
    const { budget = PRIVACY_BUDGET, meter } = this.#options;
    const { energyMah, epsilon } = this.#declared(facts);
    this.#spent += epsilon;
    if (meter === undefined) return;
    const own = classOfWishes(wishes);
    meter.counter('navigator.messages', own, facts.carrier).add(1);
    meter.counter('navigator.charge').add(Math.round(energyMah * UAH_PER_MAH));
    meter.counter('navigator.exposed').add(Number(own === 'private' && !facts.hides));
    if (budget > 0)
      meter.histogram('navigator.spent').record(Math.round((this.#spent / budget) * BUDGET_PARTS));
  }

  handled(wishes: WayWishes, tookNs: Nanoseconds): void {
    this.#options.meter?.histogram('navigator.handled', classOfWishes(wishes)).record(tookNs);
  }

  refusal(
    ways: readonly WayFacts[],
    wishes: WayWishes,
  ): 'not-private' | 'privacy-spent' | undefined {
    const own = classOfWishes(wishes);
    const isAllowed = (facts: WayFacts): boolean =>
      this.#isAllowed(facts, this.#declared(facts), own);
    if (ways.some(isAllowed)) return undefined;
    return own === 'private' ? 'not-private' : 'privacy-spent';
  }

  #isAllowed(way: WayFacts, { epsilon }: WayCost, own: MessageClass): boolean {
    if (own === 'private') return this.#options.hides?.(way) ?? way.hides;
    return epsilon <= this.budgetLeft;
  }

  #declared({ carrier, hides }: WayFacts): WayCost {
    const cost = this.#options.costs[carrier] ?? UNKNOWN_COST;
    return hides ? { ...cost, epsilon: 0 } : cost;
  }

  #costOf(now: Nanoseconds, facts: WayFacts): WayCost {
    const declared = this.#declared(facts);
    const { roundTripNs, measuredNs = Number.NEGATIVE_INFINITY, loss } = facts;
    if (roundTripNs === undefined || now - measuredNs > MEASUREMENT_AGE_MAX_NS) return declared;
    return { ...declared, latencyMs: roundTripNs / 2 / NS_PER_MS, unreliability: loss };
  }

  /**
   * Ranks candidates: first those on the frontier by their scores, then those that others dominate.
   * Ties keep the order of preference.
   */
  #rank(candidates: readonly Candidate[], own: MessageClass): readonly Scored[] {
    const costs = candidates.map(({ cost }) => cost);
    const frontier = new Set(findFrontier(costs));
    const weighting = WEIGHTINGS[this.#options.weighting ?? WEIGHTING_OF_CLASS[own]];
    const on = candidates.filter((_, at) => frontier.has(at));
    const scores = (this.#options.score ?? scoreCosts)(
      on.map(({ cost }) => cost),
      weighting,
    );
    const scored = on.map((candidate, at) => ({ ...candidate, score: scores[at] as number }));
    const sorted = scored.sort((a, b) => a.score - b.score || a.index - b.index);
    const off = candidates.filter((_, at) => !frontier.has(at));
    return [...sorted, ...off.map((candidate) => ({ ...candidate, score: undefined }))];
  }

  /**
   * The way for a class of messages: the best one; but as long as the class may not change again,
   * the way that it uses.
   */
  #hold(
    now: Nanoseconds,
    own: MessageClass,
    ranked: readonly Scored[],
    allowed: readonly Candidate[],
  ): Candidate {
    const best = ranked[0] as Scored;
    const held = this.#held.get(own);
    const used = allowed.find(({ index }) => index === held?.way);
    if (held !== undefined && used !== undefined && (used.facts.isUp || !best.facts.isUp)) {
      // The faster of the two ways decides, because a class on a slow way must not wait for minutes
      // before it changes to a fast one.
      const roundTripNs = Math.min(roundTripOf(used), roundTripOf(best));
      const isEarly = now - held.sinceNs < ROUND_TRIPS_BETWEEN_CHANGES * roundTripNs;
      if (used.index === best.index || isEarly) return used;
    }
    this.#held.set(own, { way: best.index, sinceNs: now });
    return best;
  }
}

/**
 * The way over which the peer was heard last, even if it has been down for a short time; `best` if
 * the peer was never heard.
 */
function lastHeard(now: Nanoseconds, candidates: readonly Candidate[], best: Candidate): Candidate {
  const heardNs = ({ facts: { isUp, heardNs: atNs } }: Candidate): number =>
    atNs === undefined || (!isUp && now - atNs > SILENCE_MAX_NS) ? Number.NEGATIVE_INFINITY : atNs;
  return candidates.reduce((last, one) => (heardNs(one) > heardNs(last) ? one : last), best);
}

/** The measured round trip of a way, ns; without a measurement, twice its declared latency. */
function roundTripOf({ facts, cost }: Candidate): Nanoseconds {
  return facts.roundTripNs ?? 2 * cost.latencyMs * NS_PER_MS;
}

/** A candidate with its score, which is undefined if another candidate dominates it. */
interface Scored extends Candidate {
  readonly score: number | undefined;
}

/**
 * A text such as `realtime: gateway 0.120, mixnet 0.640, dtn dominated`; the way in use comes
 * first.
 */
function reasonOf(own: MessageClass, first: Candidate, ranked: readonly Scored[]): string {
  const wordsOf = ({ facts, score }: Scored): string =>
    `${facts.carrier} ${score === undefined ? 'dominated' : score.toFixed(SCORE_DECIMALS)}`;
  const used = ranked.find(({ index }) => index === first.index);
  const rest = ranked.filter(({ index }) => index !== first.index).map(wordsOf);
  return `${own}: ${[used === undefined ? `${first.facts.carrier} kept` : wordsOf(used), ...rest].join(', ')}`;
}
