/**
 * Finds the modules of users' own protocols that a scenario and its topology name, before anything
 * is checked: `run: ./my-protocol/index.ts`, relative to the file that says it.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { findFile } from '../../topologies/files/find-file.ts';
import type { Folders } from '../../topologies/files/registry.ts';

/** Absolute paths of the modules, sorted; none for files that cannot be read. */
export function modulesNamedBy(file: string, folders: Folders): readonly string[] {
  const found = findFile(file, [process.cwd(), folders.scenarios], ['.', 'scenarios']);
  if ('message' in found) return [];
  const scenario = readYaml(found.path);
  const paths = new Set(namedIn(scenario, dirname(found.path)));
  const topology = (scenario as { readonly topology?: unknown } | null)?.topology;
  if (typeof topology === 'string') {
    const inner = findFile(
      topology,
      [dirname(found.path), folders.topologies],
      ['.', 'topologies'],
    );
    if (!('message' in inner)) {
      for (const path of namedIn(readYaml(inner.path), dirname(inner.path))) paths.add(path);
    }
  }
  return [...paths].sort();
}

function readYaml(path: string): unknown {
  try {
    const document = parseDocument(readFileSync(path, 'utf8'));
    return document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    // The loader reads the file again and says what is wrong with it.
    return error instanceof Error ? null : null;
  }
}

function namedIn(value: unknown, folder: string): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const isModule = key === 'run' && typeof inner === 'string' && /^\.{0,2}\//.test(inner);
    if (!isModule) return namedIn(inner, folder);
    const path = resolve(folder, inner);
    return existsSync(path) ? [path] : [];
  });
}
