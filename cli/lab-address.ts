/**
 * The address at which the Lab runs the same scenario: on the page that `npm run viz` serves, or on the one that
 * ORRERY_LAB names, such as https://example.org/lab/ (docs/how-to/lab.md).
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileNameFault, isCodeName } from '../lab/link/file-name-fault.ts';
import { type LabLink, LINK_ITEMS_MAX, writeLabLink } from '../lab/link/lab-link.ts';
import { SEEDS_PER_NETWORK } from '../reports/networks.ts';
import type { Report } from '../reports/report-schema.ts';
import { isUncommitted } from '../runner/run/commit.ts';
import { seedsInNetworks } from '../runner/run/planned-runs.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { nodeFiles } from '../scenarios/open/node-files.ts';
import { repeatCommand } from '../scenarios/repeat-command.ts';

const PREFIX_DEFAULT = 'http://127.0.0.1:7470/lab/';
/** Longest address that is printed, characters; browsers and programs for messages cut longer ones. */
const CHARS_MAX = 30_000;
/** A scenario or topology that names a module of the user, which is not among the copies. */
const NAMES_CODE = /^[^#]*\.[cm]?[jt]sx?\b/m;

/**
 * The address at which the Lab repeats a finished run in virtual time. Undefined for other runs, and
 * if an address cannot hold one of the run's files.
 * @param copies The scenario and, if it is a file of its own, the topology.
 */
export async function labAddressOfRun(
  report: Report,
  copies: readonly (readonly [path: string, text: string, ...unknown[]])[],
): Promise<string | undefined> {
  const { mode, scenario, interactive } = report;
  const asked = askedOf(report);
  if (mode !== 'sim' || interactive !== undefined || asked === undefined) return undefined;
  const { file, topologyFile, data = [] } = scenario;
  // If the topology is not among the copies, the Lab would take the shipped one of the same name.
  if (!copies.some(([path]) => path === topologyFile)) return undefined;
  const { cpuProfileSha256: profile } = report;
  const read = profile === undefined ? data : [...data, profile];
  const set = Object.entries(asked.values).map(([path, value]) => `${path}=${value}`);
  return await labAddress(file, copies, { seeds: asked.seeds, set, read });
}

/**
 * The seeds and values with which the Lab repeats the runs of a report; undefined if there are no
 * such seeds and values.
 */
function askedOf({
  ending,
  scenario,
  seeds,
  networks,
  overrides,
  reproduce,
}: Report):
  | { readonly seeds: LabLink['seeds']; readonly values: Readonly<Record<string, string>> }
  | undefined {
  const plain = repeatCommand('scenario', scenario.file, { set: overrides });
  if (ending === 'complete' && reproduce === plain) return { seeds: null, values: overrides };
  if (seeds.length > LINK_ITEMS_MAX) return undefined;
  if (networks === undefined) return { seeds, values: overrides };
  const own = [...new Set(seeds.map((seed) => seed % SEEDS_PER_NETWORK))];
  const planned = seedsInNetworks({ seeds: [], networks }, own);
  const areAll = planned.length === seeds.length && planned.every((seed) => seeds.includes(seed));
  // A flag may have chosen one of the networks in the file, so the link names them.
  const values = { ...overrides, networks: `[${networks.join()}]` };
  return areAll ? { seeds: own, values } : undefined;
}

/** The seeds and values that a run was asked for, and the files that it read. */
interface AskedRun extends Pick<LabLink, 'seeds' | 'set'> {
  /**
   * SHA-256 of the files that the run read and that are not among the copies; they must be shipped
   * files, because the Lab has no others.
   */
  readonly read: readonly string[];
}

/**
 * The address of a scenario in the Lab; undefined if a link cannot hold its files and values, or if
 * the run read a file that the Lab does not have.
 */
export async function labAddress(
  scenario: string,
  copies: readonly (readonly [path: string, text: string, ...unknown[]])[],
  { seeds, set, read }: AskedRun,
): Promise<string | undefined> {
  const named = (path: string): string => nameInLab(path, dirname(scenario));
  const files = new Map(
    copies.map(([path, text]) => [named(path), new TextEncoder().encode(text)] as const),
  );
  const link = { files, scenario: named(scenario), seeds, set };
  const hasAll = files.has(link.scenario) && !copies.some(([, text]) => NAMES_CODE.test(text));
  const isNamed = [...files.keys()].every(
    (name) => fileNameFault(name) === undefined && !isCodeName(name),
  );
  // The Lab shows one value per line and ignores spaces around it, so no value may contain a line
  // end or begin or end with a space.
  const areLines = set.every((value) => value === value.trim() && !/[\r\n]/.test(value));
  if (!hasAll || !isNamed || !areShipped(read) || !areLines) return undefined;
  const prefix = process.env['ORRERY_LAB'] ?? PREFIX_DEFAULT;
  const address = `${prefix}#page=lab&lab=${await writeLabLink(link, shippedOf([...files.keys()]))}`;
  return address.length <= CHARS_MAX ? address : undefined;
}

/**
 * The name of a file in the Lab. A shipped topology is in the folder of topologies; every other
 * file keeps its path relative to the scenario. Empty if the Lab cannot have a file at that path.
 */
function nameInLab(path: string, folder: string): string {
  const isShipped = dirname(resolve(path)) === resolve(SHIPPED_FILE_FOLDERS.topologies);
  if (isShipped) return `topologies/${basename(path)}`;
  const name = relative(folder, path).replaceAll(sep, '/');
  return name.startsWith('topologies/') ? '' : name;
}

/** True if each SHA-256 is that of a shipped file. */
function areShipped(hashes: readonly string[]): boolean {
  if (hashes.length === 0) return true;
  const shipped = new Set(
    Object.values(SHIPPED_FILE_FOLDERS).flatMap((folder: string) =>
      readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => nodeFiles.sha256(readFileSync(join(parentPath, name)))),
    ),
  );
  return hashes.every((hash) => shipped.has(hash));
}

/**
 * The shipped files with these names, without those that are new or changed in this working tree,
 * because the Lab has the committed ones.
 */
function shippedOf(names: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const { scenarios, topologies } = SHIPPED_FILE_FOLDERS;
  const found = names.flatMap((name) => {
    const path = join(name.startsWith('topologies/') ? topologies : scenarios, basename(name));
    return existsSync(path) ? [[name, path] as const] : [];
  });
  return new Map(
    found
      .filter(([, path]) => !isUncommitted(path))
      .map(([name, path]) => [name, readFileSync(path)]),
  );
}
