/**
 * Describes one path with the facts known about it, for the strategies and for people.
 *
 * @module
 */
import type { ManagedPath } from './managed-path.ts';
import type { ExplainedPath, PathStatus } from './types.ts';

type DescribedPath = Pick<
  ManagedPath,
  'accusedNs' | 'health' | 'info' | 'lossNow' | 'quality' | 'role'
>;

/** The facts about a path at an instant. */
export function describePath(now: number, path: DescribedPath): PathStatus {
  const { info, role, health, quality, accusedNs } = path;
  return {
    id: info.id,
    role,
    health,
    isAccused: accusedNs >= 0,
    rttNs: quality.srttNs < 0 ? -1 : Math.floor(quality.srttNs),
    jitterNs: Math.floor(quality.jitterNs),
    loss: path.lossNow(now),
    stability: quality.stability,
    bandwidthBps: info.bandwidthBps,
    measuredAgoNs: quality.lastAnswerNs < 0 ? -1 : now - quality.lastAnswerNs,
  };
}

/** The facts, with the reason why the path is in use or is not. */
export function explainPath(
  now: number,
  path: ManagedPath,
  { reason, queueGrowthNs }: Pick<ExplainedPath, 'reason' | 'queueGrowthNs'>,
): ExplainedPath {
  const { hops, mtu, expiresAt } = path.info;
  const { baseRttNs } = path.quality;
  return { ...describePath(now, path), hops, mtu, expiresAt, baseRttNs, queueGrowthNs, reason };
}
