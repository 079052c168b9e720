/**
 * Leaves segments out of the answer to a lookup: those over which every path passes an interface that is believed to
 * be down (docs/spec/scion-control.md, "Lookups").
 *
 * @module
 */
import {
  type CombineRequest,
  findSegmentsAround,
  type HostAnswer,
  plainSegments,
  type SegmentsByRole,
} from '../../scion/index.ts';
import type { Revocations } from './revocations.ts';
import { isEmpty } from './segment-sets.ts';

/** The ends of the paths that are looked up. */
type LookupEnds = Pick<CombineRequest, 'crypto' | 'source' | 'target'>;

/**
 * Leaves out the segments whose paths all pass interfaces that routers or hosts have reported down.
 * If nothing would be left, reports of hosts are ignored: hosts need no proof, so a single one
 * could otherwise deprive all others of their paths.
 */
export function leaveOutRevoked(
  segments: SegmentsByRole,
  ends: LookupEnds,
  revocations: Pick<Revocations, 'among'>,
): HostAnswer {
  const all = revocations.among(segments);
  if (all.length === 0) return { segments, revoked: [] };
  const answer = without(segments, ends, all);
  if (!isEmpty(answer.segments)) return answer;
  const quoted = all.filter(({ isQuoted }) => isQuoted);
  return quoted.length === 0 ? { segments, revoked: [] } : without(segments, ends, quoted);
}

/** True if at least one path passes no interface that anybody has reported down. */
export function hasPathAround(
  segments: SegmentsByRole,
  ends: LookupEnds,
  revocations: Pick<Revocations, 'among'>,
): boolean {
  const all = revocations.among(segments);
  return !isEmpty(all.length === 0 ? segments : without(segments, ends, all).segments);
}

function without(
  segments: SegmentsByRole,
  ends: LookupEnds,
  revoked: HostAnswer['revoked'],
): HostAnswer {
  const kept = findSegmentsAround({ ...plainSegments(segments), ...ends }, revoked);
  const left = (all: SegmentsByRole['ups']): SegmentsByRole['ups'] =>
    all.filter(({ segment }) => kept.has(segment));
  const { ups, cores, downs } = segments;
  return { segments: { ups: left(ups), cores: left(cores), downs: left(downs) }, revoked };
}
