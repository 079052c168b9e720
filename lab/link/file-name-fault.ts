/**
 * Names of files that come with a link or are dropped on the Lab.
 *
 * @module
 */

/** Why a name is refused. */
export interface FileNameFault {
  readonly fault: 'bad-name' | 'code';
  readonly text: string;
}

const NAME_CHARS_MAX = 200;
/**
 * A part of a path. It begins with a letter or digit, which excludes `..`, `__proto__`, hidden files and absolute
 * paths.
 */
const PART = /^[\p{L}\p{N}][\p{L}\p{N} ._+@-]*$/u;
/** Names that the download itself uses, and web pages, which a reader would take for its own. */
const RESERVED = /^results(\/|$)|^readme\.txt$|\.(x?html?|svg)$/i;
const CODE = /\.[cm]?[jt]s$/i;
/** Code that no run can load. */
const OTHER_CODE = /\.([jt]sx|wasm)$/i;

/** True for the name of a module that a scenario can run as a protocol. */
export function isCodeName(name: string): boolean {
  return CODE.test(name);
}

/** What is wrong with the path of a file; undefined if nothing is. */
export function fileNameFault(name: string): FileNameFault | undefined {
  const isPath = name.length <= NAME_CHARS_MAX && name.split('/').every((part) => PART.test(part));
  const shown = JSON.stringify(name.slice(0, 60));
  if (!isPath) {
    const text = `${shown} is no name of a file here: letters, digits, dots and dashes, folders after /`;
    return { fault: 'bad-name', text };
  }
  if (RESERVED.test(name)) {
    const text = `${shown} is a name that the Lab keeps for its results`;
    return { fault: 'bad-name', text };
  }
  if (OTHER_CODE.test(name)) {
    return { fault: 'code', text: `${shown} is code that no run takes: modules are .ts or .js` };
  }
  return undefined;
}
