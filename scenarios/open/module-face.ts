/**
 * Checks what a user's module exports before a run depends on it, and says where a mistake is. Each
 * kind of machine reads modules in its own way.
 *
 * @module
 */
import { z } from 'zod';
import type { MetricUnit } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { UserModuleOption } from '../../engine/host/user-module.ts';
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
import type { MachineFiles } from '../../topologies/files/machine.ts';
import { explainIssues } from '../../topologies/files/zod-words.ts';
import { trafficMetrics } from '../metrics/traffic-metrics.ts';
import { Refusal } from '../refusal.ts';

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

/** A module that a machine has read. */
export interface ReadModule {
  /** Absolute path. */
  readonly path: string;
  readonly exports: unknown;
  /** Where its text is. */
  readonly files: MachineFiles;
}

/**
 * The protocol that a module exports.
 * @throws ConfigError with the position of each mistake; Refusal if it exports none.
 */
export function exportedProtocol({ path, exports, files }: ReadModule): Protocol {
  const found = (exports as { readonly protocol?: unknown }).protocol;
  if (found === undefined) throw new Refusal(`${path}: exports no \`protocol\``);
  const parsed = FACE.safeParse(found);
  if (!parsed.success) {
    const mistakes = explainIssues(parsed.error, FACE, found);
    throw new ConfigError(mistakes.map((mistake) => faceIssue(path, mistake, files)));
  }
  return found as Protocol;
}

/**
 * What an option needs of a module.
 * @throws Refusal if the module does not export it.
 */
export function exportedValue(
  { path, exports }: Omit<ReadModule, 'files'>,
  option: UserModuleOption,
): unknown {
  const { exported } = option;
  const found = Reflect.get(exports as object, exported);
  if (found === undefined) throw new Refusal(`${path}: exports no \`${exported}\``);
  const mistake = option.mistakeIn(found);
  if (mistake !== undefined) throw new Refusal(`${path}: \`${exported}\` ${mistake}`);
  return found;
}

/** The error for a module that threw while it was loaded, with its line if that is known. */
export function loadingError(path: string, error: unknown, files: MachineFiles): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const owners = new FileOwners([path]);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const place = listStackFrameLocations(stack).find(({ file }) => owners.isTheirs(file));
  if (place === undefined) {
    return new Refusal(`${path}: cannot be loaded: ${reason}`, { cause: error });
  }
  const name = error instanceof Error ? error.name : 'Error';
  const message = `threw while it was loaded: ${name === 'Error' ? '' : `${name}: `}${reason}`;
  return new ConfigError([moduleIssue({ ...place, message }, files)], { cause: error });
}

/** A mistake in a module. */
export function moduleIssue(
  { file, line, column, message }: Pick<ConfigIssue, 'file' | 'line' | 'column' | 'message'>,
  files: MachineFiles,
): ConfigIssue {
  const sourceLine = linesOf(file, files)[line - 1];
  return {
    ...{ file: pathForUsers(file, files.folder), line, column, endColumn: column + 1 },
    ...{ path: '', code: 'E126', message },
    ...(sourceLine === undefined ? {} : { sourceLine }),
  };
}

function faceIssue(
  path: string,
  { message, hint, path: at }: ReturnType<typeof explainIssues>[number],
  files: MachineFiles,
): ConfigIssue {
  const lines = linesOf(path, files);
  const index = lines.findIndex((line) => /\bprotocol\b/.test(line) && /\bexport\b/.test(line));
  const column = Math.max(0, lines[index]?.search(/\bprotocol\b/) ?? 0) + 1;
  const issue = { file: path, line: Math.max(0, index) + 1, column, message };
  return {
    ...moduleIssue(issue, files),
    endColumn: column + 'protocol'.length,
    path: formatValuePath(['protocol', ...at]),
    ...(hint === undefined ? {} : { hint }),
  };
}

function linesOf(path: string, files: MachineFiles): readonly string[] {
  try {
    return new TextDecoder().decode(files.read(path, () => undefined)).split('\n');
  } catch {
    // If the file does not exist, the loader has already reported that.
    return [];
  }
}
