/**
 * The source positions in a stack trace, and whether their files belong to this program or to a user's protocol.
 *
 * @module
 */
import { folderOfPath } from '../pure/paths.ts';

/** The source position of a stack frame. */
export interface StackFrameLocation {
  /** Absolute path. */
  readonly file: string;
  /** Line number, from 1. */
  readonly line: number;
  /** Column number, from 1. */
  readonly column: number;
}

/**
 * Number of stack frames kept for crash reports, because a handler may be far from the code that
 * threw.
 */
export const STACK_FRAMES_MAX = 50;

const ROOT = pathOfUrl(new URL('../..', import.meta.url).href);
const OWN_FOLDERS = [
  'cli',
  'engine',
  'lab',
  'nodes',
  'reports',
  'scenarios',
  'runner',
  'services',
  'topologies',
  'viz',
];
const OWN_FILES = ['host', 'index'].flatMap((name) => [`${ROOT}${name}.ts`, `${ROOT}${name}.js`]);
/** Agents of a live run are one file in a folder for temporary files. */
const AGENT_FILE = /\/orrery-agent-[^/]+\/agent\.[cm]js$/;
/** A line of a stack in V8, or, with an `@`, in other browsers. */
const FRAME = /^(?:\s*at (?:.*?\()?|[^@]*@)((?:file:\/\/)?\/.*?)(?:\?[^:()]*)?:(\d+):(\d+)\)?$/;

/** The source positions of a stack trace, innermost first; those inside of Node are left out. */
export function listStackFrameLocations(stack: string): readonly StackFrameLocation[] {
  return stack.split('\n').flatMap((text) => {
    const [, file = '', line, column] = FRAME.exec(text) ?? [];
    if (file === '') return [];
    const path = file.startsWith('file:') ? pathOfUrl(file) : file;
    return [{ file: path, line: Number(line), column: Number(column) }];
  });
}

/** Distinguishes the files of this program from the files of users' protocols. */
export class FileOwners {
  readonly #theirs: readonly string[];

  /**
   * @param modules URLs of users' modules, some of which may be in a folder of this program.
   */
  constructor(modules: readonly string[]) {
    const own = new Set([ROOT.slice(0, -1), ...OWN_FOLDERS.map((name) => ROOT + name)]);
    this.#theirs = modules.map((address) => {
      const path = pathOf(address);
      const folder = folderOfPath(path);
      return own.has(folder) ? path : `${folder}/`;
    });
  }

  /** True for files in the folders of the modules. */
  owns(file: string): boolean {
    return this.#theirs.some((place) => file === place || file.startsWith(place));
  }

  /** True for this program's own source. */
  isOurs(file: string): boolean {
    if (this.owns(file)) return false;
    if (OWN_FILES.includes(file) || AGENT_FILE.test(file)) return true;
    return OWN_FOLDERS.some((name) => file.startsWith(`${ROOT}${name}/`));
  }

  /** True for code that a user wrote: neither this program's nor a library's. */
  isTheirs(file: string): boolean {
    if (this.owns(file)) return true;
    return !this.isOurs(file) && !file.includes('/node_modules/');
  }
}

/** The innermost frame in a user's file; if there is none, the innermost frame of all. */
export function innermostUserFrame(stack: string): StackFrameLocation | undefined {
  const places = listStackFrameLocations(stack);
  const owners = new FileOwners([]);
  return places.find(({ file }) => owners.isTheirs(file)) ?? places[0];
}

/** A path for messages to users: relative to `folder` if the file is inside of it. */
export function pathForUsers(file: string, folder: string): string {
  return file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
}

/** The path of a `file:` address. */
function pathOfUrl(address: string): string {
  return decodeURIComponent(new URL(address).pathname);
}

function pathOf(address: string): string {
  return address.startsWith('file:') ? pathOfUrl(address) : address;
}
