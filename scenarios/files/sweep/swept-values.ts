/**
 * The values that the sweep of a scenario lists, as written in its file.
 *
 * @module
 */
import type { ConfigSource } from '../../../topologies/files/source.ts';
import { valueAt } from '../../../topologies/files/zod-words.ts';
import { sweepSchema } from './schema.ts';

/**
 * Makes a function that tells whether the sweep of a file lists a value for a path. Values of ranges,
 * which are numbers, do not count.
 */
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
