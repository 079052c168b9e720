/**
 * How options name a module of the user: `./my-selection.ts`.
 *
 * @module
 */

const MODULE_PATH = /^(?:\.{0,2}\/|[A-Za-z]:[\\/]).*\.[cm]?[jt]s$/;

/** True for the path of a module, which is absolute or begins with `./` or `../`; other texts are names. */
export function isUserModulePath(text: string): boolean {
  return MODULE_PATH.test(text);
}
