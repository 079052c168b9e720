/**
 * The multipath controller: keeps one path active and one standby ready, and leaves a failing path
 * within a few probe intervals or receiver reports (docs/spec/multipath.md).
 *
 * Pure: time and events in, effects out. It neither sends nor knows frames; the gateway performs
 * the effects. A switch happens in the same call as the event that caused it.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { assignRoles } from './assign-roles.ts';
import { HoldDown } from './damping.ts';
import { describePath, explainPath } from './describe-path.ts';
import { findReturnObjection } from './find-return-objection.ts';
import { GrowingQueueDetector } from './growing-queue.ts';
import { isAnswering } from './is-answering.ts';
import { LostDataExplainer } from './lost-data.ts';
import {
  EXPIRY_MARGIN_NS,
  ManagedPath,
  PROBATION_ANSWERS,
  SILENCE_CAUSES,
} from './managed-path.ts';
import { ProbeTable } from './probe-table.ts';
import { rankPath } from './rank-path.ts';
import { isBetterThanDegraded, isFreeOfQueue } from './relief.ts';
import { MissingReportDetector, type PathRoundTrip } from './report-watch.ts';
import {
  ALL_PATHS_SILENT_NS_MAX,
  areOtherPathsSilentToo,
  isSilentSince,
} from './shared-silence.ts';
import type {
  ControllerEffect,
  ExplainedPath,
  InterfaceDownAccusation,
  MultipathOptions,
  PathController,
  PathInfo,
  PathStatus,
  ReceiverReport,
  SwitchCause,
} from './types.ts';

/** Time to wait for an answer on a path that was never measured, ns. */
const UNKNOWN_TIMEOUT_NS = 1_000_000_000;
/** The round trip assumed for a path that was never measured. */
const UNKNOWN_TRIP: PathRoundTrip = { srttNs: UNKNOWN_TIMEOUT_NS, rttvarNs: 0 };
/** The first choice of a path waits at most this long for answers on the other paths, ns. */
const START_PATIENCE_NS_MAX = 500_000_000;
/** Probe phases are spread over at most this much of a long interval, ns, since a random draw is below 2^32. */
const PHASE_NS_MAX = 4_000_000_000;
/** While fewer than `minPaths` paths are left, paths are looked up at this interval, ns. */
const LOOKUP_INTERVAL_NS = 1_000_000_000;
/** Controller with the rules of docs/spec/multipath.md. */
export class MultipathController implements PathController {
  active = -1;
  /** Why the path in use was chosen. */
  #cause: SwitchCause = 'start';
  readonly #options: MultipathOptions;
  readonly #random: Random;
  readonly #paths: ManagedPath[] = [];
  readonly #probes = new ProbeTable();
  readonly #hold: HoldDown;
  readonly #reports: MissingReportDetector;
  readonly #queue: GrowingQueueDetector;
  readonly #lostData: LostDataExplainer;
  #effects: ControllerEffect[] = [];
  #nextRefreshNs: number;
  /** When an additional path lookup is due; Infinity while there are enough paths. */
  #nextLookupNs = Number.POSITIVE_INFINITY;
  /** When the last answer arrived on any path; -Infinity before the first. */
  #heardNs = Number.NEGATIVE_INFINITY;
  /**
   * Deadline for the first choice of a path; Infinity before any path is alive and after the
   * choice.
   */
  #startByNs = Number.POSITIVE_INFINITY;

  /** @param random Source of probe phases and exploration; the node's stream for this peer. */
  constructor(now: number, options: MultipathOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#hold = new HoldDown(options.holdNs);
    this.#reports = new MissingReportDetector(options.reportIntervalNs, options.reportMisses);
    this.#queue = new GrowingQueueDetector(options, random);
    this.#lostData = new LostDataExplainer({
      ...{ options, paths: this.#paths, hold: this.#hold },
      timeoutNs: (path): number => this.#timeoutNs(path),
      takeNumber: (): number => this.#probes.takeNumber(),
      emit: (effect): void => void this.#effects.push(effect),
    });
    this.#nextRefreshNs = now + options.refreshIntervalNs;
  }

  setPaths(now: number, paths: readonly PathInfo[]): readonly ControllerEffect[] {
    this.#effects = [];
    const wanted = paths.slice(0, this.#options.maxPaths);
    for (const info of wanted) this.#adopt(now, info);
    for (const path of this.#paths) {
      if (wanted.some((info) => info.id === path.info.id)) continue;
      this.#setDead(now, path, 'vanished');
      this.#probes.forget(path.info.id);
      path.nextProbeNs = Number.POSITIVE_INFINITY;
    }
    this.#choose(now);
    return this.#effects;
  }

  path(index: number): PathInfo {
    const path = this.#paths[index];
    if (path === undefined) throw new Error(`no path ${index}`);
    return path.info;
  }

  deadline(): number {
    const lookups = Math.min(this.#nextRefreshNs, this.#nextLookupNs);
    let least = Math.min(lookups, this.#probes.deadline(), this.#startByNs);
    least = Math.min(least, this.#lostData.deadlineNs);
    for (const path of this.#paths) if (path.nextProbeNs < least) least = path.nextProbeNs;
    if (this.#options.reports) least = Math.min(least, this.#reports.deadline());
    return least;
  }

  tick(now: number): readonly ControllerEffect[] {
    this.#effects = [];
    let silent: ManagedPath | undefined;
    this.#probes.expire(now, (id, sentNs) => {
      const index = this.#indexOf(id);
      const path = this.#paths[index];
      if (path === undefined) return;
      const isShared = this.#isWaiting(now, path);
      const isExcused = isShared || (index === this.active && this.#reports.isMoving(now));
      if (path.missed(now, { sentNs, isExcused }, this.#options)) this.#announce(index);
      if (isShared) silent = path;
    });
    if (silent !== undefined) this.#askAround(now, silent);
    if (this.#options.reports && this.#reports.isOverdue(now)) this.#reportsMissing(now);
    this.#checkExpiry(now);
    if (this.#lostData.tick(now, this.active)) this.#announce(this.active);
    this.#choose(now);
    this.#sendProbes(now);
    if (now >= this.#nextRefreshNs) this.#refresh(now);
    else if (now >= this.#nextLookupNs) this.#lookUp(now);
    return this.#effects;
  }

  answered(now: number, index: number, probe: number): readonly ControllerEffect[] {
    this.#effects = [];
    const path = this.#paths[index];
    if (path === undefined) return this.#effects;
    const isLossy = this.#lostData.answered(now, index, probe, this.active);
    if (isLossy === true) this.#turnedLossy(now);
    if (isLossy !== undefined) return this.#effects;
    const answer = this.#probes.answer(path.info.id, probe, now);
    if (answer.kind === 'unmatched') return this.#effects;
    this.#heardNs = now;
    const { rttNs, kind } = answer;
    if (kind === 'late') this.#cameLate(path, now - rttNs);
    const isTimely = kind === 'answered';
    if (path.answered(now, { rttNs, isTimely }, this.#options)) this.#announce(index);
    if (index === this.active) this.#watchQueue(now, path);
    this.#lostData.heard(now, index, path);
    this.#choose(now);
    return this.#effects;
  }

  get baseRttNs(): number {
    return this.#paths[this.active]?.quality.baseRttNs ?? -1;
  }

  isSilent(now: number): boolean {
    return isSilentSince(this.#heardNs, now, this.#options);
  }

  sent(now: number, sequence: number): boolean {
    this.#queue.sent(now);
    if (!this.#options.reports) return false;
    this.#lostData.sent(sequence);
    return this.#reports.sent(now, sequence, this.#activeTrip());
  }

  reported(now: number, report: ReceiverReport): readonly ControllerEffect[] {
    this.#effects = [];
    this.#reports.reported(now, report.highest, this.#activeTrip());
    if (this.#lostData.reported(now, report, this.active)) this.#turnedLossy(now);
    return this.#effects;
  }

  interfaceDown(now: number, accusation: InterfaceDownAccusation): readonly ControllerEffect[] {
    this.#effects = [];
    const { isdAs, ifId, path: only, countsEarlierMisses, isProven } = accusation;
    const name = `${isdAs}#${ifId}`;
    for (const [index, path] of this.#paths.entries()) {
      if (only !== undefined && path.info.id !== only) continue;
      if (path.health === 'dead' || !path.info.links.some((link) => link.split('>').includes(name)))
        continue;
      // SCMP can be forged: unless it is signed, an accused path dies only if it misses an answer, too.
      const isMissing = countsEarlierMisses && path.quality.consecutiveMisses > 0;
      if (isProven || isMissing) this.#setDead(now, path, 'scmp', index);
      else path.accusedNs = now;
    }
    this.#choose(now);
    return this.#effects;
  }

  peerReturned(now: number): readonly ControllerEffect[] {
    this.#effects = [];
    for (const [index, path] of this.#paths.entries()) {
      const isAsked = path.nextProbeNs !== Number.POSITIVE_INFINITY;
      if (!isAsked || (path.health !== 'dead' && path.health !== 'unknown')) continue;
      if (path.health === 'dead') path.reconsider(now);
      // An extra probe; the times of the regular probes do not move with it.
      this.#probe(now, index, path);
    }
    return this.#effects;
  }

  status(now: number): readonly PathStatus[] {
    return this.#paths.map((path) => describePath(now, path));
  }

  explain(now: number): readonly ExplainedPath[] {
    return this.#paths.map((path) => this.#explain(now, path));
  }

  explainActive(now: number): ExplainedPath | undefined {
    const path = this.#paths[this.active];
    return path && this.#explain(now, path);
  }

  #explain(now: number, path: ManagedPath): ExplainedPath {
    const current = this.#paths[this.active];
    if (path === current)
      return explainPath(now, path, { reason: this.#cause, queueGrowthNs: this.#queue.growthNs });
    const objection = findReturnObjection(now, path, current, this.#options.preferences);
    const reason = objection ?? (current === undefined ? 'start' : 'better');
    return explainPath(now, path, { reason, queueGrowthNs: 0 });
  }

  #turnedLossy(now: number): void {
    this.#announce(this.active);
    this.#choose(now);
  }

  #cameLate(path: ManagedPath, sentNs: number): void {
    path.quality.unmiss();
    const diedNs = path.pardon(sentNs);
    if (diedNs >= 0) this.#hold.forgive(diedNs);
  }

  #adopt(now: number, info: PathInfo): void {
    const known = this.#paths[this.#indexOf(info.id)];
    if (known !== undefined) {
      known.info = info;
      if (known.nextProbeNs === Number.POSITIVE_INFINITY) known.nextProbeNs = now;
      return;
    }
    // A random phase per path, so that probes of several paths do not leave in step.
    const phase = this.#random.below(Math.min(this.#options.probeIntervalNs, PHASE_NS_MAX));
    this.#paths.push(new ManagedPath(info, this.#options.smoothing, now + phase));
  }

  #sendProbes(now: number): void {
    for (const [index, path] of this.#paths.entries()) {
      if (path.nextProbeNs > now) continue;
      this.#probe(now, index, path);
      path.probed(now, this.#options);
    }
  }

  #probe(now: number, index: number, path: ManagedPath): void {
    const probe = this.#probes.add(path.info.id, now, now + this.#timeoutNs(path));
    this.#effects.push({ kind: 'probe', path: index, probe });
  }

  #timeoutNs({ quality }: ManagedPath): number {
    const { timeoutMarginNs, timeoutFloorNs } = this.#options;
    return quality.timeoutNs(timeoutMarginNs, timeoutFloorNs, UNKNOWN_TIMEOUT_NS);
  }

  /** True if all paths have been silent, but only for a short time: `path` need not be dead. */
  #isWaiting(now: number, path: ManagedPath): boolean {
    const isYoung = now - this.#heardNs < ALL_PATHS_SILENT_NS_MAX;
    return isYoung && areOtherPathsSilentToo(now, path, this.#paths, this.#options);
  }

  /** Probes the other paths, except those probed just now, to see whether they are silent too. */
  #askAround(now: number, silent: ManagedPath): void {
    for (const path of this.#paths) {
      const isDue = now - path.probedNs >= this.#options.probeIntervalNs;
      if (path !== silent && path.isAnswering && isDue) path.nextProbeNs = now;
    }
  }

  /** looks up paths immediately when too few are left, and then every second. */
  #watchNumber(now: number): void {
    const isKept = ({ health, nextProbeNs }: ManagedPath): boolean =>
      health !== 'dead' && nextProbeNs !== Number.POSITIVE_INFINITY;
    const isEnough = this.#paths.filter(isKept).length >= this.#options.minPaths;
    if (isEnough) this.#nextLookupNs = Number.POSITIVE_INFINITY;
    else if (this.#nextLookupNs === Number.POSITIVE_INFINITY) this.#nextLookupNs = now;
  }

  #lookUp(now: number): void {
    this.#nextLookupNs = now + LOOKUP_INTERVAL_NS;
    this.#effects.push({ kind: 'refresh' });
  }

  #refresh(now: number): void {
    this.#nextRefreshNs = now + this.#options.refreshIntervalNs;
    const isShort = this.#nextLookupNs !== Number.POSITIVE_INFINITY;
    if (isShort) this.#nextLookupNs = now + LOOKUP_INTERVAL_NS;
    this.#effects.push({ kind: 'refresh' });
    if (!this.#random.chance(this.#options.exploration)) return;
    // Exploration uses healthy paths only, with probes and never with packets.
    const idle = this.#paths.filter((p) => p.isHealthy && (p.role === 'warm' || p.role === 'cold'));
    const chosen = idle[idle.length === 0 ? 0 : this.#random.below(idle.length)];
    if (chosen === undefined) return;
    chosen.exploring = PROBATION_ANSWERS;
    chosen.nextProbeNs = now;
  }

  #reportsMissing(now: number): void {
    const path = this.#paths[this.active];
    if (path !== undefined && this.#isWaiting(now, path)) {
      this.#reports.postpone(now);
      this.#askAround(now, path);
      return;
    }
    const sinceNs = this.#reports.silentSinceNs;
    this.#reports.reset();
    if (path === undefined) return;
    path.silence = { fromNs: sinceNs + this.#options.reportIntervalNs, toNs: now };
    this.#setDead(now, path, 'report-loss', this.active);
    this.#lostData.heard(now, this.active, path);
  }

  #checkExpiry(now: number): void {
    for (const [index, path] of this.#paths.entries()) {
      const isDue = path.info.expiresAt - EXPIRY_MARGIN_NS <= now && path.health !== 'dead';
      if (isDue) this.#setDead(now, path, 'expiry', index);
    }
  }

  #setDead(now: number, path: ManagedPath, cause: SwitchCause, index = -1): void {
    if (path.health === 'dead') return;
    path.die(now, cause);
    this.#announce(index < 0 ? this.#indexOf(path.info.id) : index);
  }

  #announce(index: number): void {
    const path = this.#paths[index];
    if (path !== undefined)
      this.#effects.push({ kind: 'health', path: index, health: path.health });
  }

  /** Keeps, replaces or returns to the active path, then assigns the other roles. */
  #choose(now: number): void {
    const current = this.#paths[this.active];
    if (current === undefined) {
      this.#chooseFirst(now);
    } else {
      if (!current.isHealthy) this.#leave(now, current);
      // Even if all paths are degraded, packets may return to one that has long been better.
      const isStay = this.#paths[this.active] === current && current.health !== 'dead';
      if (isStay) this.#considerReturn(now, current);
    }
    assignRoles(now, this.#paths, this.#paths[this.active], this.#options);
    this.#watchNumber(now);
  }

  /** Chooses the best of all paths, not simply the one whose first answer arrived first. */
  #chooseFirst(now: number): void {
    const first = this.#best(now, isAnswering);
    if (first < 0) {
      // The path that had answered died in the meantime; the wait starts again with the next one.
      this.#startByNs = Number.POSITIVE_INFINITY;
      return;
    }
    if (this.#startByNs === Number.POSITIVE_INFINITY) {
      this.#startByNs = now + this.#startPatienceNs(first);
    }
    const isComplete = this.#paths.every((path) => path.health !== 'unknown');
    if (!isComplete && now < this.#startByNs) return;
    this.#startByNs = Number.POSITIVE_INFINITY;
    this.#switchTo(now, first, 'start');
  }

  /**
   * Time in which a faster path would have been probed and have answered, ns: after it, the first
   * choice would only wait for dead paths.
   */
  #startPatienceNs(first: number): number {
    const rttNs = Math.max(0, this.#paths[first]?.quality.srttNs ?? 0);
    return Math.min(START_PATIENCE_NS_MAX, this.#options.probeIntervalNs + Math.floor(rttNs));
  }

  #leave(now: number, current: ManagedPath): void {
    const isSilent = SILENCE_CAUSES.has(current.cause);
    if (isSilent && areOtherPathsSilentToo(now, current, this.#paths, this.#options)) return;
    if (current.health === 'degraded' && current.cause === 'rtt' && this.#queue.excuses(now))
      return;
    const isWay = (path: ManagedPath): boolean =>
      path.isHealthy && (current.health !== 'degraded' || isBetterThanDegraded(now, path, current));
    // A path that is just missing an answer may be cut by the same fault.
    const isSure = (path: ManagedPath): boolean =>
      isWay(path) && path.quality.consecutiveMisses === 0;
    const standby = this.#paths.findIndex((path) => path.role === 'standby' && isSure(path));
    const sure = standby >= 0 ? standby : this.#best(now, isSure);
    const healthy = sure >= 0 ? sure : this.#best(now, isWay);
    if (healthy >= 0) {
      this.#switchTo(now, healthy, current.cause);
      return;
    }
    // Without a healthy path, a degraded or recovering path is better than a dead one; flows are
    // never closed for lack of a better path.
    if (current.health !== 'dead') return;
    const limping = this.#best(now, (p) => p.health === 'degraded' || p.health === 'probation');
    if (limping >= 0) this.#switchTo(now, limping, current.cause);
  }

  /** Leaves the path in use if its queue grows and another path has none. */
  #watchQueue(now: number, current: ManagedPath): void {
    const { quality } = current;
    if (!this.#queue.answered(now, quality.lastRttNs, quality.baselineNs(now))) return;
    if (!current.isHealthy && current.cause !== 'rtt') return;
    const isWay = (path: ManagedPath): boolean => isFreeOfQueue(now, path, current);
    const standby = this.#paths.findIndex((path) => path.role === 'standby' && isWay(path));
    const free = standby >= 0 ? standby : this.#best(now, isWay);
    if (free < 0) return;
    current.leftCrowded(now);
    this.#switchTo(now, free, 'queue');
  }

  /**
   * Planned return, make before break: the path was better for the whole hold time
   * (docs/spec/multipath.md, "Return and damping").
   */
  #considerReturn(now: number, current: ManagedPath): void {
    let best = -1;
    for (const [index, path] of this.#paths.entries()) {
      if (index === this.active) continue;
      if (!this.#isBetter(now, path, current)) {
        path.betterSinceNs = -1;
        continue;
      }
      if (path.betterSinceNs < 0) path.betterSinceNs = now;
      if (now - path.betterSinceNs < this.#hold.holdNs(now)) continue;
      const leastNs = this.#paths[best]?.quality.baseRttNs ?? Number.POSITIVE_INFINITY;
      if (path.quality.baseRttNs < leastNs) best = index;
    }
    if (best >= 0) this.#switchTo(now, best, 'better');
  }

  #isBetter(now: number, path: ManagedPath, current: ManagedPath): boolean {
    if (!path.isHealthy || path.damping.isSuppressed(now)) return false;
    return findReturnObjection(now, path, current, this.#options.preferences) === undefined;
  }

  #switchTo(now: number, index: number, cause: SwitchCause): void {
    const from = this.active < 0 ? undefined : this.active;
    const isFault = cause !== 'start' && cause !== 'better' && cause !== 'vanished';
    if (isFault) this.#hold.note(now);
    this.active = index;
    this.#cause = cause;
    this.#reports.reset();
    this.#queue.reset();
    this.#lostData.moved();
    for (const path of this.#paths) path.betterSinceNs = -1;
    this.#effects.push({ kind: 'switch', from, to: index, cause, isFault });
  }

  /**
   * Index of the path with the highest score among those that `passes` accepts; paths that violate
   * a preference come last; -1 for none.
   */
  #best(now: number, passes: (path: ManagedPath) => boolean): number {
    let best = -1;
    let bestRank = Number.NEGATIVE_INFINITY;
    for (const [index, path] of this.#paths.entries()) {
      if (!passes(path)) continue;
      const rank = rankPath(now, path, this.#options.preferences);
      if (rank <= bestRank) continue;
      best = index;
      bestRank = rank;
    }
    return best;
  }

  #indexOf(id: string): number {
    return this.#paths.findIndex((path) => path.info.id === id);
  }

  #activeTrip(): PathRoundTrip {
    const quality = this.#paths[this.active]?.quality;
    return quality === undefined || quality.srttNs < 0 ? UNKNOWN_TRIP : quality.roundTrip;
  }
}
