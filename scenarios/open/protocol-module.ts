/**
 * Loads a user's module and checks its exports before a run depends on it. Wrong syntax, imports that
 * cannot be resolved, errors while it is loaded, and missing exports are reported as mistakes of a
 * file, with their lines.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Message } from 'esbuild';
import { z } from 'zod';
import type { MetricUnit } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { UserModuleOption } from '../../engine/host/user-module.ts';
import { importModule } from '../../engine/live/import-module.ts';
import {
  FileOwners,
  listStackFrameLocations,
  pathForUsers,
} from '../../engine/live/stack-locations.ts';
import { METRIC_UNIT_NAMES } from '../../engine/pure/metric-units.ts';
import { labelsMistake } from '../../engine/pure/series-name.ts';
import {
  ConfigError,
  type ConfigIssue,
  formatValuePath,
} from '../../topologies/files/config-error.ts';
import { explainIssues } from '../../topologies/files/zod-words.ts';
import { trafficMetrics } from '../metrics/traffic-metrics.ts';
import { Refusal } from '../refusal.ts';
import { nodeFiles } from './node-files.ts';
import { loadModuleWithHash } from './run-files.ts';

const METRIC_KINDS = ['counter', 'gauge', 'histogram', 'samples', 'ratio'] as const;
const METRIC_UNITS: readonly MetricUnit[] = METRIC_UNIT_NAMES;

const isFunction = (value: unknown): boolean => typeof value === 'function';
const callable = z.custom((value) => isFunction(value), { message: 'a function is needed' });
const schema = z.custom(
  (value) => isFunction((value as { safeParse?: unknown } | null)?.safeParse),
  {
    message: 'a schema is needed, an object with safeParse such as those of zod',
  },
);

/** The required exports of a protocol module; it may export more. */
const FACE = z
  .looseObject({
    name: z.string().min(1),
    summary: z.string(),
    config: schema,
    jobs: z.record(z.string(), z.looseObject({})),
    moduleUrl: z.string(),
    drops: z.record(z.string(), z.string()),
    metrics: z.array(
      z.looseObject({
        name: z.string().regex(/^[a-z0-9_-]+(\.[a-z0-9_]+)+$/),
        kind: z.enum(METRIC_KINDS),
        unit: z.enum(METRIC_UNITS),
        help: z.string(),
        labels: z.array(z.string()).optional(),
      }),
    ),
    channel: z.int().min(128).max(255).optional(),
    carries: callable.optional(),
    finishes: callable.optional(),
    files: callable.optional(),
    needsRun: callable.optional(),
    wishes: z
      .partialRecord(
        z.enum(['lifetime', 'priority', 'tolerant', 'private']),
        z.enum(['honoured', 'passed-on']),
      )
      .optional(),
    generators: z
      .array(
        z.looseObject({
          name: z.string().min(1),
          parameters: schema,
          size: callable,
          generate: callable,
        }),
      )
      .optional(),
    addressRole: z.enum(['edge', 'service']).optional(),
    create: callable,
  })
  .superRefine(({ name, metrics }, context) => {
    const taken = new Map(trafficMetrics(name).map((one) => [one.name, one.help]));
    for (const [index, one] of metrics.entries()) {
      const help = taken.get(one.name);
      const message = `is measured already: ${help}`;
      if (help !== undefined)
        context.addIssue({ code: 'custom', message, path: ['metrics', index, 'name'] });
      taken.set(one.name, one.help);
      const wrong = labelsMistake(one.labels ?? []);
      if (wrong !== undefined)
        context.addIssue({ code: 'custom', message: wrong, path: ['metrics', index, 'labels'] });
    }
  });

/**
 * Loads the protocol module at a path.
 * @throws ConfigError with the position of each mistake; Refusal if a mistake has no position.
 */
export async function loadProtocol(path: string): Promise<Protocol> {
  const module = await importFile(path);
  const found = (module as { readonly protocol?: unknown }).protocol;
  if (found === undefined) throw new Refusal(`${path}: exports no \`protocol\``);
  const parsed = FACE.safeParse(found);
  if (!parsed.success) {
    const mistakes = explainIssues(parsed.error, FACE, found);
    throw new ConfigError(mistakes.map((mistake) => faceIssue(path, mistake)));
  }
  return found as Protocol;
}

/**
 * Loads the module at a path, and returns the export that an option needs.
 * @throws ConfigError or Refusal as {@link loadProtocol}.
 */
export async function loadExported(path: string, option: UserModuleOption): Promise<unknown> {
  const { exported } = option;
  const found = Reflect.get((await importFile(path)) as object, exported);
  if (found === undefined) throw new Refusal(`${path}: exports no \`${exported}\``);
  const mistake = option.mistakeIn(found);
  if (mistake !== undefined) throw new Refusal(`${path}: \`${exported}\` ${mistake}`);
  return found;
}

async function importFile(path: string): Promise<unknown> {
  try {
    return await loadModuleWithHash(path, nodeFiles, () => importModule(pathToFileURL(path).href));
  } catch (error) {
    throw await mistakeOf(path, error);
  }
}

function faceIssue(path: string, mistake: ReturnType<typeof explainIssues>[number]): ConfigIssue {
  const { message, hint } = mistake;
  const lines = linesOf(path);
  const at = lines.findIndex((line) => /\bprotocol\b/.test(line) && /\bexport\b/.test(line));
  const sourceLine = lines[at];
  const column = Math.max(0, sourceLine?.search(/\bprotocol\b/) ?? 0) + 1;
  return {
    file: pathForUsers(path, process.cwd()),
    line: Math.max(0, at) + 1,
    column,
    endColumn: column + 'protocol'.length,
    path: formatValuePath(['protocol', ...mistake.path]),
    code: 'E126',
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(sourceLine === undefined ? {} : { sourceLine }),
  };
}

/** Finds why a module cannot be loaded, with the position of the mistake if it is known. */
async function mistakeOf(path: string, error: unknown): Promise<Error> {
  const found = await unreadableIn(path);
  if (found.length > 0) return new ConfigError(found, { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  const owners = new FileOwners([path]);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = listStackFrameLocations(stack).find(({ file }) => owners.isTheirs(file));
  if (place === undefined) {
    return new Refusal(`${path}: cannot be loaded: ${reason}`, { cause: error });
  }
  const { file, line, column } = place;
  const sourceLine = linesOf(file)[line - 1];
  const name = error instanceof Error ? error.name : 'Error';
  const issue: ConfigIssue = {
    file: pathForUsers(file, process.cwd()),
    line,
    column,
    endColumn: column + 1,
    path: '',
    code: 'E126',
    message: `threw while it was loaded: ${name === 'Error' ? '' : `${name}: `}${reason}`,
    ...(sourceLine === undefined ? {} : { sourceLine }),
  };
  return new ConfigError([issue], { cause: error });
}

/** Syntax mistakes in a module and in the modules that it imports. */
async function unreadableIn(path: string): Promise<readonly ConfigIssue[]> {
  const { build } = await import('esbuild');
  try {
    await build({
      entryPoints: [path],
      bundle: true,
      write: false,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    return [];
  } catch (error) {
    const { errors } = error as { readonly errors?: readonly Message[] };
    return (errors ?? []).flatMap((message) => syntaxIssue(message));
  }
}

function syntaxIssue({ text, location }: Message): readonly ConfigIssue[] {
  if (location === null) return [];
  const { file, line, column, length, lineText } = location;
  return [
    {
      file,
      line,
      column: column + 1,
      endColumn: column + 1 + Math.max(1, length),
      path: '',
      code: 'E126',
      message: text,
      sourceLine: lineText,
    },
  ];
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // If the file does not exist, the loader has already reported that.
    return [];
  }
}
