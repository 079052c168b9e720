/**
 * The choice of one of several ways to a peer, by a protocol that has several carriers: the facts
 * about each way, and the rule that chooses. The protocol measures and sends; the rule decides and
 * has no access to the host.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import { anyTextFormat } from './text-form.ts';
import { declareStatePerPeer } from './trace-state.ts';

/** Age from which a measurement no longer counts, ns: the way may have changed. */
export const MEASUREMENT_AGE_MAX_NS = 30_000_000_000;

/** Why the way to a peer was chosen: `realtime: gateway 0.120, mixnet 0.640, dtn dominated`. */
export const CHOICE_TRACE = declareStatePerPeer('choice of a way to {peer}', anyTextFormat);

/** The facts about one way to a peer: its carrier, and what was measured over it. */
export interface WayFacts {
  /** Name of the carrier. */
  readonly carrier: string;
  /** True if observers of all links cannot tell who writes to whom over this way. */
  readonly hides: boolean;
  /** False while the peer does not answer over this way, or the carrier says that it is closed. */
  readonly isUp: boolean;
  /**
   * Smoothed round-trip time, ns; undefined before the first answer. If the previous measurement is
   * too old when a new one is made, smoothing starts anew.
   */
  readonly roundTripNs: Nanoseconds | undefined;
  /** Share of lost packets among the last ones, 0 to 1. */
  readonly loss: number;
  /** When round trip and loss were last measured; undefined before the first answer. */
  readonly measuredNs: Nanoseconds | undefined;
  /**
   * When a message of the peer, or its question for news, last arrived over this way; undefined
   * before the first.
   */
  readonly heardNs: Nanoseconds | undefined;
}

/** The wishes of the message that leaves next. */
export interface WayWishes {
  /** 0 (bulk) to 3 (urgent). */
  readonly priority: number;
  /** True if the message may leave only over ways that hide who writes to whom. */
  readonly private?: boolean;
}

/** A choice among ways; each way is given by its index. */
export interface WayChoice {
  /**
   * The ways that may be used, the best one first; the message leaves over the first. If the list
   * is empty, the message does not leave now.
   */
  readonly order: readonly number[];
  /** Ways that are down and would be better than the best: they are probed while messages wait. */
  readonly probes: readonly number[];
  /**
   * The reason in words, for a trace. As long as this is the same object, the choice is the same.
   */
  readonly why: string;
  /**
   * The ways that may be used, with the costs that were assumed for them, for a trace; absent if
   * costs do not count.
   */
  readonly weighed?: readonly WeighedWay[];
}

/** A way, with the costs that a choice assumed for it. */
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
  /**
   * Chooses the way for the message that leaves next, or, without wishes, for a packet without
   * messages.
   */
  choose(now: Nanoseconds, ways: readonly WayFacts[], wishes: WayWishes | undefined): WayChoice;
  /**
   * Called when bytes of a message leave over a way, unless the bytes of a message before them left
   * over the same way.
   */
  used(way: WayFacts, wishes: WayWishes): void;
  /** Called when the peer has handled a message, with the time since the message was accepted. */
  handled(wishes: WayWishes, tookNs: Nanoseconds): void;
  /** Why a new message with these wishes cannot be accepted; undefined if it can. */
  refusal(ways: readonly WayFacts[], wishes: WayWishes): string | undefined;
}

/**
 * A rule without measurements: the first way that is up, in the order of preference; if none is up,
 * the first of all.
 */
export class PreferredWay implements WayChooser {
  /** The choices that are possible, by the index of the way that is up. */
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
    // Nothing to do, because this rule counts nothing.
  }

  handled(): void {
    // Nothing to do, because this rule counts nothing.
  }

  refusal(): undefined {
    return undefined;
  }
}
