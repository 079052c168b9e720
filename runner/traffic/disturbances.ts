/**
 * How long faults of links disturb a flow: which packets sent during a fault are lost or late.
 *
 * A cut path shows itself as a gap between two arrivals; more loss, a longer delay or a smaller MTU does not,
 * since some packets still arrive. It is measured at the applications, as in the flow meter
 * (docs/spec/scenario-files.md#kpis).
 *
 * @module
 */

/** Resolution of the measurement, ns. */
const BIN_NS = 10_000_000;
/** Least number of bins over which the share of disturbed packets is taken: 100 ms. */
const WINDOW_BINS = 10;
/** Least number of packets over which the share is taken; more bins are added until they hold as many. */
const PACKETS_MIN = 10;
/** A flow counts as disturbed if a larger share of its packets is lost or late. */
const DISTURBED_SHARE = 0.1;
/**
 * The share must exceed {@link DISTURBED_SHARE} by this many standard deviations, by Wilson's lower
 * bound (JASA 22, 1927): of 30 packets, 8. Chance does that in at most one of 740 windows, and once
 * in 10^9 if one packet in a hundred is disturbed by chance.
 */
const DEVIATIONS = 3;
/** Only packets that are sent within this many bins of a fault count, one minute, to bound memory. */
const BINS_MAX = 6_000;
/** Packets that were sent during a fault may arrive this long after its end, ns. */
const STRAGGLER_NS = 10_000_000_000;
/** Largest number of faults of a flow that are measured, to bound memory. */
const FAULTS_MAX = 128;
/** A packet is late if its latency is above this multiple of the median before the fault. */
const LATE_FACTOR = 2;

/** The period of a fault, ns; it lasts to the end of the run if it has no end. */
export interface FaultPeriod {
  readonly beginNs: number;
  readonly endNs?: number | undefined;
}

interface Disturbance {
  readonly fault: FaultPeriod;
  readonly lateNs: number;
  readonly sent: Uint32Array;
  /** Number of packets sent in each bin that arrived, and in time. */
  readonly good: Uint32Array;
}

/** Measures the disturbances of one flow. */
export class Disturbances {
  readonly #all: Disturbance[] = [];
  /** Faults whose packets may still leave or arrive. */
  #open: Disturbance[] = [];

  /**
   * Begins to measure a fault on the path that the flow is using. Its end may become known later.
   * @param medianNs Median latency before it, ns.
   */
  begin(fault: FaultPeriod, medianNs: number): void {
    if (this.#all.length === FAULTS_MAX) return;
    const [sent, good] = [new Uint32Array(BINS_MAX), new Uint32Array(BINS_MAX)];
    const disturbance = { fault, lateNs: LATE_FACTOR * medianNs, sent, good };
    this.#all.push(disturbance);
    this.#open = this.#open.filter(
      ({ fault: { endNs = Number.POSITIVE_INFINITY } }) => fault.beginNs <= endNs + STRAGGLER_NS,
    );
    this.#open.push(disturbance);
  }

  // hot: once per packet of an application.
  /** Records that a packet left the sending application. */
  sent(sentNs: number): void {
    for (const { fault, sent } of this.#open) count(sent, sentNs - fault.beginNs);
  }

  // hot: once per packet of an application.
  /** Records the first delivery of a packet. */
  arrived(now: number, sentNs: number): void {
    for (const { fault, good, lateNs } of this.#open) {
      if (now - sentNs <= lateNs) count(good, sentNs - fault.beginNs);
    }
  }

  /**
   * For each fault: the time from its beginning to the end of the last disturbed bin, ns; 0 if
   * there is none. A bin is disturbed if it has a lost or late packet, and in the 100 ms up to its
   * end more than a tenth of the packets, and more than chance explains, were lost or late.
   * @param untilNs Packets sent later do not count.
   */
  samples(untilNs: number): number[] {
    return this.#all.map((one) => {
      const { beginNs, endNs = untilNs } = one.fault;
      const bins = Math.floor((Math.min(endNs, untilNs) - beginNs) / BIN_NS);
      return lastDisturbedBin(one, Math.min(BINS_MAX, bins)) * BIN_NS;
    });
  }
}

function lastDisturbedBin({ sent, good }: Disturbance, bins: number): number {
  let [asked, answered, first, last] = [0, 0, 0, 0];
  for (let bin = 0; bin < bins; bin += 1) {
    asked += at(sent, bin);
    answered += at(good, bin);
    for (; bin - first >= WINDOW_BINS && asked - at(sent, first) >= PACKETS_MIN; first += 1) {
      asked -= at(sent, first);
      answered -= at(good, first);
    }
    const isBad = at(good, bin) < at(sent, bin);
    if (isBad && isMoreThanChance(asked - answered, asked)) last = bin + 1;
  }
  return last;
}

function isMoreThanChance(lost: number, asked: number): boolean {
  const variance = asked * DISTURBED_SHARE * (1 - DISTURBED_SHARE);
  return lost > asked * DISTURBED_SHARE + DEVIATIONS * Math.sqrt(variance);
}

function at(counts: Uint32Array, bin: number): number {
  return counts[bin] ?? 0;
}

function count(counts: Uint32Array, afterNs: number): void {
  const bin = Math.floor(afterNs / BIN_NS);
  if (bin >= 0 && bin < BINS_MAX) counts[bin] = (counts[bin] as number) + 1;
}
