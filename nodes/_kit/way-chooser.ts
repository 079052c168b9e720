/**
 * The choice of one of several ways to a peer, by a protocol that has several carriers: what is known of each way, and
 * the rule that chooses. The protocol measures and sends; the rule decides, and holds no host.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';

/** Age from which a measurement no longer counts, ns: the way may have changed. */
export const MEASUREMENT_AGE_MAX_NS = 30_000_000_000;

/** What is known of one way to a peer: a carrier, and what was measured over it. */
export interface WayFacts {
  /** Name of the carrier. */
  readonly carrier: string;
  /** True if observers of all links cannot tell who writes to whom over this way. */
  readonly hides: boolean;
  /** False while the peer does not answer over this way, or the carrier says that it is closed. */
  readonly isUp: boolean;
  /** Smoothed round-trip time, ns, without what was older when it was measured anew; undefined before the first answer. */
  readonly roundTripNs: Nanoseconds | undefined;
  /** Share of lost packets among the last ones, 0 to 1. */
  readonly loss: number;
  /** When round trip and loss were last measured; undefined before the first answer. */
  readonly measuredNs: Nanoseconds | undefined;
  /** When a message of the peer, or its question for news, last came over this way; undefined before the first. */
  readonly heardNs: Nanoseconds | undefined;
}

/** What the message wishes that leaves next. */
export interface WayWishes {
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  /** True if it may leave over ways only that hide who writes to whom. */
  readonly private?: boolean;
}

/** A choice among ways, which are named by their index. */
export interface WayChoice {
  /** The ways that may be used, the best first; the message leaves over the first. Empty: it does not leave now. */
  readonly order: readonly number[];
  /** Ways that are down and would be better than the best: they are probed while messages wait. */
  readonly probes: readonly number[];
  /** The reason in words, for a trace; the same object means the same choice. */
  readonly why: string;
  /** The ways that may be used and what they were taken to cost, for a trace; absent where costs do not count. */
  readonly weighed?: readonly WeighedWay[];
}

/** A way, and what a choice took it to cost. */
export interface WeighedWay {
  readonly facts: Pick<WayFacts, 'carrier'>;
  readonly cost: {
    readonly latencyMs: number;
    /** Probability, 0 to 1, that a message does not arrive. */
    readonly unreliability: number;
    readonly epsilon: number;
  };
}

/** A rule that chooses among the ways to one peer. */
export interface WayChooser {
  /** Chooses the way of the message that leaves next; without wishes, of a packet without messages. */
  choose(now: Nanoseconds, ways: readonly WayFacts[], wishes: WayWishes | undefined): WayChoice;
  /** Called when bytes of a message leave, and the last ones before them left over another way, or none did. */
  used(way: WayFacts, wishes: WayWishes): void;
  /** Called when the peer has handled a message, so long after it was accepted. */
  handled(wishes: WayWishes, tookNs: Nanoseconds): void;
  /** Why a new message with these wishes cannot be accepted; undefined if it can. */
  refusal(ways: readonly WayFacts[], wishes: WayWishes): string | undefined;
}

/** The rule without measurements: the first way that is up, in the order of preference; the first of all if none is. */
export class PreferredWay implements WayChooser {
  /** The choices by the way that is up. */
  readonly #choices: readonly WayChoice[];

  /** @param count Number of ways, at least 1. */
  constructor(count: number) {
    const all = Array.from({ length: count }, (_, index) => index);
    this.#choices = all.map((best) => ({
      order: [best, ...all.filter((index) => index !== best)],
      probes: all.slice(0, best),
      why: best === 0 ? 'preferred' : 'preferred ways are down',
    }));
  }

  // hot: once per packet.
  choose(_now: Nanoseconds, ways: readonly WayFacts[]): WayChoice {
    const up = ways.findIndex(({ isUp }) => isUp);
    return this.#choices[Math.max(0, up)] as WayChoice;
  }

  used(): void {
    // Nothing is counted.
  }

  handled(): void {
    // Nothing is counted.
  }

  refusal(): undefined {
    return undefined;
  }
}
