/**
 * Finds out why data is lost while small probes arrive. Either longer datagrams vanish (an MTU
 * hole), and the path then gets shorter datagrams; or datagrams of all sizes are lost, and the path
 * then counts as lossy (docs/spec/multipath.md, "Loss of data" and "MTU holes").
 *
 * @module
 */
import type { HoldDown } from './damping.ts';
import { DataLossEstimator } from './data-loss.ts';
import type { ManagedPath } from './managed-path.ts';
import { type MtuSearchResult, PathMtuSearch } from './mtu-search.ts';
import type { ControllerEffect, MultipathOptions, ReceiverReport } from './types.ts';

/** Shortest time between two searches on a path, ns: a search sends up to 31 kB. */
const SEARCH_PAUSE_NS = 10_000_000_000;
/**
 * Time between two checks whether the MTU hole of a path is gone, ns (RFC 8899, PMTU_RAISE_TIMER,
 * is ten minutes).
 */
const RAISE_INTERVAL_NS = 60_000_000_000;

/** What the explainer shares with the controller. */
export interface LostDataParts {
  readonly options: MultipathOptions;
  readonly paths: readonly ManagedPath[];
  readonly hold: Pick<HoldDown, 'holdNs'>;
  /** Time to wait for the answer to a probe of the path, ns. */
  readonly timeoutNs: (path: ManagedPath) => number;
  readonly takeNumber: () => number;
  readonly emit: (effect: ControllerEffect) => void;
}

/** Explains the loss of data on the paths to one peer. */
export class LostDataExplainer {
  readonly #parts: LostDataParts;
  readonly #loss: DataLossEstimator;
  readonly #search: PathMtuSearch;

  constructor(parts: LostDataParts) {
    const { reportIntervalNs, reportMisses } = parts.options;
    this.#parts = parts;
    this.#loss = new DataLossEstimator(reportMisses * reportIntervalNs);
    this.#search = new PathMtuSearch(parts.takeNumber);
  }

  /** When {@link tick} is due, ns. */
  get deadlineNs(): number {
    return this.#search.deadlineNs;
  }

  // hot: once per data frame.
  /** Records a data frame that left on the path in use. */
  sent(sequence: number): void {
    this.#loss.sent(sequence);
  }

  /** Called when packets take another path. */
  moved(): void {
    this.#loss.reset();
  }

  /** Processes a report about the path in use. @returns true if that path is found to be lossy. */
  reported(now: number, report: ReceiverReport, active: number): boolean {
    this.#loss.reported(now, report);
    const path = this.#parts.paths[active];
    const isLost = this.#loss.leastLoss > this.#parts.options.lossThreshold;
    if (path === undefined || !isLost || this.#search.isRunning) return false;
    if (now - path.mtuSearchedNs < SEARCH_PAUSE_NS) return this.#blame(now, path, now);
    this.#begin(now, active, path);
    return false;
  }

  /**
   * Takes the answer to a padded probe.
   * @returns undefined if the probe was not padded; otherwise whether the path in use is found to
   * be lossy.
   */
  answered(now: number, index: number, probe: number, active: number): boolean | undefined {
    return this.#search.take(index, probe) ? this.#conclude(now, active) : undefined;
  }

  /**
   * Called when a path answers small probes. If the path was given up because no data arrived
   * although such a probe was answered meanwhile, the data may have been too long for the path, so
   * its largest datagram is searched.
   */
  heard(now: number, index: number, path: ManagedPath): void {
    if (!path.answeredInSilence || this.#search.isRunning) return;
    if (now - path.mtuSearchedNs >= SEARCH_PAUSE_NS) this.#begin(now, index, path);
  }

  /** Does everything that is due. @returns true if the path in use is found to be lossy. */
  tick(now: number, active: number): boolean {
    const isLossy = this.#conclude(now, active);
    for (const effect of this.#search.askAgain(now)) this.#parts.emit(effect);
    for (const [index, path] of this.#parts.paths.entries()) {
      const isDue = path.isNarrow && now - path.mtuSearchedNs >= RAISE_INTERVAL_NS;
      if (isDue && path.isAnswering && !this.#search.isRunning) this.#begin(now, index, path);
    }
    return isLossy;
  }

  #begin(now: number, index: number, path: ManagedPath): void {
    path.mtuSearchedNs = now;
    // The standby path is probed at once, so that it is measured again before the search ends.
    for (const other of this.#parts.paths) if (other.role === 'standby') other.nextProbeNs = now;
    const order = { path: index, bytes: path.info.mtu, timeoutNs: this.#parts.timeoutNs(path) };
    for (const effect of this.#search.begin(now, order)) this.#parts.emit(effect);
  }

  #conclude(now: number, active: number): boolean {
    const result = this.#search.result(now);
    if (result === undefined) return false;
    return this.#adopt(now, result, active);
  }

  #adopt(now: number, { order, answered, isChance }: MtuSearchResult, active: number): boolean {
    const path = this.#parts.paths[order.path];
    // If probes of all sizes are unanswered, the small probes judge the path.
    if (path === undefined || answered === 0) return false;
    const isOfUse = order.path === active;
    if (path.mtuInUse !== answered && !isChance) {
      path.narrowedTo = answered;
      this.#parts.emit({ kind: 'mtu', path: order.path, bytes: answered });
      if (isOfUse) this.#loss.reset();
      return false;
    }
    return isOfUse && this.#blame(now, path, path.mtuSearchedNs);
  }

  /** Marks the path as lossy if it loses data. @returns true if its health has changed. */
  #blame(now: number, path: ManagedPath, sinceNs: number): boolean {
    const { hold, options } = this.#parts;
    const share = this.#loss.leastLoss;
    if (share <= options.lossThreshold) return false;
    return path.losesData(now, { share, sinceNs, untilNs: now + hold.holdNs(now) }, options);
  }
}
