/**
 * The files of the repository as input for the tidy rules: path relative to the root, and text.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A text file. */
export interface TextFile {
  /** Path relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Root of the repository. */
export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** Folders with product code, in the order of docs/ARCHITECTURE.md. */
export const SOURCE_FOLDERS = [
  'engine',
  'nodes',
  'topologies',
  'scenarios',
  'runner',
  'reports',
  'services',
  'viz',
  'lab',
  'cli',
  'bench',
  'tools',
] as const;

const SKIPPED = new Set(['.git', 'node_modules', 'runs', 'dist', 'coverage']);
const TEXT = /\.(ts|md|ya?ml|json|cjs|mjs|grit|txt|html|css|csv|sh)$|\/(run|LICENSE|\.[a-z]+)$/;

/** Every text file of the repository, sorted by path. */
export function repositoryFiles(): readonly TextFile[] {
  return walk('')
    .filter((path) => TEXT.test(`/${path}`))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

/** True for a TypeScript file of a source folder. */
export function isSource({ path }: TextFile): boolean {
  const [folder = ''] = path.split('/');
  return (SOURCE_FOLDERS as readonly string[]).includes(folder) && path.endsWith('.ts');
}

function walk(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    // In a worktree `.git` is a file.
    if (SKIPPED.has(entry.name)) return [];
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [path] : [];
  });
}
