/**
 * Log levels per component, and their form in the environment: `ORRERY_LOG=debug`,
 * `ORRERY_LOG=gateway:debug,router:warn`, or both combined (`info,gateway:debug`).
 *
 * `json-log.ts` writes the lines.
 *
 * @module
 */

/** Levels, most verbose first; lines below the set level are not written. */
export const OPERATOR_LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** A level of the log of a node process. */
export type OperatorLogLevel = (typeof OPERATOR_LOG_LEVELS)[number];

/** The general level, and those of components with a level of their own. */
export interface LogLevelSettings {
  readonly level: OperatorLogLevel;
  readonly components: Readonly<Record<string, OperatorLogLevel>>;
}

/**
 * Levels read from an environment variable; `problems` describes the parts that could not be read.
 */
export interface ParsedLogLevels {
  readonly level?: OperatorLogLevel;
  readonly components: ReadonlyMap<string, OperatorLogLevel>;
  readonly problems: readonly string[];
}

/** Largest number of components with their own level, which is more than a process has. */
export const LOG_COMPONENTS_MAX = 64;

const COMPONENT = /^[a-z][a-z0-9._-]{0,62}$/;
/** Longest text that is read; levels for 64 components fit into it. */
const TEXT_MAX = 8_192;

/** True for a name of a component: lower case, digits, `.`, `_`, `-`; at most 63 characters. */
export function isLogComponentName(name: unknown): name is string {
  return typeof name === 'string' && COMPONENT.test(name);
}

/** True if a value is the name of a log level. */
export function isLogLevel(level: unknown): level is OperatorLogLevel {
  return OPERATOR_LOG_LEVELS.some((one) => one === level);
}

/**
 * Parses levels. Parts that cannot be read are reported, and the others still apply.
 * @param text `level` and `component:level`, separated by commas; later parts take precedence.
 * @returns the levels, with one sentence for each part that could not be read.
 */
export function parseLogLevels(text: string): ParsedLogLevels {
  const components = new Map<string, OperatorLogLevel>();
  const problems: string[] = [];
  let level: OperatorLogLevel | undefined;
  for (const part of text.slice(0, TEXT_MAX).split(',')) {
    const [before = '', after, ...more] = part.split(':').map((word) => word.trim());
    if (before === '' && after === undefined) continue;
    const wanted = after ?? before;
    if (more.length > 0 || !isLogLevel(wanted)) {
      problems.push(`"${part.trim()}" is not a level; write debug, info, warn or error`);
    } else if (after === undefined) {
      level = wanted;
    } else if (!isLogComponentName(before) || components.size >= LOG_COMPONENTS_MAX) {
      problems.push(`"${before}" is not a component; write for example gateway:debug`);
    } else {
      components.set(before, wanted);
    }
  }
  return { ...(level === undefined ? {} : { level }), components, problems };
}
