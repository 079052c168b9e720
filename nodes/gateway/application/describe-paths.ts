/**
 * Paths to an AS as an application sees them: the facts from the control service, together with the
 * gateway's measurements and use of the path.
 *
 * @module
 */
import { formatInterface, type Path } from '../../scion/index.ts';
import { pathScore, violatedPathPreference } from '../multipath/selection.ts';
import type { ExplainedPath, PathPreferences } from '../multipath/types.ts';
import type { PathUsage } from '../path-usage.ts';
import type { RequestedPreferences } from './questions.ts';

const NS_PER_MS = 1_000_000;
const NS_PER_S = 1_000_000_000;
const BPS_PER_MBPS = 1_000_000;
const MS_PER_HALF_SECOND = 500;
const MS_PER_S = 1_000;

/** A path of a peer, with everything that the gateway knows about it. */
export interface MeasuredPath {
  readonly explained: ExplainedPath;
  readonly usage: PathUsage;
  readonly path: Path;
}

/** The description of a path for applications. Instants are in ms since 1970; 0 means never. */
export interface DescribedPath {
  readonly fingerprint: string;
  /** Each interface in the form `1-ff00:0:110#2`. */
  readonly interfaces: readonly string[];
  readonly mtu: number;
  readonly expiresMs: number;
  readonly isActive: boolean;
  readonly score: number;
  /** Absent if the path was never measured. */
  readonly quality?: {
    readonly rttMs: number;
    readonly jitterMs: number;
    readonly loss: number;
    readonly bandwidthMbps: number;
    readonly stability: number;
    readonly measuredMs: number;
  };
  /** Absent if the path was never used. */
  readonly usage?: {
    readonly frames: number;
    readonly bytes: number;
    readonly firstMs: number;
    readonly lastMs: number;
    readonly seconds: number;
  };
  readonly failovers: number;
  readonly lastFailoverMs: number;
}

/** Converts the preferences of an application to those of the multipath rules. */
export function preferencesOf(asked: RequestedPreferences): PathPreferences {
  const { favour, avoidAses, preferAses, maxRttMs, minBandwidthMbps, maxHops } = asked;
  return {
    ...(favour === undefined ? {} : { favour }),
    ...(maxRttMs > 0 ? { maxRttNs: maxRttMs * NS_PER_MS } : {}),
    ...(minBandwidthMbps > 0 ? { minBandwidthBps: minBandwidthMbps * BPS_PER_MBPS } : {}),
    ...(maxHops > 0 ? { maxHops } : {}),
    ...{ avoidAs: avoidAses, preferAs: preferAses },
  };
}

/**
 * The limit that a path breaks; undefined if it breaks none. A value that was not measured breaks
 * no limit.
 */
export function brokenLimit(
  path: Path,
  measured: MeasuredPath | undefined,
  preferences: PathPreferences,
): string | undefined {
  const { info, quality } = factsOf(path, measured);
  return violatedPathPreference(info, quality, preferences);
}

/**
 * Describes a path.
 * @param parts `active`: fingerprint of the path in use. `nowNs` and `clockMs`: the present
 * instant, in ns of the run and in ms since 1970.
 */
export function describeUsedPath(
  path: Path,
  measured: MeasuredPath | undefined,
  parts: {
    readonly preferences: PathPreferences;
    readonly active: string | undefined;
    readonly nowNs: number;
    readonly clockMs: number;
  },
): DescribedPath {
  const { preferences, active, nowNs, clockMs } = parts;
  const at = (ns: number): number => (ns < 0 ? 0 : Math.round(clockMs - (nowNs - ns) / NS_PER_MS));
  const facts = factsOf(path, measured);
  const score = Math.max(0, Math.min(1, pathScore(facts.info, facts.quality, preferences)));
  const described = {
    fingerprint: path.fingerprint,
    interfaces: path.interfaces.map(formatInterface),
    mtu: path.mtu,
    expiresMs: path.expiryHalfSeconds * MS_PER_HALF_SECOND,
    isActive: path.fingerprint === active,
    score,
  };
  if (measured === undefined) return { ...described, failovers: 0, lastFailoverMs: 0 };
  const { explained, usage } = measured;
  const { rttNs, jitterNs, loss, stability, bandwidthBps, measuredAgoNs } = explained;
  const quality = {
    ...{ rttMs: rttNs / NS_PER_MS, jitterMs: jitterNs / NS_PER_MS, loss, stability },
    bandwidthMbps: bandwidthBps / BPS_PER_MBPS,
    measuredMs: at(nowNs - measuredAgoNs),
  };
  const { frames, bytes, firstNs, lastNs } = usage;
  const used = { frames, bytes, firstMs: at(firstNs), lastMs: at(lastNs) };
  return {
    ...described,
    ...(rttNs < 0 ? {} : { quality }),
    ...(frames === 0
      ? {}
      : { usage: { ...used, seconds: Math.floor((lastNs - firstNs) / NS_PER_S) } }),
    failovers: usage.failovers,
    lastFailoverMs: at(usage.lastFailoverNs),
  };
}

/** Converts a calendar time to ms since 1970. */
export function millisecondsOf({ seconds, nanos }: { seconds: number; nanos: number }): number {
  return seconds * MS_PER_S + nanos / NS_PER_MS;
}

/** The values of a path that scores and limits depend on. */
function factsOf(
  path: Path,
  measured: MeasuredPath | undefined,
): {
  readonly info: Parameters<typeof pathScore>[0];
  readonly quality: Parameters<typeof pathScore>[1];
} {
  const transit = new Set(path.interfaces.map(({ isdAs }) => String(isdAs)));
  for (const end of [path.source, path.target]) transit.delete(end);
  const { explained } = measured ?? {};
  const info = {
    transit: [...transit],
    hops: path.interfaces.length,
    bandwidthBps: explained?.bandwidthBps ?? 0,
  };
  const { baseRttNs = -1, loss = 0, jitterNs = 0, rttNs = -1, stability = 0 } = explained ?? {};
  return { info, quality: { baseRttNs, loss, jitterNs, srttNs: rttNs, stability } };
}
