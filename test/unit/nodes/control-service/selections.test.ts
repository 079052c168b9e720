/** The selections of beacons that are no part of the reference. */
import { describe, expect, it } from 'vitest';
import { guardedSelection } from '../../../../nodes/control-service/beacons/chosen-selection.ts';
import type {
  BeaconCandidate,
  BeaconSelection,
} from '../../../../nodes/control-service/beacons/selection.ts';
import { BEACON_SELECTIONS } from '../../../../nodes/control-service/beacons/selections/index.ts';
import { NO_PROPERTY_VALUES, type StaticInfo } from '../../../../nodes/scion/paths/static-info.ts';
import { requireIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';

const MAC = new Uint8Array(6);

/** What an entry announces of its link, and of its inside. */
interface Said {
  readonly inter?: number;
  readonly intra?: number;
}

/** A beacon over links of these names, with what is said of each. */
function beacon(links: string, said: readonly Said[] = []): BeaconCandidate {
  const entries = [...links].map((link, index) => {
    const consIngress = index === 0 ? 0 : 1;
    const consEgress = link.charCodeAt(0);
    const { inter, intra } = said[index] ?? {};
    const values = {
      inter: new Map(inter === undefined ? [] : [[consEgress, inter]]),
      intra: new Map(intra === undefined ? [] : [[consIngress, intra]]),
    };
    const staticInfo: StaticInfo = {
      ...{ latencyUs: values, carbon: values, bandwidthKbps: NO_PROPERTY_VALUES },
      ...{ geo: new Map(), linkTypes: new Map(), internalHops: new Map(), note: '' },
    };
    const hop = { consIngress, consEgress, expTime: 63, mac: MAC };
    return {
      isdAs: requireIsdAs(`1-${index + 1}`),
      mtu: 0,
      ingressMtu: 0,
      hop,
      peers: [],
      staticInfo,
    };
  });
  return { segment: { segmentId: 0, timestamp: 0, entries } };
}

function namesOf(all: readonly BeaconCandidate[]): string[] {
  return all.map(({ segment }) =>
    String.fromCharCode(...segment.entries.map(({ hop }) => hop.consEgress)),
  );
}

describe.each(['latency', 'greenest'] as const)('the selection %s', (name) => {
  const { select } = BEACON_SELECTIONS[name];

  it('chooses the least sums of links and of ASes between them', () => {
    const far = beacon('ab', [{ inter: 1 }, { inter: 1, intra: 9 }]);
    const near = beacon('cd', [{ inter: 3 }, { inter: 3, intra: 4 }]);
    const nearest = beacon('e', [{ inter: 9 }]);
    expect(namesOf(select([far, near, nearest], 2))).toEqual(['e', 'cd']);
  });

  it('chooses what is unknown in part after all that is known, and of equal ones the first', () => {
    const silent = beacon('a');
    const half = beacon('bc', [{ inter: 1 }, { inter: 1 }]);
    const known = beacon('d', [{ inter: 99 }]);
    const same = beacon('e', [{ inter: 99 }]);
    expect(namesOf(select([silent, half, known, same], 4))).toEqual(['d', 'e', 'a', 'bc']);
  });
});

describe('the selection diversity', () => {
  const { select } = BEACON_SELECTIONS.diversity;

  it('chooses the shortest, and then links that were chosen least often', () => {
    const all = ['ab', 'ac', 'db', 'dc', 'xyz'].map((links) => beacon(links));
    expect(namesOf(select(all, 3))).toEqual(['ab', 'dc', 'xyz']);
    expect(namesOf(select(all, 9))).toEqual(['ab', 'dc', 'xyz', 'ac', 'db']);
  });

  it('chooses nothing of nothing', () => {
    expect(select([], 3)).toEqual([]);
  });
});

describe('a guarded selection', () => {
  const all = ['a', 'b', 'c', 'd'].map((links) => beacon(links));

  /** What is chosen of `all`, at most three, and how often the selection has failed. */
  function choose(select: (given: BeaconCandidate[]) => unknown): [string[], number] {
    let failures = 0;
    const selection = { select } as unknown as BeaconSelection;
    const guarded = guardedSelection(selection, () => {
      failures += 1;
    });
    return [namesOf(guarded.select(all, 3)), failures];
  }

  it('chooses candidates only, each once, and not too many', () => {
    expect(choose(([first, second]) => [second, second, beacon('x'), 7, first])).toEqual([
      ['a', 'b'],
      0,
    ]);
    expect(choose((given) => given)).toEqual([['a', 'b', 'c'], 0]);
  });

  it('does not see what is done to the list of candidates', () => {
    expect(choose((given) => given.splice(0, 2))).toEqual([['a', 'b'], 0]);
    expect(all).toHaveLength(4);
  });

  it('chooses nothing if the selection fails', () => {
    const mine = (): never => {
      throw new Error('mine');
    };
    for (const select of [mine, (): unknown => undefined, (): unknown => ({ length: 1 })]) {
      expect(choose(select)).toEqual([[], 1]);
    }
  });
});
