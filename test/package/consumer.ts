/**
 * A user's folder with the package installed: packed from this repository, and installed as by `npm
 * i ../orrery.tgz`.
 *
 * @module
 */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../architecture/files.ts';

/** The result of a program. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder in which the package is installed. */
export interface Consumer {
  readonly folder: string;
  readonly tarballBytes: number;
}

const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** Packs the repository as it is; throws the message of npm. */
export function pack(): { readonly folder: string; readonly tarball: string } {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-package-'));
  const packed = npm(ROOT, ['pack', '--pack-destination', folder, '--loglevel=error']);
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (packed.status !== 0 || name === undefined) throw new Error(`npm pack: ${packed.stderr}`);
  return { folder, tarball: join(folder, name) };
}

/**
 * Installs the package in an empty folder, from npm's cache if possible; returns a text that says
 * why if it cannot.
 */
export function install(folder: string, tarball: string): Consumer | string {
  const home = join(folder, 'empty');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true, "type": "module" }\n');
  let said = '';
  for (const how of ['--offline', '--prefer-offline']) {
    const { status, stderr } = npm(home, [...INSTALL, how, tarball]);
    if (status === 0) return { folder: home, tarballBytes: statSync(tarball).size };
    said = stderr.trim().split('\n')[0] ?? '';
  }
  return `neither the cache of npm nor its registry has all dependencies: ${said}`;
}

/** A folder of a new user: what `npm init` of npm 11 writes, and what the page says to install. */
export function installAsTold(folder: string, tarball: string): string {
  const home = join(folder, 'told');
  mkdirSync(home);
  writeFileSync(
    join(home, 'package.json'),
    '{ "name": "told", "version": "1.0.0", "type": "commonjs" }\n',
  );
  const { status, stderr } = npm(home, [...INSTALL, '--prefer-offline', tarball, 'zod@4']);
  if (status !== 0) throw new Error(`npm install: ${stderr}`);
  return home;
}

/** Programs of Node, this one first, then those of the majors that the registry has for this machine. */
export function nodePrograms(folder: string, majors: readonly number[]): readonly string[] {
  const name = `node-${process.platform}-${process.arch}`;
  const others = majors.map((major) => {
    const prefix = join(folder, `node-${major}`);
    mkdirSync(prefix);
    writeFileSync(join(prefix, 'package.json'), '{ "private": true }\n');
    npm(prefix, [...INSTALL, '--prefer-offline', `${name}@${major}`]);
    return join(prefix, 'node_modules', name, 'bin/node');
  });
  return [process.execPath, ...others.filter((path) => existsSync(path))];
}

function npm(cwd: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync('npm', args, { cwd, encoding: 'utf8', env: environment() });
}

/** Runs a program in the folder. */
export function run(folder: string, program: string, ...args: string[]): Promise<Ended> {
  const child = spawn(program, args, { cwd: folder, env: environment() });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The environment without the variables of npm, git and the test runner that runs this test. */
function environment(): NodeJS.ProcessEnv {
  const own =
    /^(npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)|GIT_|VITEST|NODE_ENV|NODE_OPTIONS|GITHUB_STEP_SUMMARY|CI$|INIT_CWD)/;
  const rest = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(rest), NO_COLOR: '1' };
}

/** Writes a file in the folder. */
export function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** All files in a folder and its subfolders, with slashes, sorted. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** The files that a document shows: code blocks after a comment with a file name. */
export function shownFiles(document: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = text.matchAll(/<!-- (\S+) -->\n```\w+\n([\s\S]*?)```/g);
  return [...blocks].map(([, name = '', code = '']) => [name, code]);
}

/** The examples in the doc comments of a module, each with the function that it documents. */
export function examplesOf(module: string): readonly (readonly [string, string])[] {
  const text = readFileSync(join(ROOT, module), 'utf8');
  const pattern = /@example\n((?: \* ?.*\n)+?) \*\/\nexport (?:async )?function (\w+)/g;
  return [...text.matchAll(pattern)].map(([, code = '', name = '']) => [
    name,
    code.replace(/^ \* ?/gm, ''),
  ]);
}
