/**
 * The path selection of the reference gateway, rule by rule, for `mode: reference`.
 *
 * Paths are probed every 500 ms; a path is alive after three consecutive answers, and dead when its
 * last answer is more than 1 s old at a probe tick. The data plane re-reads the selection every 250 ms.
 * The path with fewer interfaces wins, among equals the one with the larger fingerprint; latency, loss
 * and SCMP have no influence (scionproto/scion, gateway/pathhealth and gateway/control/engine.go).
 * These rules predict switch-over times of 1.38 s (p50) and 1.64 s (p95); a comparison with them checks
 * the testbed itself.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { describePath } from './describe-path.ts';
import { PathQuality } from './path-quality.ts';
import type {
  ControllerEffect,
  ExplainedPath,
  MultipathOptions,
  PathController,
  PathHealth,
  PathInfo,
  PathReason,
  PathStatus,
  SwitchCause,
} from './types.ts';

const PROBE_INTERVAL_NS = 500_000_000;
const DEAD_AFTER_NS = 1_000_000_000;
const ALIVE_ANSWERS = 3;
const POLL_INTERVAL_NS = 250_000_000;

/** Why a path with this health is not in use. */
const REASONS: Readonly<Record<PathHealth, PathReason>> = {
  unknown: 'unanswered',
  alive: 'not-better',
  degraded: 'rtt',
  dead: 'probe-loss',
  probation: 'probation',
};

interface ReferencePath {
  info: PathInfo;
  readonly quality: PathQuality;
  health: PathHealth;
  nextProbeNs: number;
  probe: number;
  sentNs: number;
}

/** Controller with the reference gateway's rules. */
export class ReferenceController implements PathController {
  active = -1;
  #cause: SwitchCause = 'start';
  readonly #options: MultipathOptions;
  readonly #random: Random;
  readonly #paths: ReferencePath[] = [];
  #nextProbe = 1;
  #nextPollNs: number;
  #nextRefreshNs: number;
  #effects: ControllerEffect[] = [];

  constructor(now: number, options: MultipathOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#nextPollNs = now + random.below(POLL_INTERVAL_NS);
    this.#nextRefreshNs = now + options.refreshIntervalNs;
  }

  setPaths(now: number, paths: readonly PathInfo[]): readonly ControllerEffect[] {
    this.#effects = [];
    for (const info of paths) this.#adopt(now, info);
    return this.#effects;
  }

  path(index: number): PathInfo {
    const path = this.#paths[index];
    if (path === undefined) throw new Error(`no path ${index}`);
    return path.info;
  }

  deadline(): number {
    let least = Math.min(this.#nextPollNs, this.#nextRefreshNs);
    for (const path of this.#paths) if (path.nextProbeNs < least) least = path.nextProbeNs;
    return least;
  }

  tick(now: number): readonly ControllerEffect[] {
    this.#effects = [];
    for (const [index, path] of this.#paths.entries()) {
      if (path.nextProbeNs <= now) this.#probe(now, index, path);
    }
    if (now >= this.#nextPollNs) {
      this.#nextPollNs += POLL_INTERVAL_NS;
      this.#choose();
    }
    if (now >= this.#nextRefreshNs) {
      this.#nextRefreshNs = now + this.#options.refreshIntervalNs;
      this.#effects.push({ kind: 'refresh' });
    }
    return this.#effects;
  }

  answered(now: number, index: number, probe: number): readonly ControllerEffect[] {
    this.#effects = [];
    const path = this.#paths[index];
    if (path === undefined || path.probe !== probe) return this.#effects;
    path.quality.answer(now, now - path.sentNs);
    const isBack = path.quality.consecutiveAnswers >= ALIVE_ANSWERS;
    if (path.health !== 'alive' && isBack) this.#setHealth(index, path, 'alive');
    return this.#effects;
  }

  get baseRttNs(): number {
    // The reference never rejects a packet, so it needs no base round trip.
    return -1;
  }

  isSilent(): boolean {
    // In the reference, a session is healthy while one of its paths is.
    return false;
  }

  sent(): boolean {
    return false;
  }

  reported(): readonly ControllerEffect[] {
    return [];
  }

  interfaceDown(): readonly ControllerEffect[] {
    // In the reference nothing calls the gateway's revocation store (scionproto/scion,
    // gateway/pathhealth/revocations.go).
    return [];
  }

  peerReturned(): readonly ControllerEffect[] {
    // The reference has no such event: its probes continue at their interval.
    return [];
  }

  status(now: number): readonly PathStatus[] {
    return this.#paths.map((path, index) => {
      const role = index === this.active ? 'active' : 'warm';
      const lossNow = (): number => path.quality.loss;
      return describePath(now, { ...path, role, accusedNs: -1, lossNow });
    });
  }

  explain(now: number): readonly ExplainedPath[] {
    return this.status(now).map((status, index) => {
      const { hops, mtu, expiresAt } = this.path(index);
      const { baseRttNs } = this.#paths[index]?.quality ?? { baseRttNs: -1 };
      const reason = index === this.active ? this.#cause : REASONS[status.health];
      return { ...status, hops, mtu, expiresAt, baseRttNs, queueGrowthNs: 0, reason };
    });
  }

  explainActive(now: number): ExplainedPath | undefined {
    return this.explain(now)[this.active];
  }

  #adopt(now: number, info: PathInfo): void {
    const known = this.#paths.find((path) => path.info.id === info.id);
    if (known !== undefined) {
      known.info = info;
      return;
    }
    this.#paths.push({
      info,
      quality: new PathQuality(this.#options.smoothing),
      health: 'unknown',
      nextProbeNs: now + this.#random.below(PROBE_INTERVAL_NS),
      probe: 0,
      sentNs: now,
    });
  }

  #probe(now: number, index: number, path: ReferencePath): void {
    const { quality } = path;
    const isSilent = now - quality.lastAnswerNs > DEAD_AFTER_NS;
    if (path.health === 'alive' && isSilent) this.#setHealth(index, path, 'dead');
    if (quality.lastAnswerNs < path.sentNs && path.probe > 0) quality.miss();
    path.probe = this.#nextProbe;
    path.sentNs = now;
    path.nextProbeNs = now + PROBE_INTERVAL_NS;
    this.#nextProbe += 1;
    this.#effects.push({ kind: 'probe', path: index, probe: path.probe });
  }

  #setHealth(index: number, path: ReferencePath, health: PathHealth): void {
    path.health = health;
    this.#effects.push({ kind: 'health', path: index, health });
  }

  #choose(): void {
    let best = -1;
    for (const [index, path] of this.#paths.entries()) {
      if (path.health !== 'alive') continue;
      if (best < 0 || isPreferred(path.info, this.path(best))) best = index;
    }
    if (best < 0 || best === this.active) return;
    const current = this.#paths[this.active];
    const isFault = current !== undefined && current.health === 'dead';
    const cause = current === undefined ? 'start' : isFault ? 'probe-loss' : 'better';
    const from = this.active < 0 ? undefined : this.active;
    this.active = best;
    this.#cause = cause;
    this.#effects.push({ kind: 'switch', from, to: best, cause, isFault });
  }
}

function isPreferred(a: PathInfo, b: PathInfo): boolean {
  return a.hops !== b.hops ? a.hops < b.hops : a.id > b.id;
}
