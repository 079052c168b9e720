/**
 * Runs a tool on a tree and returns its findings as `rule path`, independent of its output format.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SOURCE_FOLDERS } from '../architecture/files.ts';
import type { Tool } from './planted.ts';

/** The findings of a tool in a folder, sorted and without duplicates. */
export function findingsOf(tool: Tool, folder: string): readonly string[] {
  return [...new Set(FINDERS[tool](folder))].sort();
}

const FINDERS: Readonly<Record<Tool, (folder: string) => readonly string[]>> = {
  depcruise: (folder) => {
    const folders = [...SOURCE_FOLDERS, 'test'].filter((one) => existsSync(join(folder, one)));
    const flags = ['--config', 'tools/config/dependency-cruiser.cjs', '--output-type', 'json'];
    const { summary } = JSON.parse(run(folder, 'depcruise', [...flags, ...folders])) as {
      readonly summary: {
        readonly violations: readonly {
          readonly from: string;
          readonly rule: { readonly name: string };
        }[];
      };
    };
    return summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
  },
  biome: (folder) => {
    const flags = ['lint', '--error-on-warnings', '--max-diagnostics=500', '--reporter=json', '.'];
    const { diagnostics } = JSON.parse(run(folder, 'biome', flags)) as {
      readonly diagnostics: readonly {
        readonly category: string;
        readonly location: { readonly path: string };
      }[];
    };
    return diagnostics.map(
      ({ category, location }) => `${category.replace(/^.*\//, '')} ${location.path}`,
    );
  },
  knip: (folder) => {
    const { issues } = JSON.parse(
      run(folder, 'knip', ['--config', 'tools/config/knip.json', '--reporter', 'json']),
    ) as {
      readonly issues: readonly Readonly<Record<string, unknown>>[];
    };
    return issues.flatMap((issue) =>
      Object.entries(issue)
        .filter(([, found]) => Array.isArray(found) && found.length > 0)
        .map(([kind]) => `${kind} ${String(issue['file'])}`),
    );
  },
  tsc: (folder) =>
    [
      ...run(folder, '../typescript-7/bin/tsc', [
        '-p',
        '.',
        '--incremental',
        'false',
        '--tsBuildInfoFile',
        'null',
      ]).matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+)/gm),
    ].map(([, path, code]) => `${code} ${path}`),
};

function run(folder: string, name: string, flags: readonly string[]): string {
  const { stdout } = spawnSync(join(ROOT, 'node_modules/.bin', name), flags, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
