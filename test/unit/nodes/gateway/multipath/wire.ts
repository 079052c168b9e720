/**
 * A simulated network for the multipath controllers: paths with round-trip times that can be cut, a
 * clock, and automatic answers. No sockets, no frames.
 *
 * @module
 */
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { MultipathController } from '../../../../../nodes/gateway/multipath/controller.ts';
import { ReferenceController } from '../../../../../nodes/gateway/multipath/reference.ts';
import type {
  ControllerEffect,
  MultipathOptions,
  PathController,
  PathInfo,
} from '../../../../../nodes/gateway/multipath/types.ts';

export const MS = 1_000_000;

export const OPTIONS: MultipathOptions = {
  probeIntervalNs: 50 * MS,
  warmIntervalNs: 500 * MS,
  coldIntervalNs: 5_000 * MS,
  misses: 3,
  timeoutMarginNs: 5 * MS,
  timeoutFloorNs: MS,
  reports: false,
  reportIntervalNs: 25 * MS,
  reportMisses: 3,
  rttFactor: 2,
  lossThreshold: 0.1,
  queueDelayNs: Number.POSITIVE_INFINITY,
  queueWaitNs: 1_500 * MS,
  minPaths: 1,
  maxPaths: 10,
  exploration: 0,
  smoothing: 0.125,
  refreshIntervalNs: 5_000 * MS,
  holdNs: 10_000 * MS,
  preferences: {},
};

/** A simulated path; its fields can be changed at any time. */
export interface FakePath {
  readonly info: PathInfo;
  rttNs: number;
  isUp: boolean;
  /** Every n-th probe, counted over all paths, is lost; 0 for none. */
  loseEvery: number;
  /** Decides which probes of this path are lost; probes are counted from 0. */
  loses: (probe: number) => boolean;
  /** Number of probes sent on this path. */
  asked: number;
}

export function fakePath(id: string, rttMs: number, more: Partial<PathInfo> = {}): FakePath {
  const info: PathInfo = {
    id,
    links: [`a#1>${id}#1`, `${id}#2>b#1`],
    transit: [id],
    hops: 4,
    mtu: 1472,
    expiresAt: 6 * 3600 * 1000 * MS,
    bandwidthBps: 1e9,
    ...more,
  };
  return { info, rttNs: rttMs * MS, isUp: true, loseEvery: 0, loses: () => false, asked: 0 };
}

interface Due {
  readonly atNs: number;
  readonly path: number;
  readonly probe: number;
}

/** Runs a controller with simulated paths. */
export class Wire {
  now = 0;
  readonly controller: PathController;
  readonly paths: FakePath[];
  readonly effects: { readonly atNs: number; readonly effect: ControllerEffect }[] = [];
  probes = 0;
  readonly #due: Due[] = [];

  constructor(
    paths: FakePath[],
    options: Partial<MultipathOptions> = {},
    mode: 'orrery' | 'reference' = 'orrery',
    seed = 1,
  ) {
    this.paths = paths;
    const random = openRandomStream(seed, 'wire', 'multipath');
    const all = { ...OPTIONS, ...options };
    this.controller =
      mode === 'orrery'
        ? new MultipathController(0, all, random)
        : new ReferenceController(0, all, random);
    this.perform(
      this.controller.setPaths(
        0,
        paths.map(({ info }) => info),
      ),
    );
  }

  /** Advances time to an instant. */
  runTo(endNs: number): void {
    for (;;) {
      const next = this.#due.reduce((least, { atNs }) => Math.min(least, atNs), endNs);
      const deadline = Math.max(this.now, Math.min(this.controller.deadline(), endNs));
      if (Math.min(next, deadline) >= endNs) break;
      if (next <= deadline) this.#deliver(next);
      else {
        this.now = deadline;
        this.perform(this.controller.tick(this.now));
      }
    }
    this.now = endNs;
  }

  perform(effects: readonly ControllerEffect[]): void {
    for (const effect of effects) {
      this.effects.push({ atNs: this.now, effect });
      if (effect.kind === 'probe') this.#send(effect.path, effect.probe);
    }
  }

  /** Switches of path since an instant. */
  switches(sinceNs = 0): { atNs: number; effect: Extract<ControllerEffect, { kind: 'switch' }> }[] {
    return this.effects.flatMap(({ atNs, effect }) =>
      effect.kind === 'switch' && atNs >= sinceNs ? [{ atNs, effect }] : [],
    );
  }

  get activeId(): string | undefined {
    const { active } = this.controller;
    return active < 0 ? undefined : this.controller.path(active).id;
  }

  #send(index: number, probe: number): void {
    this.probes += 1;
    const path = this.paths.find(({ info }) => info.id === this.controller.path(index).id);
    if (path === undefined) return;
    path.asked += 1;
    if (!path.isUp || path.loses(path.asked - 1)) return;
    if (path.loseEvery > 0 && this.probes % path.loseEvery === 0) return;
    this.#due.push({ atNs: this.now + path.rttNs, path: index, probe });
  }

  #deliver(atNs: number): void {
    const index = this.#due.findIndex((due) => due.atNs === atNs);
    const [due] = this.#due.splice(index, 1);
    this.now = atNs;
    if (due === undefined) return;
    const path = this.paths.find(({ info }) => info.id === this.controller.path(due.path).id);
    if (path?.isUp !== true) return;
    this.perform(this.controller.answered(atNs, due.path, due.probe));
  }
}
