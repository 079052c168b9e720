/**
 * The values of each path of a sweep: all of them, or those that a sample draws.
 *
 * @module
 */
import type { SweepSpec } from '../../model.ts';
import type { ScenarioContext } from '../context.ts';
import { compare } from './exact.ts';
import { type SampleSize, sampleList, sampleRange } from './latin.ts';
import { type OpenRange, wholeValues } from './range.ts';
import type { Axis } from './schema.ts';
import { whereValue } from './where.ts';

/** A parameter, and its value in each point of a sample. */
export interface SampledAxis {
  readonly parameter: SweepSpec['parameters'][number];
  readonly points: readonly string[];
}

/**
 * All values of a path; where it has ranges, each value once. Ranges without values are reported at
 * their place.
 */
export function listAxis(context: ScenarioContext, path: string, axis: Axis): readonly string[] {
  const values = axis.flatMap((item, index) => {
    if (typeof item === 'string') return [item];
    if (item.kind === 'stepped') return item.values;
    const stepped = axis.length > 1 && !item.from.isWhole ? alone(item) : wholeValues(item);
    if ('value' in stepped) return stepped.value.values;
    const { code, message, hint } = stepped.mistake;
    context.refuse(code, placeOf(context, path, index), message, hint);
    return [];
  });
  return axis.every((item) => typeof item === 'string') ? values : [...new Set(values)];
}

/** The values of a path in a sample; a range without a step is a continuous axis. */
export function sampleAxis(
  context: ScenarioContext,
  [path, axis]: readonly [string, Axis],
  size: SampleSize,
): SampledAxis {
  const [first] = axis;
  const isOpen = axis.length === 1 && typeof first === 'object' && first.kind === 'open';
  if (!isOpen) {
    const values = listAxis(context, path, axis);
    const points = values.length === 0 ? [] : sampleList(path, values, size);
    return { parameter: { path, values }, points };
  }
  if (compare(first.from.value, first.to.value) === 0) {
    const message = `${first.text} ends where it begins`;
    context.refuse('E104', placeOf(context, path, 0), message, 'write the value in a list');
    return { parameter: { path, values: [] }, points: [] };
  }
  const points = sampleRange(path, first, size);
  const ascending = [...new Set(points)].sort(
    (a, b) => whereValue(a).amount - whereValue(b).amount,
  );
  return { parameter: { path, values: ascending }, points };
}

function alone({ text }: OpenRange): Exclude<ReturnType<typeof wholeValues>, { value: unknown }> {
  const message = `${text} has no step, so it has no values to list`;
  const hint = 'write a step; only a range that stands alone is sampled continuously';
  return { mistake: { code: 'E104', message, hint } };
}

/** The place of a range: in the list of its path, or the value of the path. */
function placeOf(
  { source }: ScenarioContext,
  path: string,
  index: number,
): readonly (string | number)[] {
  const { sweep } = source.data as { readonly sweep?: Readonly<Record<string, unknown>> };
  return Array.isArray(sweep?.[path]) ? ['sweep', path, index] : ['sweep', path];
}
