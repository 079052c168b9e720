/**
 * The store of prepared programs: one folder for each state of our own modules, named by a hash of
 * their content, with the programs of the command line, its threads and its agents. See ADR 0030.
 *
 * Its files are executed. A folder is therefore used only if all who can write to it could change the
 * program itself anyway: next to the installed packages, or else in the user's own cache.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { FORM } from '../engine/live/prepared.mjs';
import { CODE, HOME, keyOfProgram } from './prepared-key.mjs';

/**
 * Programs, each with its modules: a program exports what its first module exports, and loads its other
 * modules by URL.
 */
const PROGRAMS = [
  ['command', 'cli/run-command'],
  ['run-worker', 'runner/threads/run-worker'],
  ['hunt-worker', 'runner/hunt/hunt-worker'],
  ['wall-clock-worker', 'runner/threads/wall-clock-worker'],
  ['agent', 'cli/agent-start'],
  ['loop', 'runner/distributed/agent/loop-start'],
  ['compute-worker', 'engine/live/compute-worker', 'nodes/mixnet/index'],
  [
    'pipeline-worker',
    ...['engine/live/pipeline/pipeline-worker', 'nodes/mixnet/index', 'services/mixnode/jobs'],
  ],
].map(([name, ...modules]) => `${name}=${modules.map((path) => `${path}.${FORM}`).join('+')}`);
/** Exit code of prepare.mjs if our modules cannot be bundled. */
const NOT_BUNDLED = 65;
/** A half-made folder older than this, ms, was left by a process that was killed. */
const DRAFT_MAX_MS = 600_000;
const OTHERS_MAY_WRITE = 0o022;
const GROUP_MAY_WRITE = 0o020;

/** @returns the folder of this program, created if necessary; undefined if that is impossible. */
export function preparedFolder() {
  try {
    const key = keyOfProgram(PROGRAMS);
    const stores = [besidePackages(), ofUser()].filter((store) => store !== undefined);
    return known(stores, key) ?? make(stores, key);
  } catch {
    // The caller then loads the modules one by one, which gives a better message.
    return undefined;
  }
}

/** The store in the folder where tools of a project keep their caches. */
function besidePackages() {
  const parent = dirname(HOME);
  const top = basename(parent) === 'node_modules' ? parent : join(HOME, 'node_modules');
  const home = statSync(HOME);
  return {
    top,
    path: join(top, '.cache/orrery/start'),
    mode: 0o755,
    othersMax: 3,
    // The folder is safe if nobody else can write to it and its owner is this user, root or the
    // owner of the program.
    isSafe: ({ uid, gid, mode }) =>
      [process.geteuid(), 0, home.uid].includes(uid) &&
      (mode & OTHERS_MAY_WRITE & ~home.mode) === 0 &&
      ((mode & GROUP_MAY_WRITE) === 0 || gid === home.gid),
  };
}

/**
 * The store for packages that somebody else installed, in the user's own cache; all projects of the
 * user share it.
 */
function ofUser() {
  const named = process.env.XDG_CACHE_HOME ?? '';
  const asked = isAbsolute(named) ? named : join(homedir(), '.cache');
  const base = existsSync(asked) ? realpathSync(asked) : asked;
  if (!isAbsolute(base)) return undefined;
  return {
    top: dirname(base),
    path: join(base, 'orrery/start'),
    mode: 0o700,
    othersMax: 7,
    isSafe: ({ uid, mode }) => uid === process.geteuid() && (mode & OTHERS_MAY_WRITE) === 0,
  };
}

/** True if nobody else can write to this folder or replace it. */
function isSafe({ top, isSafe: isSafeFolder }, folder) {
  // On Windows, both folders are private by default.
  if (process.geteuid === undefined) return true;
  // A symbolic link could lead to any folder.
  if (realpathSync(folder) !== join(realpathSync(top), relative(top, folder))) return false;
  for (let path = folder; path !== top; path = dirname(path)) {
    const stats = lstatSync(path);
    if (!stats.isDirectory() || !isSafeFolder(stats)) return false;
  }
  return true;
}

function known(stores, key) {
  for (const store of stores) {
    const folder = join(store.path, key);
    if (!existsSync(folder) || !isSafe(store, folder)) continue;
    quietly(() => utimesSync(folder, new Date(), new Date()));
    return folder;
  }
  return undefined;
}

function make(stores, key) {
  const store = stores.find((one) => quietly(() => open(one)));
  return store === undefined ? undefined : prepare(store, join(store.path, key));
}

function open(store) {
  mkdirSync(store.path, { recursive: true, mode: store.mode });
  accessSync(store.path, constants.W_OK);
  return isSafe(store, store.path);
}

/**
 * Creates the folder completely or not at all. Two processes that do so at the same time create the same
 * folder.
 */
function prepare(store, folder) {
  const draft = `${folder}.${process.pid}`;
  const words = [join(CODE, 'engine/live/prepare.mjs'), draft, ...PROGRAMS];
  const { status } = spawnSync(process.execPath, words, { cwd: CODE, stdio: 'ignore' });
  // An empty folder records that bundling these modules has failed.
  if (status === NOT_BUNDLED) mkdirSync(draft, { mode: store.mode });
  // Rejects a folder that is owned by somebody else or that others can write to.
  if (existsSync(folder) && !isSafe(store, folder)) {
    rmSync(folder, { recursive: true, force: true });
  }
  if (existsSync(draft) && (status === 0 || status === NOT_BUNDLED)) {
    quietly(() => renameSync(draft, folder));
  }
  rmSync(draft, { recursive: true, force: true });
  if (!existsSync(folder) || !isSafe(store, folder)) return undefined;
  removeOld(store, folder);
  return folder;
}

/** Deletes all but the most recently used folders, because other processes may still use those. */
function removeOld({ path: store, othersMax }, present) {
  const all = readdirSync(store)
    .map((name) => ({ name, path: join(store, name) }))
    .filter(({ path }) => path !== present)
    .map((entry) => ({ ...entry, ms: lstatSync(entry.path).mtimeMs }));
  const drafts = all.filter(({ name }) => name.includes('.'));
  const folders = all.filter((entry) => !drafts.includes(entry)).sort((a, b) => b.ms - a.ms);
  const dead = drafts.filter(({ ms }) => Date.now() - ms > DRAFT_MAX_MS);
  for (const { path } of [...dead, ...folders.slice(othersMax)]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** @returns the result; undefined if it throws. */
function quietly(act) {
  try {
    return act();
  } catch {
    return undefined;
  }
}
