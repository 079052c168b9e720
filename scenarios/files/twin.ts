/**
 * `twin` of a scenario: what its second run of each seed changes. A twin is loaded as if flags set its values, and
 * mistakes in them are reported at their place in the file.
 *
 * @module
 */
import {
  type ConfigIssue,
  FLAG_PSEUDO_FILE,
  type IssuePlace,
} from '../../topologies/files/config-error.ts';
import type { ConfigSource } from '../../topologies/files/source.ts';
import { valueAt } from '../../topologies/files/zod-words.ts';
import type { ScenarioContext } from './context.ts';
import type { ScenarioInput } from './schema.ts';

type Values = Readonly<Record<string, string>>;
type TwinInput = NonNullable<ScenarioInput['twin']>;

/** The path whose value says which of the two runs is asked for. */
export const TWIN_RUN_PATH = 'twin.run';

/** Where the path of a flag begins in the line that shows it. */
const PATH_COLUMN = FLAG_PSEUDO_FILE.length + 2;

/** Entries that a run shares with its twin, and why. */
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

/** What a twin changes, as flags would set it; undefined unless the file asks for this run of the two. */
export function twinChangesToRun({ data }: Pick<ConfigSource, 'data'>): Values | undefined {
  const set = valueAt(data, ['twin', 'set']);
  if (valueAt(data, ['twin', 'run']) !== 'twin') return undefined;
  return set !== null && typeof set === 'object' ? textsOf(set) : undefined;
}

/** True if the file asks for both runs. */
export function hasTwin({ data }: Pick<ConfigSource, 'data'>): boolean {
  const twin = valueAt(data, ['twin']);
  const run = valueAt(data, ['twin', 'run']);
  return twin !== undefined && (run === undefined || run === 'both');
}

/** The values of a run with the changes: the changes come last, so that they win. */
export function withTwinChanges(overrides: Values, set: Values): Values {
  const kept = Object.entries(overrides).filter(([path]) => !Object.hasOwn(set, path));
  return { ...Object.fromEntries(kept), ...set };
}

/** What a twin changes, path to value; mistakes that need no look at the twin itself are reported. */
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

/** A mistake of the twin at the value of the file that is responsible. */
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

function placeOf(source: ConfigSource, path: string, isKey: boolean): IssuePlace {
  return source.place(['twin', 'set', path], isKey ? 'key' : 'value');
}

/** Values as flags write them: what is no text is JSON, which YAML reads alike. */
function textsOf(set: object): Values {
  const texts = Object.entries(set).map(([path, value]: [string, unknown]) => [
    path,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}
