/**
 * What a node remembers of groups that it is not in any more.
 *
 * @module
 */
import { expect, it } from 'vitest';
import { LEFT_GROUPS_MAX } from '../../../../../nodes/fabric/groups/geometry.ts';
import { LeftGroups } from '../../../../../nodes/fabric/groups/left-groups.ts';

it('forgets the group that it left first when peers name more than a thousand, on disk too', () => {
  const disk = new Set<string>();
  const left = new LeftGroups(
    { nowMs: () => 0, put: (key) => disk.add(key), erase: (key) => disk.delete(key) },
    [],
  );
  for (let number = 1; number <= LEFT_GROUPS_MAX + 1; number += 1)
    left.add({ owner: 'ada', number }, 1);
  const epochs = [1, 2, LEFT_GROUPS_MAX + 1].map((number) =>
    left.epochOf({ owner: 'ada', number }),
  );
  expect([left.size, disk.size, ...epochs]).toEqual([LEFT_GROUPS_MAX, LEFT_GROUPS_MAX, 0, 1, 1]);
});
