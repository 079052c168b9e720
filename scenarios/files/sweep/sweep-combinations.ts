/**
 * The design of a sweep: which combinations of its values are run, all of them, those for which a
 * condition holds, or a Latin hypercube sample.
 *
 * @module
 */
import { formatValuePath } from '../../../topologies/files/config-error.ts';
import type { SweepSpec } from '../../model.ts';
import type { ScenarioContext } from '../context.ts';
import { amountFileText } from './amount.ts';
import { type SampledAxis, SweepAxesReader } from './axes.ts';
import { combinationAt, combinationCount, eachCombination } from './combinations.ts';
import type { Axis, SweepInput } from './schema.ts';
import { compileWhere, type WhereTest, whereValue } from './where.ts';
import type { WhereMistake } from './where-tokens.ts';

/** Largest number of combinations of one sweep. */
const COMBINATIONS_MAX = 10_000;
/** Largest number of combinations from which a condition may select. */
const EXAMINED_MAX = 1_000_000;
/** Largest number of paths that a sweep varies. */
const PATHS_MAX = 100;
const WHERE = ['sweep', 'where'] as const;

type Parameters = SweepSpec['parameters'];
type Words = readonly [message: string, hint: string];

/**
 * Entries of a file that a sweep cannot vary, because all combinations share them; with the reason and
 * a hint.
 */
const SHARED: ReadonlyMap<string, Words> = new Map([
  ['seeds', ['all combinations run the same seeds', 'write seeds: 3 beside sweep:, or --seeds 3']],
  ['networks', ['a sweep runs on one network', 'write topology.generate.seed: [1, 2, 3]']],
  ['twin', ['a sweep compares combinations by itself', 'sweep what the twin sets']],
  ['sweep', ['a sweep does not vary itself', 'paths begin at the top of the file']],
  ['name', ['no result depends on it', 'sweep what a run depends on']],
  ['question', ['no result depends on it', 'sweep what a run depends on']],
]);

/**
 * Determines the combinations of a sweep; mistakes are reported with their position.
 *
 * @param request Its overrides are the values that flags set, `path -> value`; such paths are not
 *   swept. If flags set all paths, as in each run of a sweep, the result is this one combination; if
 *   the condition does not hold for it, there is only a warning, because the user asked for it.
 */
export function resolveSweepCombinations(
  context: ScenarioContext,
  input: SweepInput,
  { overrides: set = {} }: { readonly overrides?: Readonly<Record<string, string>> },
): SweepSpec {
  const { where, sample, ...paths } = input;
  const entries: readonly (readonly [string, Axis])[] = Object.entries(paths).map(
    ([path, axis]) => [path, Object.hasOwn(set, path) ? [set[path] ?? ''] : axis],
  );
  if (refuseShared(context, entries)) return nothing([]);
  if (entries.every(([path]) => Object.hasOwn(set, path))) {
    return onlyOne(context, input, set);
  }
  if (entries.length > PATHS_MAX) {
    const message = `${entries.length} paths, the limit is ${PATHS_MAX}`;
    context.refuse('E104', ['sweep'], message, 'sweep fewer parameters at a time');
    return nothing([]);
  }
  const axes = new SweepAxesReader(context);
  const before = context.problems.count;
  if (sample === undefined) {
    const parameters = entries.map(([path, axis]) => ({ path, values: axes.list(path, axis) }));
    if (context.problems.count > before) return nothing(parameters);
    return combine(context, parameters, where);
  }
  const size = { runs: sample.runs, seed: sample.seed ?? 1 };
  const sampled = entries.map(([path, axis]) => axes.sample(path, axis, size));
  if (context.problems.count > before) return nothing(sampled.map(({ parameter }) => parameter));
  return pick(context, sampled, { where, runs: size.runs });
}

function nothing(parameters: Parameters): SweepSpec {
  return { parameters, cells: [], warnings: [] };
}

/**
 * Reports paths that a sweep cannot vary, and a sweep without paths.
 * @returns true if there was something to report.
 */
function refuseShared(
  context: ScenarioContext,
  entries: readonly (readonly [string, Axis])[],
): boolean {
  if (entries.length === 0) {
    const hint = 'add a path and its values: traffic.0.rate: [100/s, 200/s]';
    context.refuse('E121', ['sweep'], 'there is nothing to vary', hint);
    return true;
  }
  const before = context.problems.count;
  for (const [path] of entries) {
    const [key = '', ...below] = path.split('.');
    const shared = SHARED.get(key);
    if (shared === undefined) continue;
    const [message, words] = shared;
    const meant = key === 'sweep' && below.length > 0 ? `did you mean ${below.join('.')}? ` : '';
    context.refuseKey('E101', ['sweep', path], message, `${meant}${words}`);
  }
  return context.problems.count > before;
}

/** The design that has only the combination that flags set. */
function onlyOne(
  context: ScenarioContext,
  { where, sample: _, ...paths }: SweepInput,
  set: Readonly<Record<string, string>>,
): SweepSpec {
  const values = Object.entries(paths).map(([path, axis]) => ({
    ...{ path, axis },
    value: set[path] ?? '',
  }));
  const parameters = values.map(({ path, value }) => ({ path, values: [value] }));
  const cells = [Object.fromEntries(values.map(({ path, value }) => [path, value]))];
  if (where === undefined) return { parameters, cells, warnings: [] };
  // The condition is also checked with the listed values, because they show which kinds its
  // comparisons must fit; the value that a flag set may be of another kind.
  const axes = values.map(({ path, axis, value }) => ({
    path,
    values: [...axis.map(sampleOf), value].map(whereValue),
  }));
  const test = compileWhere(where, axes);
  const holds = !('code' in test) && test(values.map(({ value }) => whereValue(value)));
  if (holds) return { parameters, cells, warnings: [] };
  const why = 'code' in test ? `: ${test.message}` : '';
  const message = `does not hold for what --set sets, which runs all the same${why}`;
  return { parameters, cells, warnings: [note(context, 'where', message)] };
}

/** An example of the values of an item, which shows the kind of its unit. */
function sampleOf(item: Axis[number]): string {
  if (typeof item === 'string') return item;
  return amountFileText(item.from.value, item.from.unit);
}

/** All combinations for which the condition holds. */
function combine(
  context: ScenarioContext,
  parameters: Parameters,
  where: string | undefined,
): SweepSpec {
  const count = combinationCount(parameters);
  const isMany = refuseMany(context, count, where === undefined ? COMBINATIONS_MAX : EXAMINED_MAX);
  const test = isMany ? undefined : testOf(context, parameters, where);
  if (test === undefined) return nothing(parameters);
  const values = parameters.map((one) => one.values.map(whereValue));
  const none = whereValue('');
  const cells: Readonly<Record<string, string>>[] = [];
  let kept = 0;
  eachCombination(parameters, (indices) => {
    if (!test(indices.map((index, at) => values[at]?.[index] ?? none))) return;
    kept += 1;
    if (kept <= COMBINATIONS_MAX) cells.push(combinationAt(parameters, indices));
  });
  if (refuseMany(context, kept, COMBINATIONS_MAX)) return nothing(parameters);
  if (where === undefined) return { parameters, cells, warnings: [] };
  return { parameters, cells, warnings: judge(context, { kept, count }) };
}

/** The points of a sample for which the condition holds, in the order in which they were drawn. */
function pick(
  context: ScenarioContext,
  axes: readonly SampledAxis[],
  { where, runs }: { readonly where: string | undefined; readonly runs: number },
): SweepSpec {
  const parameters = axes.map(({ parameter }) => parameter);
  const test = testOf(context, parameters, where);
  if (test === undefined) return nothing(parameters);
  const drawn = Array.from({ length: runs }, (_, at) => axes.map(({ points }) => points[at] ?? ''));
  const kept = drawn.filter((values) => test(values.map(whereValue)));
  const different = new Map(kept.map((values) => [JSON.stringify(values), values]));
  const cells = [...different.values()].map((values) =>
    Object.fromEntries(parameters.map(({ path }, at) => [path, values[at] ?? ''])),
  );
  const warnings = where === undefined ? [] : judge(context, { kept: kept.length, count: runs });
  if (where !== undefined && kept.length > 0 && kept.length < runs) {
    const left = runs - kept.length;
    warnings.push(note(context, 'where', `leaves out ${left} of the ${runs} points of the sample`));
  }
  const again = kept.length - cells.length;
  if (again > 0) {
    const message = `${again} of ${runs} points repeat another one and are left out`;
    warnings.push(note(context, 'sample', message));
  }
  return { parameters, cells, warnings };
}

/** Reports a condition that holds for no combination, and warns about a condition that holds for all. */
function judge(
  context: ScenarioContext,
  { kept, count }: { readonly kept: number; readonly count: number },
): string[] {
  if (kept === count) return [note(context, 'where', `holds for all ${count} combinations`)];
  if (kept > 0) return [];
  context.refuse('E124', WHERE, `holds for none of ${count} combinations`, 'nothing would run');
  return [];
}

/**
 * Reports too many combinations.
 * @returns true if there are too many.
 */
function refuseMany(context: ScenarioContext, count: number, max: number): boolean {
  if (count <= max) return false;
  const many = Number.isSafeInteger(count) ? String(count) : 'more than 2^53';
  const hint = 'sweep fewer parameters at a time, or write sample: { runs: 40, seed: 1 }';
  context.refuse('E104', ['sweep'], `${many} combinations, the limit is ${max}`, hint);
  return true;
}

/** Compiles the condition; undefined after reporting what is wrong with it. */
function testOf(
  context: ScenarioContext,
  parameters: Parameters,
  where: string | undefined,
): WhereTest | undefined {
  if (where === undefined) return () => true;
  const axes = parameters.map(({ path, values }) => ({ path, values: values.map(whereValue) }));
  const test = compileWhere(where, axes);
  if (!('code' in test)) return test;
  refuseWhere(context, where, test);
  return undefined;
}

/**
 * Reports a mistake at its column. If the text in the file differs from its value (several lines,
 * escapes), the whole condition is marked and the message says where the mistake is.
 */
function refuseWhere(context: ScenarioContext, where: string, mistake: WhereMistake): void {
  const { at, end, code, message, hint } = mistake;
  const place = context.source.place(WHERE, 'value');
  const shown = (place.sourceLine ?? '').slice(place.column - 1);
  const begin = [0, 1].find((quote) => shown.startsWith(where, quote));
  if (begin === undefined) {
    context.refuse(code, WHERE, `at character ${at + 1}: ${message}`, hint);
    return;
  }
  const column = place.column + begin + at;
  const words = { code, message, ...(hint === undefined ? {} : { hint }) };
  const endColumn = column + Math.max(1, end - at);
  context.problems.addAll([
    { ...place, column, endColumn, path: formatValuePath(WHERE), ...words },
  ]);
}

/** A remark on the sweep, with its position in the file. */
function note(context: ScenarioContext, key: 'where' | 'sample', message: string): string {
  const { file, line, column } = context.position(['sweep', key]);
  return `${file}:${line}:${column}: sweep.${key}: ${message}`;
}
