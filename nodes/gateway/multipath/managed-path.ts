/**
 * One path under management: its measurements, health, role and the times of its probes.
 *
 * Health follows docs/spec/multipath.md (Health); the controller decides which path is used.
 *
 * @module
 */
import { FlapDamping } from './damping.ts';
import { LOSS_ESTIMATE_PROBES_MIN, PathQuality } from './path-quality.ts';
import type { MultipathOptions, PathHealth, PathInfo, PathRole, SwitchCause } from './types.ts';

/** Number of consecutive answers after which a dead path is alive again. */
export const PROBATION_ANSWERS = 20;
/** A path that expires within this time counts as dead, ns. */
export const EXPIRY_MARGIN_NS = 10_000_000_000;
/**
 * For this time, packets do not return to a path that they left because of its queue, ns: the path
 * has room only because they left.
 */
const CROWDED_NS = 60_000_000_000;
const DEAD_INTERVAL_NS = 1_000_000_000;
const DEAD_INTERVAL_MAX_NS = 30_000_000_000;
/**
 * Number of probes, one per second, that a dead path gets before the probes become less frequent.
 */
const DEAD_STEADY_PROBES = 10;
/**
 * The number of misses that count as death is chosen so that false alarms are at least this far
 * apart on average, ns (docs/spec/multipath.md, "Health").
 */
const FALSE_ALARM_NS = 3_600_000_000_000;
const MISSES_MAX = 6;
/**
 * A path that never answered is probed at the full rate this many times (5 s at 50 ms), then
 * according to its role.
 */
const NEW_PATH_PROBES = 100;

/** Causes of death that consist in silence. */
export const SILENCE_CAUSES: ReadonlySet<SwitchCause> = new Set([
  'probe-loss',
  'report-loss',
  'scmp',
]);

/** An answer to a probe. */
export interface TimedAnswer {
  readonly rttNs: number;
  /** True if the answer arrived in time. */
  readonly isTimely: boolean;
}

/** A probe that was not answered in time. */
export interface MissedProbe {
  readonly sentNs: number;
  /**
   * True when all paths are silent, or data is arriving over this one: the miss proves nothing
   * about this path yet.
   */
  readonly isExcused: boolean;
}

/**
 * A share of lost data on a path, 0..1, with the instant from which and the instant until which it
 * counts, ns.
 */
export interface DataLoss {
  readonly share: number;
  readonly sinceNs: number;
  readonly untilNs: number;
}

/** The state of a path and its probing. */
export class ManagedPath {
  info: PathInfo;
  readonly quality: PathQuality;
  readonly damping = new FlapDamping();
  health: PathHealth = 'unknown';
  role: PathRole = 'cold';
  /** Why the path is dead or degraded. */
  cause: SwitchCause = 'probe-loss';
  nextProbeNs: number;
  /** When the path was last probed; -1 before the first probe. */
  probedNs = -1;
  /** While the path is probed for exploration, the number of probes left. */
  exploring = 0;
  /**
   * The instant at which an SCMP message last named one of the path's interfaces; -1 if none did.
   */
  accusedNs = -1;
  /**
   * The instant since which the path has been better than the active path; -1 if it is not better.
   */
  betterSinceNs = -1;
  /** When the path was last found to be degraded; -1 before the first time. */
  degradedNs = -1;
  /**
   * Packets that left the path because of its queueing delay do not return before this instant, ns;
   * -Infinity if none left for that reason.
   */
  crowdedUntilNs = Number.NEGATIVE_INFINITY;
  /** Number of consecutive answers that were slower than on an undisturbed path. */
  slowAnswers = 0;
  /** When the largest datagram was last searched; -Infinity before the first time, ns. */
  mtuSearchedNs = Number.NEGATIVE_INFINITY;
  /** Largest datagram that passes an MTU hole of the path, bytes; Infinity if there is none. */
  narrowedTo = Number.POSITIVE_INFINITY;
  /**
   * When the path was last given up because no data was reported: the time for which none was
   * reported; ns.
   */
  silence: { readonly fromNs: number; readonly toNs: number } | undefined;
  /** The latest share of lost data, and the instant until which it counts. */
  #dataLoss: DataLoss = { share: 0, sinceNs: 0, untilNs: 0 };
  /** When the path last died, if that death still counts for damping; -1 otherwise. */
  #chargedNs = -1;
  #deadProbes = 0;
  #unansweredProbes = 0;

  constructor(info: PathInfo, smoothing: number, firstProbeNs: number) {
    this.info = info;
    this.quality = new PathQuality(smoothing);
    this.nextProbeNs = firstProbeNs;
  }

  /** True when the path is `alive`, so that it may stay in use even if another path scores better. */
  get isHealthy(): boolean {
    return this.health === 'alive';
  }

  /** Size of the largest datagram to send, bytes. */
  get mtuInUse(): number {
    return Math.min(this.info.mtu, this.narrowedTo);
  }

  /** True if the path is known to have an MTU hole. */
  get isNarrow(): boolean {
    return this.narrowedTo < this.info.mtu;
  }

  /**
   * True if the path was given up because no data arrived, but answered a small probe that left
   * during that time.
   */
  get answeredInSilence(): boolean {
    const { lastAskedNs } = this.quality;
    const { silence } = this;
    return silence !== undefined && lastAskedNs >= silence.fromNs && lastAskedNs <= silence.toNs;
  }

  /** Share of lost probes, or of lost data if that is more, 0..1. */
  lossNow(now: number): number {
    const { share, untilNs } = this.#dataLoss;
    return Math.max(this.quality.loss, now < untilNs ? share : 0);
  }

  /** Records that data is lost on the path; returns true when its health changed. */
  losesData(now: number, loss: DataLoss, options: MultipathOptions): boolean {
    const before = this.health;
    this.#dataLoss = loss;
    this.#judgeQuality(now, options);
    if (this.health === before) return false;
    this.degradedNs = loss.sinceNs;
    return true;
  }

  /** Probe interval, by health and role. */
  probeIntervalNs(options: MultipathOptions): number {
    if (this.health === 'dead') return this.#deadIntervalNs(options);
    const isNew = this.health === 'unknown' && this.#unansweredProbes < NEW_PATH_PROBES;
    const isWatched = isNew || this.health === 'probation' || this.exploring > 0;
    if (isWatched) return options.probeIntervalNs;
    switch (this.role) {
      case 'active':
      case 'standby':
        return options.probeIntervalNs;
      case 'warm':
        return options.warmIntervalNs;
      case 'cold':
        return options.coldIntervalNs;
    }
  }

  /** Records a probe that leaves now. */
  probed(now: number, options: MultipathOptions): void {
    this.probedNs = now;
    if (this.exploring > 0) this.exploring -= 1;
    if (this.health === 'dead') this.#deadProbes += 1;
    if (this.health === 'unknown') this.#unansweredProbes += 1;
    this.nextProbeNs = now + this.probeIntervalNs(options);
  }

  /** True when the path has answered and was not given up. */
  get isAnswering(): boolean {
    return this.health !== 'unknown' && this.health !== 'dead';
  }

  /** Records an answer; returns true when the health changed. */
  answered(now: number, { rttNs, isTimely }: TimedAnswer, options: MultipathOptions): boolean {
    const before = this.health;
    if (before === 'dead') this.quality.forgetLosses();
    this.quality.answer(now, rttNs, isTimely);
    this.accusedNs = -1;
    this.slowAnswers = rttNs > this.#calmRttNs(now, options) ? this.slowAnswers + 1 : 0;
    if (before === 'unknown') this.health = 'alive';
    if (before === 'dead') this.#enterProbation(now, options);
    if (before === 'probation' && this.quality.consecutiveAnswers >= PROBATION_ANSWERS) {
      this.health = 'alive';
    }
    this.#judgeQuality(now, options);
    return this.health !== before;
  }

  /** Records a missed probe; returns true when the health changed. */
  missed(now: number, { sentNs, isExcused }: MissedProbe, options: MultipathOptions): boolean {
    const before = this.health;
    // A path that never answered cannot die; it is probed until it answers.
    if (before === 'unknown') return false;
    this.quality.miss();
    const isAccused = this.accusedNs >= 0 && sentNs >= this.accusedNs - 1_000_000_000;
    if (isAccused) this.die(now, 'scmp');
    else if (
      this.quality.consecutiveMisses >= missesUntilDead(this.quality.lossBeforeMisses, options)
    ) {
      if (!isExcused) this.die(now, 'probe-loss');
    } else if (before === 'probation') this.die(now, 'probe-loss');
    this.#judgeQuality(now, options);
    return this.health !== before;
  }

  /** Declares the path dead for the given cause; has no effect if it already is. */
  die(now: number, cause: SwitchCause): void {
    if (this.health === 'dead') return;
    if (this.isHealthy || this.health === 'degraded') {
      this.damping.death(now);
      this.#chargedNs = now;
    }
    this.health = 'dead';
    this.cause = cause;
    this.accusedNs = -1;
    this.betterSinceNs = -1;
    this.#deadProbes = 0;
    this.quality.consecutiveAnswers = 0;
    this.nextProbeNs = Math.min(this.nextProbeNs, now + DEAD_INTERVAL_NS);
  }

  /** Called when packets leave the path because of its queueing delay. */
  leftCrowded(now: number): void {
    this.crowdedUntilNs = now + CROWDED_NS;
  }

  /**
   * Called when a late answer arrived. If its probe was sent before the path was given up for
   * silence, the path was slow, not dead, and its death no longer counts for damping.
   * @returns when the path died, if that death is cancelled now; -1 otherwise.
   */
  pardon(sentNs: number): number {
    const diedNs = this.#chargedNs;
    if (diedNs < 0 || sentNs > diedNs || !SILENCE_CAUSES.has(this.cause)) return -1;
    this.#chargedNs = -1;
    this.damping.pardon();
    return diedNs;
  }

  /**
   * Makes a dead path be probed every second again, as if it had just died. Called when the peer
   * has returned.
   */
  reconsider(now: number): void {
    this.#deadProbes = 0;
    this.nextProbeNs = Math.min(this.nextProbeNs, now + DEAD_INTERVAL_NS);
  }

  #enterProbation(now: number, options: MultipathOptions): void {
    this.health = 'probation';
    this.quality.consecutiveAnswers = 1;
    this.nextProbeNs = now + options.probeIntervalNs;
  }

  #judgeQuality(now: number, options: MultipathOptions): void {
    if (this.health !== 'alive' && this.health !== 'degraded') return;
    const { quality } = this;
    const baseline = quality.baselineNs(now);
    const isSlow = baseline > 0 && quality.srttNs > options.rttFactor * baseline;
    const enough = quality.lossSamples >= LOSS_ESTIMATE_PROBES_MIN;
    const isLossy = enough && quality.loss > options.lossThreshold;
    const losesData = now < this.#dataLoss.untilNs;
    if (this.health === 'alive' && (isSlow || isLossy || losesData)) {
      this.health = 'degraded';
      this.degradedNs = now;
      this.cause = isSlow ? 'rtt' : 'loss';
      return;
    }
    // The threshold for recovery is stricter than that for degradation, so that a value at the
    // threshold does not flap.
    const isCalm =
      this.lossNow(now) <= options.lossThreshold / 2 &&
      quality.srttNs <= this.#calmRttNs(now, options);
    if (this.health === 'degraded' && isCalm) this.health = 'alive';
  }

  #calmRttNs(now: number, { rttFactor }: MultipathOptions): number {
    return ((1 + rttFactor) / 2) * this.quality.baselineNs(now);
  }

  #deadIntervalNs(options: MultipathOptions): number {
    let interval = Math.max(DEAD_INTERVAL_NS, options.probeIntervalNs);
    for (let i = DEAD_STEADY_PROBES; i < this.#deadProbes; i += 1) {
      if (interval >= DEAD_INTERVAL_MAX_NS) return DEAD_INTERVAL_MAX_NS;
      interval *= 2;
    }
    return Math.min(interval, Math.max(DEAD_INTERVAL_MAX_NS, options.probeIntervalNs));
  }
}

/**
 * Number of consecutive misses that count as death: the smallest k with interval / loss^k >= 1 h, at least
 * the configured number and at most 6 (docs/spec/multipath.md, "Health").
 */
export function missesUntilDead(loss: number, options: MultipathOptions): number {
  let k = options.misses;
  let between = options.probeIntervalNs;
  for (let i = 0; i < k; i += 1) between /= loss > 0 ? loss : 1e-9;
  while (k < MISSES_MAX && between < FALSE_ALARM_NS) {
    between /= loss;
    k += 1;
  }
  return k;
}
