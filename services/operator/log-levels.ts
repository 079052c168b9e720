/**
 * Log levels per component, and how they are written in the environment: `ORRERY_LOG=debug`,
 * `ORRERY_LOG=gateway:debug,router:warn`, or both mixed (`info,gateway:debug`).
 *
 * Spec: seed-systems.md R-248. Does not write lines; `json-log.ts` does.
 *
 * @module
 */

/** Levels from which on lines are written, most talkative first. */
export const OPERATOR_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of the levels. */
export type OperatorLevel = (typeof OPERATOR_LEVELS)[number];

/** The level of everything, and of the components that have their own. */
export interface LogLevels {
  readonly level: OperatorLevel;
  readonly components: Readonly<Record<string, OperatorLevel>>;
}

/** What a text of the environment says; what could not be read stands in `problems`. */
export interface LevelsRead {
  readonly level?: OperatorLevel;
  readonly components: ReadonlyMap<string, OperatorLevel>;
  readonly problems: readonly string[];
}

/** Components with a level of their own; more than a process has parts. */
export const COMPONENTS_MAX = 64;

const COMPONENT = /^[a-z][a-z0-9._-]{0,62}$/;
/** Longest text that is read; 64 components fit. */
const TEXT_MAX = 8_192;

/** True for a name of a component: lower case, digits, `.`, `_`, `-`; at most 63 characters. */
export function isComponent(name: unknown): name is string {
  return typeof name === 'string' && COMPONENT.test(name);
}

/** True for one of the levels. */
export function isLevel(level: unknown): level is OperatorLevel {
  return OPERATOR_LEVELS.some((one) => one === level);
}

/**
 * Reads levels as the environment writes them. Parts that cannot be read are named, the others count.
 *
 * @param text `level` and `component:level`, separated by commas; later parts win.
 * @returns the levels, with one sentence per part that could not be read.
 */
export function readLevels(text: string): LevelsRead {
  const components = new Map<string, OperatorLevel>();
  const problems: string[] = [];
  let level: OperatorLevel | undefined;
  for (const part of text.slice(0, TEXT_MAX).split(',')) {
    const [before = '', after, ...more] = part.split(':').map((word) => word.trim());
    if (before === '' && after === undefined) continue;
    const wanted = after ?? before;
    if (more.length > 0 || !isLevel(wanted)) {
      problems.push(`"${part.trim()}" is no level; write debug, info, warn or error`);
    } else if (after === undefined) {
      level = wanted;
    } else if (!isComponent(before) || components.size >= COMPONENTS_MAX) {
      problems.push(`"${before}" is no component; write for example gateway:debug`);
    } else {
      components.set(before, wanted);
    }
  }
  return { ...(level === undefined ? {} : { level }), components, problems };
}
