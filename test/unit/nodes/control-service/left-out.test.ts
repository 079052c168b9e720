/** What answers leave out, in a network with a peering link, and for whom. */
import { describe, expect, it } from 'vitest';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import { REVOCATION_NS } from '../../../../nodes/control-service/geometry.ts';
import {
  hasPathAround,
  leaveOutRevoked,
} from '../../../../nodes/control-service/lookup/left-out.ts';
import { Revocations } from '../../../../nodes/control-service/lookup/revocations.ts';
import {
  combineSegmentsIntoPaths,
  formatInterface,
  type HostAnswer,
  type IsdAs,
  leaveOutPaths,
  type PathInterface,
  plainSegments,
  type SegmentsByRole,
} from '../../../../nodes/scion/index.ts';
import {
  beaconOver,
  CORE_A,
  CORE_B,
  CORE_C,
  crypto,
  FAR,
  LEAF,
  MIDDLE,
  NETWORK,
  NOW_S,
} from './small-network.ts';

/** What there is between LEAF and FAR. */
const ALL: SegmentsByRole = {
  ups: [beaconOver(CORE_A, [3, 3, 0]), beaconOver(CORE_B, [3, 3, 0])],
  cores: [beaconOver(CORE_C, [2, 0]), beaconOver(CORE_C, [1, 0]), beaconOver(CORE_C, [2, 1, 0])],
  downs: [beaconOver(CORE_C, [3, 0])],
};
const INTERFACES: readonly PathInterface[] = NETWORK.links.flatMap(({ a, b }) => [a, b]);
const PEERING = { isdAs: MIDDLE, ifId: 4 };

/** What was told, and the clock. */
class Told {
  nowNs = 0;
  readonly revocations = new Revocations({
    now: (): number => this.nowNs,
    clock: (): CalendarTime => ({ seconds: NOW_S, nanos: 0 }),
    lifetimeNs: REVOCATION_NS,
    restored: (): void => undefined,
  });

  byRouter(...interfaces: readonly PathInterface[]): this {
    for (const item of interfaces) {
      this.revocations.note({ ...item, by: `SCMP from ${item.isdAs}`, isQuoted: true });
    }
    return this;
  }

  byHost(...interfaces: readonly PathInterface[]): this {
    for (const item of interfaces) this.revocations.note({ ...item, by: 'host 127.0.0.2' });
    return this;
  }

  answer(segments = ALL, target: IsdAs = FAR): HostAnswer {
    return leaveOutRevoked(segments, { source: LEAF, target, crypto }, this.revocations);
  }
}

function pathsOf({ segments, revoked }: HostAnswer): string[] {
  const ends = { source: LEAF, target: FAR, crypto };
  const all = combineSegmentsIntoPaths({ ...plainSegments(segments), ...ends });
  return leaveOutPaths(all, revoked).map(({ interfaces }) =>
    interfaces.map(formatInterface).join(' '),
  );
}

/** Of each segment, whether there are more paths with it than without any segment of its role. */
function areUsed({ segments, revoked }: HostAnswer): readonly boolean[] {
  const count = (some: Partial<SegmentsByRole>): number =>
    pathsOf({ segments: { ...segments, ...some }, revoked }).length;
  return (['ups', 'cores', 'downs'] as const).flatMap((role) =>
    segments[role].map((one) => count({ [role]: [one] }) > count({ [role]: [] })),
  );
}

const PAIRS = INTERFACES.flatMap((first) => INTERFACES.map((second) => [first, second] as const));

describe('an answer', () => {
  it('has all paths that pass none of the interfaces, no other, and no segment beside theirs', () => {
    const whole = pathsOf({ segments: ALL, revoked: [] });
    expect(whole.length).toBeGreaterThan(3);
    for (const pair of PAIRS) {
      const answer = new Told().byRouter(...pair).answer();
      const names = pair.map(formatInterface);
      expect(pathsOf(answer)).toEqual(
        whole.filter((path) => !path.split(' ').some((name) => names.includes(name))),
      );
      expect(areUsed(answer)).not.toContain(false);
    }
  });

  it('keeps what only a peering link leads around a dead link', () => {
    const { segments, revoked } = new Told()
      .byRouter({ isdAs: CORE_C, ifId: 3 }, { isdAs: CORE_A, ifId: 3 })
      .answer();
    expect([segments.ups.length, segments.cores.length, segments.downs.length]).toEqual([2, 0, 1]);
    expect(revoked.map(formatInterface).sort()).toEqual([`${CORE_A}#3`, `${CORE_C}#3`]);
  });

  it('has no segment, but the reason, if no path is left', () => {
    const told = new Told().byRouter({ isdAs: LEAF, ifId: 1 });
    const { segments, revoked } = told.answer();
    expect(segments).toEqual({ ups: [], cores: [], downs: [] });
    expect(revoked).toEqual([{ isdAs: LEAF, ifId: 1, isQuoted: true }]);
  });

  it('has everything again after ten seconds, and not before', () => {
    const told = new Told().byRouter({ isdAs: LEAF, ifId: 1 });
    told.nowNs = REVOCATION_NS - 1;
    expect(pathsOf(told.answer())).toEqual([]);
    told.nowNs = REVOCATION_NS;
    expect(told.answer()).toEqual({ segments: ALL, revoked: [] });
  });
});

describe('what a host says', () => {
  it('leaves paths out like the word of a router, as long as there are others', () => {
    const told = new Told().byHost(PEERING);
    const { segments, revoked } = new Told().byRouter(PEERING).answer();
    expect(told.answer()).toMatchObject({ segments, revoked: revoked.map(() => PEERING) });
  });

  it('took every path from all other hosts of the AS', () => {
    const told = new Told().byHost({ isdAs: LEAF, ifId: 1 });
    expect(told.answer()).toEqual({ segments: ALL, revoked: [] });
    const ends = { source: LEAF, target: FAR, crypto };
    expect(hasPathAround(ALL, ends, told.revocations)).toBe(false);
    expect(hasPathAround(ALL, ends, new Told().byHost(PEERING).revocations)).toBe(true);
    expect(hasPathAround(ALL, ends, new Told().revocations)).toBe(true);
    // What routers said still holds.
    const both = told.byRouter(PEERING).answer();
    expect(both.revoked.map(formatInterface)).toEqual([formatInterface(PEERING)]);
    expect(pathsOf(both)).toHaveLength(pathsOf(new Told().byRouter(PEERING).answer()).length);
  });

  it('neither weakens the word of a router nor makes it last', () => {
    const told = new Told().byRouter({ isdAs: LEAF, ifId: 1 });
    told.nowNs = REVOCATION_NS / 2;
    told.byHost({ isdAs: LEAF, ifId: 1 });
    expect(pathsOf(told.answer())).toEqual([]);
    told.nowNs = REVOCATION_NS;
    expect(told.revocations.has([{ isdAs: LEAF, ifId: 1 }])).toBe(true);
    expect(told.answer()).toEqual({ segments: ALL, revoked: [] });
  });
});
