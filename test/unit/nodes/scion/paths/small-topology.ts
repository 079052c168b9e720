/**
 * Topologies for tests: one made by hand that has every kind of path, and random ones.
 *
 * @module
 */
import fc from 'fast-check';
import type { Random } from '../../../../../engine/host/random.ts';
import type { ScionLink, ScionTopology } from '../../../../../nodes/scion/paths/topology.ts';
import { formatIsdAs, type IsdAs, requireIsdAs } from '../../../../../nodes/scion/wire/isd-as.ts';

/** Draws 0, 1, 2 …, so that segment ids are distinct. */
export function countingRandom(): Random {
  let next = 0;
  const random: Pick<Random, 'below'> = { below: (values) => next++ % values };
  return random as Random;
}

/** A key for an AS that depends only on the number of the AS. */
export function keyOf(as: IsdAs): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, index) => as.charCodeAt(index % as.length) + index);
}

export const CORE_1 = requireIsdAs('1-ff00:0:110');
export const CORE_2 = requireIsdAs('2-ff00:0:210');
export const MIDDLE = requireIsdAs('1-ff00:0:111');
export const LEAF_A = requireIsdAs('1-ff00:0:112');
export const LEAF_B = requireIsdAs('1-ff00:0:113');
export const FAR = requireIsdAs('2-ff00:0:211');

/**
 *     CORE_1 1 === 1 CORE_2          two core links
 *            2 === 2
 *        3|           |3
 *       1 |           | 1
 *     MIDDLE 4 ~~~~ 4 FAR            peering
 *     2|     |3
 *     1|     |1
 *   LEAF_A LEAF_B
 */
export const SMALL: ScionTopology = {
  ases: [CORE_1, CORE_2, MIDDLE, LEAF_A, LEAF_B, FAR].map((as) => {
    return { isdAs: as, core: as === CORE_1 || as === CORE_2, mtu: 1472, forwardingKey: keyOf(as) };
  }),
  links: [
    link('core', [CORE_1, 1], [CORE_2, 1], 1400),
    link('core', [CORE_1, 2], [CORE_2, 2], 1300),
    link('parent-child', [CORE_1, 3], [MIDDLE, 1], 1450),
    link('parent-child', [CORE_2, 3], [FAR, 1], 1450),
    link('parent-child', [MIDDLE, 2], [LEAF_A, 1], 1440),
    link('parent-child', [MIDDLE, 3], [LEAF_B, 1], 1430),
    link('peer', [MIDDLE, 4], [FAR, 4], 1280),
  ],
};

function link(
  type: ScionLink['type'],
  a: readonly [IsdAs, number],
  b: readonly [IsdAs, number],
  mtu: number,
): ScionLink {
  return { type, a: { isdAs: a[0], ifId: a[1] }, b: { isdAs: b[0], ifId: b[1] }, mtu };
}

/**
 * Random valley-free graphs: up to three core ASes in a ring, every other AS below one or two
 * earlier ones, and peering links between ASes below the core.
 */
export const randomTopology: fc.Arbitrary<ScionTopology> = fc
  .record({
    coreCount: fc.integer({ min: 1, max: 3 }),
    parents: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 6 }),
    peerings: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 3 }),
  })
  .map(({ coreCount, parents, peerings }): ScionTopology => {
    const ases = Array.from({ length: coreCount + parents.length }, (_, index) =>
      formatIsdAs(1, 0xff00_0000_0100 + index),
    );
    const nextIfId = new Map<IsdAs, number>();
    const end = (as: IsdAs): readonly [IsdAs, number] => {
      nextIfId.set(as, (nextIfId.get(as) ?? 0) + 1);
      return [as, nextIfId.get(as) as number];
    };
    const links: ScionLink[] = [];
    const join = (type: ScionLink['type'], left: number, right: number): void => {
      links.push(link(type, end(ases[left] as IsdAs), end(ases[right] as IsdAs), 1400));
    };
    for (let core = 1; core < coreCount; core++) join('core', core - 1, core);
    if (coreCount === 3) join('core', 2, 0);
    for (const [index, [first, second, isTwice]] of parents.entries()) {
      const child = coreCount + index;
      join('parent-child', first % child, child);
      if (isTwice) join('parent-child', second % child, child);
    }
    for (const [left, right] of peerings) {
      const a = coreCount + (left % parents.length);
      const b = coreCount + (right % parents.length);
      if (a !== b) join('peer', a, b);
    }
    return {
      ases: ases.map((as, index) => {
        return { isdAs: as, core: index < coreCount, mtu: 1472, forwardingKey: keyOf(as) };
      }),
      links,
    };
  });
