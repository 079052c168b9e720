/**
 * The log of a node process: one JSON object per line, with levels per component that can change
 * while it runs.
 *
 * Lines are written before the call returns, so that nothing is lost when the process ends. At most
 * 1,000 lines per second are written; the others are counted. There is no log rotation: whatever
 * starts the process must collect its stderr.
 *
 * @module
 */
import { type DestinationStream, pino } from 'pino';
import type { LogFields } from '../../engine/host/measure.ts';
import { scrubLogFields, scrubSecrets } from '../../engine/live/scrub.ts';
import {
  isLogComponentName,
  LOG_COMPONENTS_MAX,
  type LogLevelSettings,
  OPERATOR_LOG_LEVELS,
  type OperatorLogLevel,
  type ParsedLogLevels,
  parseLogLevels,
} from './log-levels.ts';

/** Writes the lines of one component. */
export type ComponentLog = Readonly<
  Record<OperatorLogLevel, (message: string, fields?: LogFields) => void>
>;

/** Writes the lines of protocols. */
type ProtocolLog = (
  host: string,
  level: 'debug' | 'info' | 'warn',
  text: string,
  fields?: LogFields,
) => void;

/** The log of a node process. */
export interface OperatorLog {
  /** Returns the log of one part of the process: `operator`, `gateway`, `coordinator`. */
  component(name: string): ComponentLog;
  /**
   * Returns a sink for the log of protocols (`engine/host/measure.ts`); the host becomes the field
   * `node`.
   */
  sink(component: string): ProtocolLog;
  levels(): LogLevelSettings;
  /**
   * Changes the general level, or the level of one component.
   * @throws RangeError for an invalid name, or for more than 64 components with levels of their
   * own.
   */
  setLevel(level: OperatorLogLevel, component?: string): void;
  /** Replaces all levels. */
  replaceLevels(levels: Omit<ParsedLogLevels, 'problems'>): void;
  /**
   * Switches between writing everything and the configured levels; true if everything is now
   * written.
   */
  toggleDebug(): boolean;
  /**
   * Number of lines omitted since the start, because there were too many or because stderr was
   * closed.
   */
  lost(): number;
}

/** Options of a log. */
export interface JsonLogOptions {
  /** Name of the node, written in every line. */
  readonly node: string;
  /** General level where the environment sets none; default `info`. */
  readonly level?: OperatorLogLevel;
  /**
   * Text of ORRERY_LOG; by default from the environment of this process. It takes precedence over
   * `level`.
   */
  readonly environment?: string;
  /** Receives the lines; default stderr. */
  readonly destination?: DestinationStream;
}

const DEFAULT_LEVEL: OperatorLogLevel = 'info';
const LINES_PER_SECOND_MAX = 1_000;
const STDERR = 2;

/** Creates the log of a node process. */
export function createJsonLog(options: JsonLogOptions): OperatorLog {
  const log = new JsonLog(options);
  const said = parseLogLevels(options.environment ?? process.env['ORRERY_LOG'] ?? '');
  if (said.level !== undefined) log.setLevel(said.level);
  for (const [component, level] of said.components) log.setLevel(level, component);
  for (const problem of said.problems) log.component('log').warn(`ORRERY_LOG: ${problem}`);
  return log;
}

class JsonLog implements OperatorLog {
  private readonly node: string;
  private readonly writer: ReturnType<typeof makeWriter>;
  private readonly components = new Map<string, OperatorLogLevel>();
  private level: OperatorLogLevel;
  private isEverything = false;
  private lostLines = 0;
  private leftOut = 0;
  private second = 0;
  private linesThisSecond = 0;

  constructor(options: JsonLogOptions) {
    this.node = options.node;
    this.level = options.level ?? DEFAULT_LEVEL;
    this.writer = makeWriter(options.destination ?? this.stderr());
  }

  component(name: string): ComponentLog {
    expectComponent(name);
    const writer =
      (level: OperatorLogLevel) =>
      (message: string, fields?: LogFields): void => {
        this.write({ level, node: this.node, component: name, message, fields });
      };
    return {
      debug: writer('debug'),
      info: writer('info'),
      warn: writer('warn'),
      error: writer('error'),
    };
  }

  sink(component: string): ProtocolLog {
    expectComponent(component);
    return (node, level, message, fields): void =>
      this.write({ level, node, component, message, fields });
  }

  levels(): LogLevelSettings {
    if (this.isEverything) return { level: 'debug', components: {} };
    const sorted = [...this.components].sort(([a], [b]) => (a < b ? -1 : 1));
    return { level: this.level, components: Object.fromEntries(sorted) };
  }

  setLevel(level: OperatorLogLevel, component?: string): void {
    if (component === undefined) {
      this.level = level;
    } else {
      expectComponent(component);
      if (!this.components.has(component) && this.components.size >= LOG_COMPONENTS_MAX) {
        throw new RangeError(
          `at most ${LOG_COMPONENTS_MAX} components can have a level of their own`,
        );
      }
      this.components.set(component, level);
    }
    this.isEverything = false;
  }

  replaceLevels({ level = DEFAULT_LEVEL, components }: Omit<ParsedLogLevels, 'problems'>): void {
    this.components.clear();
    this.setLevel(level);
    for (const [component, own] of components) this.setLevel(own, component);
  }

  toggleDebug(): boolean {
    this.isEverything = !this.isEverything;
    return this.isEverything;
  }

  lost(): number {
    return this.lostLines;
  }

  private write(line: Line): void {
    const least = this.isEverything ? 'debug' : (this.components.get(line.component) ?? this.level);
    if (OPERATOR_LOG_LEVELS.indexOf(line.level) < OPERATOR_LOG_LEVELS.indexOf(least)) return;
    if (!this.hasRoom()) {
      this.lostLines += 1;
      this.leftOut += 1;
      return;
    }
    const { level, node, component, message, fields } = line;
    // Fields named like parts of the line are left out, so that they cannot forge these.
    const { level: _, message: __, timestamp: ___, ...own } = scrubLogFields(fields ?? {});
    this.writer[level]({ ...own, node, component }, scrubSecrets(message));
  }

  /**
   * Counts the lines in this second. The first line of a new second also reports how many were
   * omitted.
   */
  private hasRoom(): boolean {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.linesThisSecond = 0;
      if (this.leftOut > 0) {
        const said = `${this.leftOut} lines left out: more than ${LINES_PER_SECOND_MAX} in one second`;
        this.leftOut = 0;
        this.writer.warn({ node: this.node, component: 'log' }, said);
      }
    }
    this.linesThisSecond += 1;
    return this.linesThisSecond <= LINES_PER_SECOND_MAX;
  }

  /** Writes to stderr. The node must keep running if the reader of stderr goes away. */
  private stderr(): DestinationStream {
    const destination = pino.destination({ dest: STDERR, sync: true });
    destination.on('error', () => {
      this.lostLines += 1;
    });
    return destination;
  }
}

interface Line {
  readonly level: OperatorLogLevel;
  readonly node: string;
  readonly component: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/**
 * Makes the function that formats and writes lines. Levels have been checked before, per component.
 */
function makeWriter(
  destination: DestinationStream,
): Readonly<Record<OperatorLogLevel, (fields: object, message: string) => void>> {
  return pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    },
    destination,
  );
}

function expectComponent(name: string): void {
  if (!isLogComponentName(name)) throw new RangeError(`"${name}" is not the name of a component`);
}
