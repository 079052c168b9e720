/**
 * Gateway: the counts of the last minute, from which its KPI gauges are computed when they are read: rates, availability and
 * the p95 of the latency. It keeps counts only; no gauge is ever set.
 *
 * The receiver reports of a peer say how many of the frames sent arrived; a report comes a round trip and its interval later, so
 * frames under way at both ends of the window cancel while the rate is steady.
 *
 * @module
 */

/** Width of a bin of counts, ns: the step of the windows of the availability. */
const BIN_NS = 100_000_000;
/** Longest time that is looked back, s. */
export const KPI_SECONDS_MAX = 60;
const BINS_PER_SECOND = 10;
/** One more second, because the windows of the availability are one second wide. */
const BINS = (KPI_SECONDS_MAX + 1) * BINS_PER_SECOND;
const BIN_KINDS = ['sent', 'unsent', 'delivered', 'frames', 'arrived'] as const;

/** Latencies are kept in slices, which leave one by one. */
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

/** `sent`, `delivered`: packets. `unsent`: packets that did not leave. `frames`: data frames sent. `arrived`: those that a peer has reported. */
export type LastMinuteCount = (typeof BIN_KINDS)[number];

/** The KPI gauges; undefined if nothing was measured that they are computed from. */
export interface GatewayKpis {
  /** Packets taken from and given to applications, per minute. */
  readonly sentPerMinute: number;
  readonly deliveredPerMinute: number;
  /** Of the frames that arrived, from their being sealed to their acceptance; correct if both clocks agree. */
  readonly latencyMsP95: number | undefined;
  /** The share of windows of one second with traffic in which at least half of what was sent arrived. */
  readonly availabilityPercent: number | undefined;
  /** Packets that did not leave and frames that did not arrive, of what was to be sent. */
  readonly errorPercent: number | undefined;
}

/** The counts of the last minute of one gateway. */
export class LastMinute {
  readonly #bins = new Map<LastMinuteCount, Float64Array>(
    BIN_KINDS.map((kind) => [kind, new Float64Array(BINS)]),
  );
  /** Number of the newest bin since the start of the run. */
  #bin = 0;
  /** A slice without frames is absent. */
  readonly #slices: (Uint32Array | undefined)[] = Array.from({ length: SLICES });
  #slice = 0;
  readonly #hasReports: boolean;

  /** @param hasReports False if the options of the gateway say that peers do not report what arrives. */
  constructor(hasReports: boolean) {
    this.#hasReports = hasReports;
  }

  /** Counts at an instant, ns. */
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

  /** The gauges over the last `seconds`, at most {@link KPI_SECONDS_MAX}; those of latency, in steps of 5 s. */
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

  /** What the reports of peers show; nothing without them. */
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

  /** By nearest rank over the slices of the last seconds. */
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

  /** Begins the bins and slices up to this instant. */
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

/** Buckets: one for each value below 256, then 128 for each power of two. */
function bucketOf(value: number): number {
  const shift = Math.max(0, 31 - Math.clz32(value) - SUB_BITS);
  return shift * SUB_BUCKETS + (value >>> shift);
}

function middleUs(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / SUB_BUCKETS) - 1);
  const low = (bucket - shift * SUB_BUCKETS) * 2 ** shift;
  return shift === 0 ? low : low + 2 ** (shift - 1);
}
