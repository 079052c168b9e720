/**
 * Cuts an answer to what fits one message: it keeps the best segments of all ASes rather than all segments of a few
 * ASes.
 *
 * @module
 */
import {
  findFirstAs,
  findLastAs,
  SEGMENTS_PER_ROLE_MAX,
  type SegmentsByRole,
} from '../../scion/index.ts';

/** Largest numbers of bytes of tags and lengths: per entry, per segment, and once per message for its roles. */
const OVERHEAD = { entry: 20, segment: 10, message: 60 } as const;
const ROLES = ['ups', 'downs', 'cores'] as const;

type Segment = SegmentsByRole['ups'][number];

/**
 * Selects as many segments as fit a message: the first one between each pair of ASes, then the second, and so on.
 * @param bytesMax Longest message, bytes.
 */
export function fittingSegments(all: SegmentsByRole, bytesMax: number): SegmentsByRole {
  const taken: Record<keyof SegmentsByRole, Segment[]> = { ups: [], downs: [], cores: [] };
  let room = bytesMax - OVERHEAD.message;
  const ranked = ROLES.flatMap((role) => rankedBetweenAses(all[role], role));
  ranked.sort((left, right) => left.rank - right.rank);
  for (const { role, segment } of ranked) {
    const bytes = encodedBytesMax(segment);
    if (taken[role].length >= SEGMENTS_PER_ROLE_MAX || bytes > room) continue;
    room -= bytes;
    taken[role].push(segment);
  }
  return taken;
}

function rankedBetweenAses<Role extends keyof SegmentsByRole>(
  segments: readonly Segment[],
  role: Role,
): { readonly role: Role; readonly segment: Segment; readonly rank: number }[] {
  const counts = new Map<string, number>();
  return segments.map((segment) => {
    const ends = `${findFirstAs(segment.segment)} ${findLastAs(segment.segment)}`;
    const rank = counts.get(ends) ?? 0;
    counts.set(ends, rank + 1);
    return { role, segment, rank };
  });
}

function encodedBytesMax({ information, signed }: Segment): number {
  let bytes = OVERHEAD.segment + information.length;
  for (const { headerAndBody, signature } of signed) {
    bytes += OVERHEAD.entry + headerAndBody.length + signature.length;
  }
  return bytes;
}
