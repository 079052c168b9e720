/**
 * One direction of a link as plain numbers: the topology loader produces them and the simulated
 * network consumes them. Units are in the names; every optional field states its default here and
 * nowhere else.
 *
 * Meaning of the fields: docs/spec/link-model.md. Text is parsed elsewhere; `linkDirectionProblems` names
 * values that no link can have, which the loader reports with file, line and column.
 *
 * @module
 */

/** How a direction loses packets (docs/spec/link-model.md#impairments). */
export type LossSpec =
  | {
      /** Each packet is lost independently. */
      readonly kind: 'bernoulli';
      /** The loss probability, 0 to 1. */
      readonly probability: number;
    }
  | {
      /** Two states, of which the bad one loses every packet; given by the share and the mean length of losses. */
      readonly kind: 'burst';
      /** Overall share of lost packets, 0..1. */
      readonly probability: number;
      /** Mean number of consecutive losses, >= 1; with 1 / (1 - probability), losses are independent. */
      readonly meanBurst: number;
    }
  | {
      /** The Gilbert-Elliott model, which makes one step per packet. */
      readonly kind: 'gilbert-elliott';
      /** `p` is P(good -> bad) and `r` is P(bad -> good) per packet, 0..1, not both 0. */
      readonly p: number;
      readonly r: number;
      /** Loss probability in the good state (1 - k in the literature), then in the bad state (1 - h). */
      readonly lossGood: number;
      readonly lossBad: number;
    }
  | {
      /** Gilbert-Elliott whose state advances with time; holding times are exponential. */
      readonly kind: 'gilbert-elliott-time';
      readonly meanGoodNs: number;
      readonly meanBadNs: number;
      readonly lossGood: number;
      readonly lossBad: number;
    }
  | {
      /** Packet indices (from 0, ascending) that are lost in each period of `length` packets. */
      readonly kind: 'trace';
      readonly lost: readonly number[];
      readonly length: number;
      /** What happens after `length` packets: the trace starts again, or nothing more is lost. */
      readonly atEnd: 'repeat' | 'end';
    };

/** The jitter that is added to the delay of each packet (docs/spec/link-model.md#impairments). */
export type JitterSpec =
  | { readonly kind: 'none' }
  | {
      /** Jitter drawn as an integer, uniform on [-halfWidthNs, +halfWidthNs]. */
      readonly kind: 'uniform';
      readonly halfWidthNs: number;
    }
  | {
      /** Normal, truncated at +- `boundSigmas` standard deviations: no values pile up at the bounds. */
      readonly kind: 'normal';
      readonly sigmaNs: number;
      /** Largest distance from the mean, in standard deviations; default 3. */
      readonly boundSigmas?: number;
    }
  | {
      /** scaleNs * (u^(-1/shape) - 1) with u uniform in (0, 1]; values above `capNs` become `capNs`. */
      readonly kind: 'pareto';
      readonly scaleNs: number;
      /** The exponent of the law, above 0; default 3. */
      readonly shape?: number;
      readonly capNs: number;
    }
  | {
      /** Ascending quantiles of an empirical law, at least two; linear interpolation in between. */
      readonly kind: 'table';
      readonly quantilesNs: readonly number[];
    };

/**
 * Whether packets may overtake each other in the pipe (docs/spec/link-model.md#impairments):
 * `false` keeps their order (the later packet waits), `true` lets jitter reorder them, the object
 * has netem's meaning: after `gap - 1` delayed packets, each packet skips the delay with this
 * probability.
 */
export type ReorderSpec = boolean | { readonly probability: number; readonly gap: number };

/** Bit errors: with `probability`, exactly `bits` different bits of the packet are flipped. */
export interface CorruptSpec {
  readonly probability: number;
  /** Number of bits, 1 to 64; default 1. */
  readonly bits?: number;
}

/** Limits of a drop-tail queue; the packet in the transmitter does not count. */
export interface DropTailSpec {
  readonly kind: 'drop-tail';
  /** Largest number of packets in the queue; default Infinity. */
  readonly limitPackets?: number;
  /** Largest number of bytes in the queue, without the packets' overhead on the wire; default Infinity. */
  readonly limitBytes?: number;
}

/**
 * Which packets wait, in which order, and which are rejected
 * (docs/spec/link-model.md#queues-and-rate-limits).
 */
export type QueueSpec =
  | DropTailSpec
  | {
      /** The CoDel queue of RFC 8289. */
      readonly kind: 'codel';
      /** Acceptable standing delay of the queue; default 5,000,000 (5 ms). */
      readonly targetNs?: number;
      /** How long the delay must exceed the target before packets are dropped; default 100,000,000 (100 ms). */
      readonly intervalNs?: number;
      /** CoDel drops nothing while the backlog is at most this; default the direction's MTU. */
      readonly maxPacketBytes?: number;
      /** Largest number of packets in the queue; default Infinity. */
      readonly limitPackets?: number;
    }
  | {
      /** Priorities without preemption; class 0 is served first. */
      readonly kind: 'priority';
      /** One entry per class, most urgent first; 1..16 classes. */
      readonly classes: readonly Omit<DropTailSpec, 'kind'>[];
      /**
       * Class of each of the 64 DSCP values. Default: DSCP >= 48 is class 0, >= 32 class 1, 1 and 8
       * (lower effort) class 3, the rest class 2, or the last class if there are fewer. A packet's
       * DSCP is what its sender set, 0 by default.
       */
      readonly classOfDscp?: readonly number[];
      /**
       * Largest share of the bytes, without overhead, that a class takes while lower ones wait, > 0.
       * Default 1: strict priority. Files have 0.75 by default.
       */
      readonly shareMax?: number;
    };

/**
 * Rate limiter in front of the transmitter, by virtual scheduling
 * (docs/spec/link-model.md#queues-and-rate-limits).
 */
export interface TokenBucketSpec {
  /** Rate in bytes per second, > 0. */
  readonly rateBytesPerSecond: number;
  /** Burst in bytes; at least the MTU. */
  readonly burstBytes: number;
  /** `shape`: packets wait for tokens; `police`: packets without tokens are dropped. */
  readonly mode: 'shape' | 'police';
}

/** A window in which the direction can send, with its own rate and delay if these differ. */
export interface ContactSpec {
  readonly startNs: number;
  /** End of the window, ns; a packet whose serialisation would end later is not started. */
  readonly endNs: number;
  readonly rateBps?: number;
  readonly delayNs?: number;
}

/** How one planned contact differs from the plan; absent fields mean as planned. */
export interface ActualContactSpec {
  /** Planned beginning of the contact, or of a repetition of it, ns since the start of the run. */
  readonly plannedStartNs: number;
  /** The contact begins late, at this instant. */
  readonly startNs?: number;
  /** The contact ends early, at this instant. */
  readonly endNs?: number;
  /** True if the contact does not take place. */
  readonly isMissing?: boolean;
}

/** Scheduled contacts of a direction (docs/spec/link-model.md#contacts). */
export interface ContactsSpec {
  /** The planned windows in ascending order without overlap; nodes see these. */
  readonly windows: readonly ContactSpec[];
  /** The windows repeat with this period, ns, >= the end of the last one; absent if they do not repeat. */
  readonly periodNs?: number;
  /** What happens to packets offered between contacts; default `queue`. */
  readonly outside?: 'queue' | 'drop';
  /** What happens to packets that wait in the link when a contact ends; default `keep`. */
  readonly atEnd?: 'keep' | 'drop';
  /** Contacts that differ from the plan, in ascending order of time; the link follows these and not the plan. */
  readonly actual?: readonly ActualContactSpec[];
}

/** A rate or a delay that follows a trace (docs/spec/link-model.md#rates-and-delays-that-follow-a-trace). */
export interface TimedStepsSpec {
  /** Instants from which a value holds: ascending from 0, ns since the start of the run. */
  readonly atNs: readonly number[];
  /** The value from each instant on, a whole number. */
  readonly values: readonly number[];
  /** The steps repeat with this period, ns, > the last instant; if absent, the last value stays. */
  readonly periodNs?: number;
}

/**
 * One direction of a link, or the medium of a segment (docs/spec/link-model.md#segments): queue,
 * transmitter, pipe.
 */
export interface LinkDirectionSpec {
  /** Rate, bits per second, > 0; with Infinity, serialisation takes no time. */
  readonly rateBps: number;
  /** Propagation delay, integer ns >= 0. */
  readonly delayNs: number;
  /** Bytes added to each packet on the wire, default 0. */
  readonly overheadBytes?: number;
  /** Largest datagram in bytes, default 65,535; longer ones are dropped as `mtu`. */
  readonly mtu?: number;
  /** The queue; default drop-tail with 1,000 packets. */
  readonly queue?: QueueSpec;
  /** Rate limiter in front of the transmitter; default none. */
  readonly tokenBucket?: TokenBucketSpec;
  /** Loss of packets; default none. */
  readonly loss?: LossSpec;
  /** Bit errors; default none. */
  readonly corrupt?: CorruptSpec;
  /** Probability that a second copy arrives, default 0. */
  readonly duplicate?: number;
  /** Jitter of the delay; default none. */
  readonly jitter?: JitterSpec;
  /** Whether packets may overtake each other; default false. */
  readonly reorder?: ReorderSpec;
  /**
   * What happens to packets under way when the direction goes down: `lost` (a cut cable), or
   * `delivered` (light already under way). Default `lost`; for directions with `contacts`,
   * `delivered`.
   */
  readonly inFlight?: 'lost' | 'delivered';
  /** When the link is open; default always. */
  readonly contacts?: ContactsSpec;
  /** Rate that follows a trace, bits per second; at 0 nothing is sent. Nodes are told `rateBps` nevertheless. */
  readonly rateSteps?: TimedStepsSpec;
  /** Delay that follows a trace, ns; nodes are told `delayNs` nevertheless. */
  readonly delaySteps?: TimedStepsSpec;
}

/** A change of a running link. Absent fields do not change; `null` removes an impairment. */
export interface LinkChange {
  /**
   * False holds the direction down until the effect ends; true ends the oldest `up: false` of the same side. A
   * direction is up if nothing holds it down.
   */
  readonly up?: boolean;
  readonly rateBps?: number;
  readonly delayNs?: number;
  readonly mtu?: number;
  readonly loss?: LossSpec | null;
  readonly corrupt?: CorruptSpec | null;
  readonly duplicate?: number;
  readonly jitter?: JitterSpec | null;
  readonly reorder?: ReorderSpec;
  readonly tokenBucket?: TokenBucketSpec | null;
  readonly inFlight?: 'lost' | 'delivered';
  /** New limit of a drop-tail or CoDel queue; the excess is dropped from the tail. */
  readonly limitPackets?: number;
  /**
   * The packet in the transmitter finishes at the old rate (default), or continues at the new one.
   */
  readonly inSerialisation?: 'finish' | 'rescale';
}

/** The affected directions of a link: `forward` is from end a to end b. */
export type AffectedDirections = 'both' | 'forward' | 'backward';

/** The defaults of {@link LinkDirectionSpec}. */
export const LINK_DIRECTION_DEFAULTS = {
  overheadBytes: 0,
  mtu: 65_535,
  limitPackets: 1_000,
  duplicate: 0,
  reorder: false,
} as const;
