/**
 * Loads the modules of a user's protocol in a worker. They see the port, zod and the scenario's files, nothing else.
 *
 * @module
 */
import * as zod from 'zod';
import { AMBIENT_REPLACEMENTS, installAmbientGuard } from '../../engine/live/ambient-guard.ts';
import { folderOfPath, resolvePath } from '../../engine/pure/paths.ts';
import { loadingError, moduleIssue } from '../../scenarios/open/module-face.ts';
import { Refusal } from '../../scenarios/refusal.ts';
import { ConfigError, type ConfigIssue } from '../../topologies/files/config-error.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';
import { isCodeName } from '../link/file-name-fault.ts';
import { type StrippedModule, stripTypes } from './strip-types.ts';

/** Runs the script at an address to its end; only workers have it. */
declare function importScripts(address: string): void;

type Exports = Readonly<Record<string, unknown>>;
type ModuleFunction = (require: (name: string) => unknown, exports: Exports, url: string) => void;
type Mistake = Pick<ConfigIssue, 'file' | 'line' | 'column' | 'message'>;

const SYNTAX_MS_MAX = 2_000;
const HEAD = 'self.orreryModule = (require, exports, __moduleAddress) => {';
/** Packages that users' code may import; the port has types only. */
const PACKAGES: ReadonlyMap<string, object> = new Map<string, object>([
  ['zod', zod],
  ['orrery/host', {}],
]);

/** The modules of one task, each loaded once. */
export class UserModules {
  readonly #files: MachineFiles;
  readonly #loaded = new Map<string, Exports>();
  readonly #stripped = new Map<string, StrippedModule>();

  constructor(files: MachineFiles) {
    this.#files = files;
  }

  /**
   * Loads the module at a path, and those that it imports.
   * @throws ConfigError at the place of wrong syntax or of an import; else what the module throws.
   */
  load(path: string): Exports {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known;
    // The page recognises code by its file name, to ask before code of a link runs and to keep its workers apart.
    if (!isCodeName(path)) throw new Refusal(`${path} is not the name of a module (.ts or .js)`);
    installAmbientGuard([[globalThis, '', ['requestAnimationFrame'], AMBIENT_REPLACEMENTS.later]]);
    const text = new TextDecoder().decode(this.#files.read(path, () => undefined));
    const { code } = this.#strip(path, text);
    const exports: Exports = {};
    this.#loaded.set(path, exports);
    const require = (name: string): unknown => this.#import(name, path, text);
    functionOf(code, path)(require, exports, `file://${path}`);
    return exports;
  }

  /** The error for what a module has thrown while it was loaded. */
  async loadingError(path: string, thrown: unknown): Promise<Error> {
    if (thrown instanceof UnreadableError) {
      const { message, file } = thrown;
      return this.mistake({ file, message, ...(await placeOfSyntaxError(thrown.script)) });
    }
    const error = loadingError(path, thrown, this.#files);
    const [issue] = error instanceof ConfigError ? error.issues : [];
    return issue === undefined ? error : this.mistake(issue);
  }

  /** The error for a mistake at a place of the stripped code. */
  mistake({ file, line, column, message }: Mistake): Error {
    const own = line === 1 ? column - HEAD.length : column;
    const found = this.#stripped.get(file)?.sourceColumn(line, own) ?? column;
    return this.#mistake({ file, line, column: found, message });
  }

  #strip(path: string, text: string): StrippedModule {
    try {
      const stripped = stripTypes(text, path);
      this.#stripped.set(path, stripped);
      return stripped;
    } catch (error) {
      const { message, loc } = error as SyntaxError & { readonly loc?: Place };
      const reason = message.replace(/^Error transforming .*?: | \(\d+:\d+\)$/g, '');
      const { line, column } = loc ?? { line: 1, column: 1 };
      throw this.#mistake({ file: path, line, column, message: reason });
    }
  }

  #import(name: string, file: string, text: string): unknown {
    const own = PACKAGES.get(name);
    if (own !== undefined) return own;
    const path = resolvePath(folderOfPath(file), name);
    // TypeScript lets an import name the file that a compiler would write.
    const found = [path, path.replace(/js$/, 'ts')].find((one) => this.#files.isFile(one));
    if (/^\.\.?\//.test(name) && found !== undefined && isCodeName(found)) return this.load(found);
    const message = `${name} is not here: code in a tab imports zod, orrery/host and other files of the scenario`;
    throw this.#mistake({ file, ...placeOf(name, text), message });
  }

  #mistake(mistake: Mistake): Error {
    return new ConfigError([moduleIssue(mistake, this.#files)]);
  }
}

/** A mistake that only the browser finds, such as a name that is declared twice. */
class UnreadableError extends Error {
  readonly file: string;
  readonly script: string;

  constructor(file: string, script: string, error: SyntaxError) {
    super(error.message.replace(/^Failed to execute .*?: /, ''));
    this.file = file;
    this.script = script;
  }
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where a module is imported. */
function placeOf(name: string, text: string): Place {
  const lines = text.split('\n');
  const at = lines.findIndex((one) => one.includes(`'${name}'`) || one.includes(`"${name}"`));
  return { line: Math.max(0, at) + 1, column: (lines[at]?.indexOf(name) ?? 0) + 1 };
}

/**
 * Turns code into a function: the policy of the page forbids `eval`, but allows scripts that the page itself has made.
 */
function functionOf(code: string, path: string): ModuleFunction {
  const whole = code.replace(/\bimport\.meta\.url\b/g, '__moduleAddress');
  const script = `${HEAD}${whole}\n}\n//# sourceURL=file://${encodeURI(path)}`;
  const address = addressOf(script);
  try {
    importScripts(address);
  } catch (error) {
    throw error instanceof SyntaxError ? new UnreadableError(path, script, error) : error;
  } finally {
    URL.revokeObjectURL(address);
  }
  return Reflect.get(globalThis, 'orreryModule') as ModuleFunction;
}

/** Finds the place of a syntax error by a worker that begins with the script: a browser tells the place only then. */
function placeOfSyntaxError(script: string): Promise<Place> {
  return new Promise((resolve) => {
    const worker = new Worker(addressOf(script));
    const end = (line: number, column: number): void => {
      worker.terminate();
      resolve({ line, column });
    };
    setTimeout(() => end(1, 1), SYNTAX_MS_MAX);
    worker.onerror = (event): void => {
      event.preventDefault();
      end(event.lineno, event.colno);
    };
  });
}

function addressOf(script: string): string {
  return URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
}
