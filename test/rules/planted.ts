/**
 * Planted violations: `*.txt` files that each name the rule that they must trigger, copied to a
 * temporary tree. They are text files, so that no rule finds them in this folder.
 *
 * @module
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../architecture/files.ts';

/** A tool that enforces rules. */
export type Tool = 'depcruise' | 'biome' | 'knip' | 'tsc';

/** One planted violation. */
export interface Plant {
  readonly name: string;
  /** What the violation does. */
  readonly why: string;
  readonly tool: Tool;
  /** The expected findings as `rule path`, sorted. */
  readonly expected: readonly string[];
  /** The text of each file by path. */
  readonly files: ReadonlyMap<string, string>;
}

const FOLDER = join(ROOT, 'test/rules');
const CONFIGURATION = ['biome.json', 'tsconfig.json', 'package.json', 'tools/config', 'tools/grit'];

/** Every planted violation, by name. */
export function plants(): readonly Plant[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt') && name !== 'base.txt')
    .sort()
    .map(readPlant);
}

/** Writes a tree with the valid files and the files of some violations; returns its folder. */
export function grow(some: readonly Plant[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-rules-'));
  for (const path of CONFIGURATION)
    cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const base = filesOf(readFileSync(join(FOLDER, 'base.txt'), 'utf8'));
  for (const [path, text] of [...base, ...some.flatMap(({ files }) => [...files])]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function readPlant(file: string): Plant {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const expected = [...text.matchAll(/^expect (\w+) (\S+ \S+)$/gm)];
  const [, tool] = expected[0] ?? [];
  const [, why = ''] = /^# (.+)$/m.exec(text) ?? [];
  return {
    name: file.replace('.txt', ''),
    why,
    tool: tool as Tool,
    expected: expected.map(([, , rule = '']) => rule).sort(),
    files: filesOf(text),
  };
}

function filesOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^=== (.+)\n/m).slice(1);
  const pairs = parts.flatMap((path, index) =>
    index % 2 === 0 ? [[path, parts[index + 1] ?? ''] as const] : [],
  );
  return new Map(pairs);
}
