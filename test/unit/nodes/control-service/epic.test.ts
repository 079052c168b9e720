/** What hosts need to send on EPIC-HP paths: from the entries of beacons to the paths that a host combines. */
import { describe, expect, it } from 'vitest';
import { SegmentExtender } from '../../../../nodes/control-service/beacons/extender.ts';
import {
  ProvisionedKeys,
  SegmentVerifier,
} from '../../../../nodes/control-service/beacons/signatures.ts';
import { decodeHostAnswer, encodeHostAnswer } from '../../../../nodes/scion/daemon/host-answer.ts';
import { combineSegmentsIntoPaths } from '../../../../nodes/scion/paths/combinator.ts';
import { formatInterface, type Path } from '../../../../nodes/scion/paths/path.ts';
import { plainSegments } from '../../../../nodes/scion/paths/segment-messages.ts';
import {
  emptySignedSegment,
  type SignedSegment,
} from '../../../../nodes/scion/paths/segment-wire.ts';
import type { IsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { Walker } from '../scion/paths/walker.ts';
import { JoinedServices } from './joined-services.ts';
import {
  CORE_A,
  CORE_B,
  CORE_C,
  crypto,
  extenderPartsOf,
  FAR,
  LEAF,
  MIDDLE,
  NETWORK,
  NOW_S,
  publicKeyOf,
} from './small-network.ts';

const ALL = NETWORK.ases.map(({ isdAs }) => isdAs);

/** The paths of a host, which the control service of its AS answers. */
function pathsFrom(joined: JoinedServices, source: IsdAs, target: IsdAs): readonly Path[] {
  const answer = decodeHostAnswer(encodeHostAnswer(joined.findAll(source, target)));
  if (answer === undefined) expect.fail('no answer');
  return combineSegmentsIntoPaths({ ...plainSegments(answer.segments), source, target, crypto });
}

describe('the keys of EPIC-HP paths', () => {
  it('are the full MACs that the routers of the last two hop fields compute, on every path', () => {
    const joined = new JoinedServices(ALL, { epic: true }).runTo(8);
    const walker = new Walker(NETWORK, crypto);
    const kinds = new Set<string>();
    const ends = [LEAF, MIDDLE, FAR, CORE_A].flatMap((source) =>
      [LEAF, FAR, CORE_B, CORE_C].map((target) => ({ source, target })),
    );
    for (const { source, target } of ends.filter((pair) => pair.source !== pair.target)) {
      const paths = pathsFrom(joined, source, target);
      expect(paths.length).toBeGreaterThan(0);
      for (const { interfaces, wire, epic } of paths) {
        const { end, tags } = walker.walk(source, target, wire);
        expect(end, interfaces.map(formatInterface).join(' ')).toBe(target);
        const [penultimate, last] = tags.slice(-2);
        expect(epic).toEqual({ penultimate, last });
        const { infos } = wire.kind === 'scion' ? wire : expect.fail(wire.kind);
        kinds.add(infos.map(({ isConsDir, isPeering }) => `${isConsDir}${isPeering}`).join());
      }
    }
    // Among them are paths of each direction, and over the peering link.
    expect(kinds).toContain('falsetrue,truetrue');
    expect(kinds.size).toBeGreaterThan(4);
  });

  it('are there only if the last two ASes announce them', () => {
    const keyless = (silent: readonly IsdAs[]): readonly boolean[] => {
      const joined = new JoinedServices(ALL, (isdAs) => ({ epic: !silent.includes(isdAs) })).runTo(
        8,
      );
      return [CORE_A, LEAF].map((target) =>
        pathsFrom(joined, FAR, target).every(({ epic }) => epic === undefined),
      );
    };
    // All paths to LEAF end with MIDDLE and LEAF.
    expect(keyless([])).toEqual([false, false]);
    expect(keyless([MIDDLE])).toEqual([false, true]);
    expect(keyless([LEAF])).toEqual([false, true]);
    expect(keyless(ALL)).toEqual([true, true]);
  });
});

describe('what the MACs of entries leave out', () => {
  const verify = (segment: SignedSegment): string | undefined =>
    new SegmentVerifier(crypto, new ProvisionedKeys(crypto, publicKeyOf)).refusal(segment);
  const beacon = (epic: typeof crypto | undefined): SignedSegment =>
    [CORE_A, MIDDLE].reduce(
      (before, isdAs, index) => {
        const extender = new SegmentExtender({ ...extenderPartsOf(isdAs), epic });
        return extender.extend(before, index, 3);
      },
      emptySignedSegment(1, NOW_S),
    );
  const withEntries = (
    to: SignedSegment,
    change: (entry: SignedSegment['segment']['entries'][number]) => typeof entry,
  ): SignedSegment => ({
    ...to,
    segment: { ...to.segment, entries: to.segment.entries.map(change) },
  });
  const flipped = (of: Uint8Array | undefined): Uint8Array => {
    const changed = Uint8Array.from(of ?? []);
    changed[9]! ^= 1;
    return changed;
  };
  const made = beacon(crypto);

  it('is taken as its AS signed a digest of it', () => {
    expect(verify(made)).toBeUndefined();
    expect(made.segment.entries.map(({ peers }) => peers.length)).toEqual([0, 1]);
    expect(made.signed.map(({ epicDigest }) => epicDigest.length)).toEqual([16, 16]);
  });

  it('is refused if a byte of it changed, of a peering hop as well', () => {
    const ofHop = withEntries(made, ({ hop, ...rest }) => ({
      ...rest,
      hop: { ...hop, macRest: flipped(hop.macRest) },
    }));
    const ofPeers = withEntries(made, ({ peers, ...rest }) => ({
      ...rest,
      peers: peers.map(({ hop, ...peer }) => ({
        ...peer,
        hop: { ...hop, macRest: flipped(hop.macRest) },
      })),
    }));
    expect([ofHop, ofPeers].map(verify)).toEqual(['epic-digest', 'epic-digest']);
  });

  it('may be left out on the way, but not added', () => {
    const bare = beacon(undefined);
    expect(bare.signed.map(({ epicDigest }) => epicDigest.length)).toEqual([0, 0]);
    expect(verify(bare)).toBeUndefined();
    const [left, added] = [
      { ...made, segment: bare.segment },
      { ...bare, segment: made.segment },
    ];
    expect(verify(left)).toBeUndefined();
    expect(verify(added)).toBe('epic-digest');
  });

  it('is refused even of a beacon whose signatures were verified before', () => {
    const verifier = new SegmentVerifier(crypto, new ProvisionedKeys(crypto, publicKeyOf));
    expect(verifier.refusal(made)).toBeUndefined();
    const changed = withEntries(made, ({ hop, ...rest }) => ({
      ...rest,
      hop: { ...hop, macRest: flipped(hop.macRest) },
    }));
    expect(verifier.refusal(changed)).toBe('epic-digest');
  });
});
