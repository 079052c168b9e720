/**
 * The choice of beacons that are passed on, compared with the reference's own cases (beacons.json).
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { BeaconCandidate } from '../../nodes/control-service/beacons/selection.ts';
import {
  beaconDiversity,
  reference,
} from '../../nodes/control-service/beacons/selections/reference.ts';
import { vectorSets } from '../vectors-root.ts';
import { Graph, graphFor } from './scion-graph.ts';

interface BeaconsFile {
  readonly diversity: readonly {
    readonly name: string;
    readonly best: readonly number[];
    readonly other: readonly number[];
    readonly diversity: number;
  }[];
  readonly select: readonly {
    /** Interfaces by which the beacons left, shortest first. */
    readonly candidates: readonly (readonly number[])[];
    readonly bestSetSize: number;
    /** Places among the candidates. */
    readonly selected: readonly number[];
  }[];
}

/** Computed by hand from control/beacon/{beacon,selection_algo}.go of scionproto/scion. */
const FIGURES: BeaconsFile = {
  diversity: [
    { name: 'a part of the other', best: [1311], other: [1311, 1129], diversity: 0 },
    { name: 'longer than the other', best: [1311, 1129], other: [1311], diversity: 1 },
    { name: 'distinct', best: [1311, 1129, 3015], other: [3214, 1417], diversity: 3 },
  ],
  select: [
    { candidates: [[1311], [1311, 1129], [3214, 1417]], bestSetSize: 2, selected: [0, 2] },
    { candidates: [[1311], [1316], [3214, 1417]], bestSetSize: 2, selected: [0, 1] },
    // One that is no more diverse than what is chosen already does not take the last place.
    {
      candidates: [[1311], [1316], [1311, 1129], [3214, 1417]],
      bestSetSize: 3,
      selected: [0, 1, 2],
    },
    // Of equally diverse ones the shorter.
    { candidates: [[1311], [3214, 1417], [1316]], bestSetSize: 2, selected: [0, 2] },
    { candidates: [[1311], [1316], [3214, 1417]], bestSetSize: 3, selected: [0, 1, 2] },
    { candidates: [[1311], [1311, 1129], [1316, 1619]], bestSetSize: 1, selected: [2] },
  ],
};

const BEACONS = vectorSets('scion/beacons.json', FIGURES);

describe.each(BEACONS)('beacons, $set', ({ file, isWhole }) => {
  const graph = new Graph(graphFor({ isWhole }));
  /** A beacon on its way over the last interface: the AS at its end has no entry yet. */
  const beacon = (egresses: readonly number[]): BeaconCandidate => {
    const segment = graph.segment(egresses);
    return { segment: { ...segment, entries: segment.entries.slice(0, -1) } };
  };

  it.each(file.diversity)('diversity: $name', ({ best, other, diversity: links }) => {
    expect(beaconDiversity(beacon(best), beacon(other))).toBe(links);
  });

  it.each(file.select)('the best $bestSetSize are $selected', (row) => {
    const candidates = row.candidates.map(beacon);
    const chosen = reference.select(candidates, row.bestSetSize);
    expect(chosen.map((one) => candidates.indexOf(one))).toEqual(row.selected);
  });
});
