/**
 * Which values the sweep of a scenario lists, as its file writes them.
 *
 * @module
 */
import type { ConfigSource } from '../../../topologies/files/source.ts';
import { valueAt } from '../../../topologies/files/zod-words.ts';
import { sweepSchema } from './schema.ts';

/** Tells whether the sweep of a file lists a value for a path; ranges, which are numbers, list none. */
export function sweptValuePredicate({
  data,
}: ConfigSource): (path: string, value: string) => boolean {
  const {
    where: _,
    sample: _sample,
    ...axes
  } = sweepSchema.safeParse(valueAt(data, ['sweep'])).data ?? {};
  const listed = new Map(
    Object.entries(axes).map(([path, axis]) => [path, new Set<unknown>(axis)]),
  );
  return (path, value) => listed.get(path)?.has(value) === true;
}
