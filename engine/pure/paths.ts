/**
 * Paths of files as texts, with `/` between folders: what `posix` of Node's `path` does, where there is no Node.
 *
 * @module
 */

/** True if a path begins at the root. */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/');
}

/** The folder of a path; `.` if it names none. */
export function folderOfPath(path: string): string {
  const bare = path.replace(/(?<=.)\/+$/, '');
  const at = bare.lastIndexOf('/');
  if (at === -1) return '.';
  return bare.slice(0, at).replace(/\/+$/, '') || '/';
}

/** The last part of a path. */
export function fileNameOfPath(path: string): string {
  const bare = path.replace(/\/+$/, '');
  return bare.slice(bare.lastIndexOf('/') + 1);
}

/**
 * The extension of a path with its dot; empty if the last part of the path has no dot, or only
 * begins with one.
 */
export function extensionOfPath(path: string): string {
  const name = fileNameOfPath(path);
  const at = name.lastIndexOf('.');
  return at <= 0 || name === '..' ? '' : name.slice(at);
}

/**
 * The path that one path gives after another, without `.`, `..` and doubled slashes.
 * @param base Absolute path of a folder.
 * @example resolvePath('/runs/here', '../a.yaml') === '/runs/a.yaml'
 */
export function resolvePath(base: string, ...paths: readonly string[]): string {
  const from = paths.findLastIndex(isAbsolutePath);
  const all = from === -1 ? [base, ...paths] : paths.slice(from);
  const parts: string[] = [];
  for (const part of all.join('/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The relative path from a folder to a path, both absolute; empty if they are the same. */
export function relativePath(folder: string, path: string): string {
  const from = partsOf(folder);
  const to = partsOf(path);
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared += 1;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}
