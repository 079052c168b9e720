/**
 * The entry `twin` of a scenario: the changes of the second run of each seed. A twin is loaded as if
 * flags set its values, and mistakes in these are reported at their position in the file.
 *
 * @module
 */
import {
  type ConfigIssue,
  FLAG_PSEUDO_FILE,
  type IssuePosition,
} from '../../topologies/files/config-error.ts';
import type { ConfigSource } from '../../topologies/files/source.ts';
import { valueAt } from '../../topologies/files/zod-words.ts';
import type { ScenarioContext } from './context.ts';
import type { ScenarioInput } from './schema.ts';

type Values = Readonly<Record<string, string>>;
type TwinInput = NonNullable<ScenarioInput['twin']>;

/** The path whose value selects which of the two runs is made. */
export const TWIN_RUN_PATH = 'twin.run';

/** Column at which the path of a flag begins in the line that error messages show for it. */
const PATH_COLUMN = FLAG_PSEUDO_FILE.length + 2;

/** Entries that a twin cannot change, because both runs share them; with the reason. */
const SHARED: ReadonlyMap<string, string> = new Map([
  ['seeds', 'each seed runs twice: write seeds: 5 beside twin:'],
  ['networks', 'both run on the same networks: write networks: beside twin:'],
  [
    'kpis',
    'limits judge both runs: write them below kpis:, those of the difference below difference:',
  ],
  ['twin', 'a twin has no twin: paths begin at the top of the file'],
  ['sweep', 'a twin is one run, no sweep'],
  ['hunt', 'a twin is not hunted'],
  ['timeLimit', 'the limit is that of both runs together'],
  ['name', 'no result depends on it'],
  ['question', 'no result depends on it'],
]);

/**
 * The changes of the twin, as flags would set them; undefined unless the file selects the twin as its
 * only run.
 */
export function twinChangesToRun({ data }: Pick<ConfigSource, 'data'>): Values | undefined {
  const set = valueAt(data, ['twin', 'set']);
  if (valueAt(data, ['twin', 'run']) !== 'twin') return undefined;
  return set !== null && typeof set === 'object' ? textsOf(set) : undefined;
}

/** True if the file has a twin and selects both runs. */
export function hasTwin({ data }: Pick<ConfigSource, 'data'>): boolean {
  const twin = valueAt(data, ['twin']);
  const run = valueAt(data, ['twin', 'run']);
  return twin !== undefined && (run === undefined || run === 'both');
}

/** The values of a run with the changes of the twin, which come last and override the others. */
export function withTwinChanges(overrides: Values, set: Values): Values {
  const kept = Object.entries(overrides).filter(([path]) => !Object.hasOwn(set, path));
  return { ...Object.fromEntries(kept), ...set };
}

/** Resolves the changes of a twin, path to value; reports mistakes that show without loading the twin. */
export function resolveTwin(context: ScenarioContext, { set }: TwinInput): Values {
  const paths = Object.keys(set);
  if (paths.length === 0) {
    const hint = 'write a path and its value: set: { options.gateway.window: 64 }';
    context.refuse('E121', ['twin', 'set'], 'the twin changes nothing', hint);
  }
  for (const path of paths) {
    const [key = ''] = path.split('.');
    const why = SHARED.get(key);
    if (why === undefined) continue;
    context.refuseKey('E101', ['twin', 'set', path], `a twin does not change ${key}`, why);
  }
  return textsOf(set);
}

/** Moves a mistake of the twin to the value in the file that is responsible. */
export function relocateIssueToTwin(
  issue: ConfigIssue,
  source: ConfigSource,
  set: Values,
): ConfigIssue {
  const hit = Object.entries(set).find(
    ([path, value]) =>
      issue.file === FLAG_PSEUDO_FILE &&
      issue.sourceLine === `${FLAG_PSEUDO_FILE} ${path}=${value}`,
  );
  if (hit === undefined) return { ...issue, message: `${issue.message}, with the changes of twin` };
  return { ...issue, ...placeOf(source, hit[0], issue.column === PATH_COLUMN) };
}

function placeOf(source: ConfigSource, path: string, isKey: boolean): IssuePosition {
  return source.place(['twin', 'set', path], isKey ? 'key' : 'value');
}

/** Values as flags write them: texts unchanged, all others as JSON, which YAML reads as the same value. */
function textsOf(set: object): Values {
  const texts = Object.entries(set).map(([path, value]: [string, unknown]) => [
    path,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}
