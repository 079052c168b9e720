/**
 * What one flow measured around each fault: arrivals, losses and latency in bins aligned to the
 * fault, so that the same fault of many seeds can be overlaid (docs/how-to/browser-view.md).
 *
 * It is measured at the applications, as in the flow meter. A lost packet counts in the bin in which it
 * was sent. The width of the bins is chosen before the run, from the rate of the flow and the limit
 * that is judged.
 *
 * @module
 */
import type { FaultWindow } from '../../reports/model.ts';

/** Number of bins of a fault's window that lie before the fault. */
export const BINS_BEFORE_FAULT = 25;
/** Number of bins of a fault's window that lie after the fault. */
export const BINS_AFTER_FAULT = 100;
const BINS = BINS_BEFORE_FAULT + BINS_AFTER_FAULT;
const NARROWEST_NS = 10_000_000;
/** Smallest mean number of packets in a bin, so that p95 and median can differ. */
const PACKETS_PER_BIN = 5;
/** The bins after the fault cover at least this many times the limit. */
const LIMITS_SHOWN = 1.5;
/** How long after the end of a window arrivals of packets that were sent in it are still counted, ns. */
const STRAGGLER_NS = 10_000_000_000;
/**
 * How far back packets are kept for a fault, ns, in addition to the bins before it: faults may be
 * reported this much later than packets of the same time.
 */
const BEHIND_NS = 2_000_000_000;
/** Largest number of faults of a flow that get a window, to bound memory. */
const WINDOWS_MAX = 128;
/** Initial capacity of a history in pairs, a power of two. */
const FIRST_PAIRS = 256;

/** The facts that determine the width of bins. */
export interface FaultWindowScale {
  /** Nominal time between two packets, ns; 0 if unknown. */
  readonly spacingNs: number;
  /** The longest limit of a KPI that is sampled per fault, ns; 0 if there is none. */
  readonly limitNs: number;
}

/**
 * Chooses the width of bins: 1, 2 or 5 times a power of ten, wide enough for some packets per bin and
 * for the window to contain the limit.
 */
export function binWidthNs({ spacingNs, limitNs }: FaultWindowScale): number {
  const limited = (LIMITS_SHOWN * limitNs) / BINS_AFTER_FAULT;
  const needed = Math.max(NARROWEST_NS, PACKETS_PER_BIN * spacingNs, limited);
  let power = 1;
  while (10 * power <= needed) power *= 10;
  return power * ([1, 2, 5].find((step) => step * power >= needed) ?? 10);
}

/** Measures delivery and latency of one flow in bins around each fault. */
export class FaultWindows {
  readonly #binNs: number;
  /** How far back packets are kept, ns. */
  readonly #keptNs: number;
  readonly #sent = new History();
  readonly #arrivals = new History();
  readonly #all: Window[] = [];
  #open: Window[] = [];
  /** Number of faults without a window. */
  leftOut = 0;

  constructor(scale: FaultWindowScale) {
    this.#binNs = binWidthNs(scale);
    this.#keptNs = BINS_BEFORE_FAULT * this.#binNs + BEHIND_NS;
  }

  // hot: once per packet of an application.
  /** Records that a packet left the sending application. */
  sent(sentNs: number): void {
    this.#sent.add(sentNs, sentNs, sentNs - this.#keptNs);
    for (const window of this.#open) window.sent(sentNs);
  }

  // hot: once per packet of an application.
  /** Records the first delivery of a packet. */
  arrived(now: number, sentNs: number): void {
    this.#arrivals.add(now, sentNs, now - this.#keptNs);
    if (this.#open.length === 0) return;
    for (const window of this.#open) window.arrived(now, sentNs);
    if ((this.#open[0] as Window).isOver(now)) {
      this.#open = this.#open.filter((window) => !window.isOver(now));
    }
  }

  /** Begins a window. All packets up to now must have been recorded. */
  begin(fault: string, atNs: number): void {
    if (this.#all.length === WINDOWS_MAX) {
      this.leftOut += 1;
      return;
    }
    const window = new Window(fault, atNs, this.#binNs);
    this.#sent.each((sentNs) => window.sent(sentNs));
    this.#arrivals.each((now, sentNs) => window.arrived(now, sentNs));
    this.#all.push(window);
    this.#open.push(window);
  }

  /** All windows in the order of the faults, cut at `endNs`. */
  results(flow: string, endNs: number): readonly FaultWindow[] {
    return this.#all.map((window) => window.result(flow, endNs));
  }
}

/** The counts of one window. */
class Window {
  readonly #fault: string;
  readonly #fromNs: number;
  readonly #binNs: number;
  readonly #sent = new Uint32Array(BINS);
  /** Number of packets sent in each bin that have arrived. */
  readonly #reached = new Uint32Array(BINS);
  readonly #delivered = new Uint32Array(BINS);
  readonly #latencies: number[][] = Array.from({ length: BINS }, () => []);

  constructor(fault: string, atNs: number, binNs: number) {
    this.#fault = fault;
    this.#binNs = binNs;
    this.#fromNs = atNs - BINS_BEFORE_FAULT * binNs;
  }

  sent(sentNs: number): void {
    const bin = this.#bin(sentNs);
    if (bin >= 0 && bin < BINS) this.#sent[bin] = (this.#sent[bin] as number) + 1;
  }

  arrived(now: number, sentNs: number): void {
    const from = this.#bin(sentNs);
    if (from >= 0 && from < BINS) this.#reached[from] = (this.#reached[from] as number) + 1;
    const bin = this.#bin(now);
    if (bin < 0 || bin >= BINS) return;
    this.#delivered[bin] = (this.#delivered[bin] as number) + 1;
    (this.#latencies[bin] as number[]).push(Math.max(0, Math.floor(now - sentNs)));
  }

  isOver(now: number): boolean {
    return now > this.#fromNs + BINS * this.#binNs + STRAGGLER_NS;
  }

  result(flow: string, endNs: number): FaultWindow {
    const first = Math.ceil(-this.#fromNs / this.#binNs);
    const last = Math.floor((endNs - this.#fromNs) / this.#binNs);
    const measured = <T>(of: (bin: number) => T): (T | null)[] =>
      Array.from({ length: BINS }, (_, bin) => (bin >= first && bin < last ? of(bin) : null));
    return {
      fault: this.#fault,
      flow,
      binNs: this.#binNs,
      firstNs: -BINS_BEFORE_FAULT * this.#binNs,
      delivered: measured((bin) => this.#delivered[bin] as number),
      lost: measured((bin) =>
        Math.max(0, (this.#sent[bin] as number) - (this.#reached[bin] as number)),
      ),
      latencyP95: measured((bin) => p95(this.#latencies[bin] as number[])),
    };
  }

  #bin(timeNs: number): number {
    return Math.floor((timeNs - this.#fromNs) / this.#binNs);
  }
}

/** The p95 by nearest rank, as in the series of the flow. */
function p95(values: number[]): number | null {
  return values.sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? null;
}

/** Recent pairs of an instant and a value, in a ring buffer that grows when needed. */
class History {
  #pairs = new Float64Array(2 * FIRST_PAIRS);
  #head = 0;
  #count = 0;

  /** Adds a pair, and removes pairs with an instant before `sinceNs`. */
  add(timeNs: number, value: number, sinceNs: number): void {
    while (this.#count > 0 && (this.#pairs[this.#head] as number) < sinceNs) {
      this.#head = (this.#head + 2) % this.#pairs.length;
      this.#count -= 1;
    }
    if (2 * this.#count === this.#pairs.length) this.#grow();
    const at = (this.#head + 2 * this.#count) % this.#pairs.length;
    this.#pairs[at] = timeNs;
    this.#pairs[at + 1] = value;
    this.#count += 1;
  }

  each(visit: (timeNs: number, value: number) => void): void {
    for (let i = 0; i < this.#count; i += 1) {
      const at = (this.#head + 2 * i) % this.#pairs.length;
      visit(this.#pairs[at] as number, this.#pairs[at + 1] as number);
    }
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#pairs.length);
    larger.set(this.#pairs.subarray(this.#head));
    larger.set(this.#pairs.subarray(0, this.#head), this.#pairs.length - this.#head);
    this.#pairs = larger;
    this.#head = 0;
  }
}
