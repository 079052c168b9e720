/**
 * Gateway: the counts of the last minute, from which the KPI gauges (rates, availability, p95 of
 * the latency) are computed whenever they are read.
 *
 * Receiver reports of a peer say how many of the sent frames arrived. A report comes late by a
 * round trip and an interval, so some frames are under way at both ends of the window; while the
 * rate is steady, their numbers are equal, and the ratio is right.
 *
 * @module
 */

/**
 * Width of a bin of counts, ns: also the step by which the one-second windows of the availability
 * move.
 */
const BIN_NS = 100_000_000;
/** The longest time that gauges can cover, s. */
export const KPI_SECONDS_MAX = 60;
const BINS_PER_SECOND = 10;
/** The bins cover one second more, because the windows of the availability are one second wide. */
const BINS = (KPI_SECONDS_MAX + 1) * BINS_PER_SECOND;
const BIN_KINDS = ['sent', 'unsent', 'delivered', 'frames', 'arrived'] as const;

/** Latencies are counted in slices of time; the oldest slice is dropped as a whole. */
const SLICE_SECONDS = 5;
const SLICE_NS = SLICE_SECONDS * 1_000_000_000;
const SLICES = KPI_SECONDS_MAX / SLICE_SECONDS + 1;
/** Buckets of a latency are 1/128 of its value wide: the middle of one is within 0.4 % of the value. */
const SUB_BUCKETS = 128;
const SUB_BITS = 7;
const BUCKETS = 25 * SUB_BUCKETS + SUB_BUCKETS;
const LATENCY_US_MAX = 2 ** 31 - 1;
const US_PER_MS = 1_000;
const SECONDS_PER_MINUTE = 60;
const PERCENT = 100;
const LATENCY_QUANTILE = 0.95;

/**
 * The kinds of counts: `sent` and `delivered` packets; `unsent`, packets that did not leave;
 * `frames`, data frames sent; `arrived`, data frames that a peer has reported.
 */
export type LastMinuteCount = (typeof BIN_KINDS)[number];

/** The KPI gauges; a gauge is undefined if nothing was measured from which it could be computed. */
export interface GatewayKpis {
  /** Packets per minute that applications sent. */
  readonly sentPerMinute: number;
  /** Packets per minute that were delivered to applications. */
  readonly deliveredPerMinute: number;
  /**
   * The p95 of the time from sealing a frame to accepting it, over the frames that arrived; correct
   * only if the clocks of both gateways agree.
   */
  readonly latencyMsP95: number | undefined;
  /**
   * The share of those one-second windows with traffic in which at least half of the sent frames
   * arrived.
   */
  readonly availabilityPercent: number | undefined;
  /**
   * Frames that did not arrive plus packets that did not leave, as a share of all data frames sent
   * plus these packets.
   */
  readonly errorPercent: number | undefined;
}

/** The counts of the last minute of one gateway. */
export class LastMinute {
  readonly #bins = new Map<LastMinuteCount, Float64Array>(
    BIN_KINDS.map((kind) => [kind, new Float64Array(BINS)]),
  );
  /** Number of the newest bin since the start of the run. */
  #bin = 0;
  /** Histograms of the latency, one for each slice; undefined for a slice without frames. */
  readonly #slices: (Uint32Array | undefined)[] = Array.from({ length: SLICES });
  #slice = 0;
  readonly #hasReports: boolean;

  /** @param hasReports False if the options of the gateway say that peers do not report what arrives. */
  constructor(hasReports: boolean) {
    this.#hasReports = hasReports;
  }

  /** Adds to a count at an instant, ns. */
  // hot: twice per packet.
  add(kind: LastMinuteCount, now: number, amount = 1): void {
    this.#advance(now);
    const bins = this.#bins.get(kind) as Float64Array;
    const index = this.#bin % BINS;
    bins[index] = (bins[index] as number) + amount;
  }

  /** Records the latency of a frame, microseconds. */
  // hot: once per data frame.
  latency(now: number, us: number): void {
    this.#advance(now);
    const at = this.#slice % SLICES;
    const slice = this.#slices[at] ?? new Uint32Array(BUCKETS);
    this.#slices[at] = slice;
    const index = bucketOf(Math.max(0, Math.min(LATENCY_US_MAX, Math.floor(us))));
    slice[index] = (slice[index] as number) + 1;
  }

  /**
   * Computes the gauges over the last `seconds`, at most {@link KPI_SECONDS_MAX}; the gauge of the
   * latency covers whole slices of 5 s.
   */
  read(now: number, seconds: number): GatewayKpis {
    this.#advance(now);
    const length = Math.max(
      1,
      Math.min(seconds, KPI_SECONDS_MAX, now / (BIN_NS * BINS_PER_SECOND)),
    );
    const steps = Math.round(length * BINS_PER_SECOND);
    const sumOf = (kind: LastMinuteCount): number => this.#sum(kind, 0, steps);
    const perMinute = (count: number): number => (count * SECONDS_PER_MINUTE) / length;
    return {
      sentPerMinute: perMinute(sumOf('sent')),
      deliveredPerMinute: perMinute(sumOf('delivered')),
      latencyMsP95: this.#quantileMs(LATENCY_QUANTILE, seconds),
      ...this.#arrivals(steps),
    };
  }

  /** The gauges that need receiver reports; both are undefined without reports. */
  #arrivals(steps: number): Pick<GatewayKpis, 'availabilityPercent' | 'errorPercent'> {
    const [arrived, frames] = [this.#sum('arrived', 0, steps), this.#sum('frames', 0, steps)];
    const unsent = this.#sum('unsent', 0, steps);
    const wanted = frames + unsent;
    if (wanted === 0 || !this.#hasReports)
      return { availabilityPercent: undefined, errorPercent: undefined };
    let [good, all] = [0, 0];
    for (let end = 0; end + BINS_PER_SECOND <= steps; end += 1) {
      const sent =
        this.#sum('frames', end, BINS_PER_SECOND) + this.#sum('unsent', end, BINS_PER_SECOND);
      if (sent === 0) continue;
      all += 1;
      if (2 * this.#sum('arrived', end, BINS_PER_SECOND) >= sent) good += 1;
    }
    const availabilityPercent = all === 0 ? undefined : (PERCENT * good) / all;
    const missing = Math.max(0, wanted - arrived);
    return { availabilityPercent, errorPercent: (PERCENT * missing) / wanted };
  }

  /** The sum of `count` bins, the newest of them `ago` bins before the current one. */
  #sum(kind: LastMinuteCount, ago: number, count: number): number {
    const bins = this.#bins.get(kind) as Float64Array;
    let sum = 0;
    for (let back = ago; back < ago + count && back <= this.#bin; back += 1) {
      sum += bins[(this.#bin - back) % BINS] as number;
    }
    return sum;
  }

  /** The quantile of the latency by nearest rank, over the slices of the last `seconds`. */
  #quantileMs(fraction: number, seconds: number): number | undefined {
    const count = Math.min(SLICES, Math.ceil(seconds / SLICE_SECONDS) + 1, this.#slice + 1);
    const slices = Array.from({ length: count }, (_, back) => {
      return this.#slices[(this.#slice - back) % SLICES];
    });
    const at = (bucket: number): number =>
      slices.reduce((sum, slice) => sum + (slice?.[bucket] ?? 0), 0);
    let total = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) total += at(bucket);
    if (total === 0) return undefined;
    let left = Math.ceil(fraction * total);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= at(bucket);
      if (left <= 0) return middleUs(bucket) / US_PER_MS;
    }
    return undefined;
  }

  /** Moves on to the bin and the slice of this instant; the skipped ones are emptied. */
  #advance(now: number): void {
    const bin = Math.floor(now / BIN_NS);
    if (bin <= this.#bin) return;
    const emptied = Math.min(bin - this.#bin, BINS);
    for (let ahead = 1; ahead <= emptied; ahead += 1) {
      for (const bins of this.#bins.values()) bins[(this.#bin + ahead) % BINS] = 0;
    }
    this.#bin = bin;
    const slice = Math.floor(now / SLICE_NS);
    const fresh = Math.min(slice - this.#slice, SLICES);
    for (let ahead = 1; ahead <= fresh; ahead += 1) {
      this.#slices[(this.#slice + ahead) % SLICES] = undefined;
    }
    this.#slice = slice;
  }
}

/**
 * The index of a value's bucket: there is one bucket for each value below 256, and 128 for each
 * further power of two.
 */
function bucketOf(value: number): number {
  const shift = Math.max(0, 31 - Math.clz32(value) - SUB_BITS);
  return shift * SUB_BUCKETS + (value >>> shift);
}

function middleUs(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / SUB_BUCKETS) - 1);
  const low = (bucket - shift * SUB_BUCKETS) * 2 ** shift;
  return shift === 0 ? low : low + 2 ** (shift - 1);
}
