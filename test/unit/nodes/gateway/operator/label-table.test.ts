/** What is measured by labels stays bounded, whatever peers and paths come. */
import { expect, it } from 'vitest';
import {
  LABEL_SETS_MAX,
  LabelTable,
  makeCounts,
} from '../../../../../nodes/gateway/operator/label-table.ts';

it('keeps so many combinations of labels, counts the others as other, and says how often', () => {
  const table = new LabelTable(() => ({ count: 0 }), 3);
  for (const label of ['a', 'b', 'c', 'd', 'a', 'd']) table.of(label, 'x').count += 1;
  expect(table.rows.map(({ labels, value }) => [...labels, value.count])).toEqual([
    ['a', 'x', 2],
    ['b', 'x', 1],
    ['other', 'other', 3],
  ]);
  expect(table.folded).toBe(3);
});

it('has a bound by itself', () => {
  // The published default of `max_label_cardinality`.
  expect(LABEL_SETS_MAX).toBe(10_000);
  const table = makeCounts();
  for (let path = 0; path < LABEL_SETS_MAX + 5; path += 1) table.of(`path ${path}`).add();
  expect(table.rows.length).toBe(LABEL_SETS_MAX);
  expect(table.folded).toBe(6);
  expect(table.rows.at(-1)?.value.total).toBe(6);
});
