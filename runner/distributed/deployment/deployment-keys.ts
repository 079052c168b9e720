/**
 * Keys of a deployment, a folder of files:
 *
 * ```text
 * public.keys        a line for the coordinator and for each node; the same on every machine
 * coordinator.key    secret of the coordinator, on its machine only
 * node-alice.key     secret of alice, on alice's machine only
 * shared-alice.key   secrets that alice shares with others, if any, on alice's machine only
 * ```
 *
 * An attacker who takes over a machine can impersonate its own nodes, but no others. No message of
 * this module contains a digit of a secret.
 *
 * @module
 */

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../../nodes/_kit/bytes.ts';
import { areSecretsEqual, wipe } from '../../../nodes/_kit/secrets.ts';
import { nodeFiles } from '../../../scenarios/open/node-files.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { displayPath } from '../../../topologies/files/source.ts';
import { CHANNEL_KEY_LENGTH, publicKeyOf } from '../channel/handshake.ts';
import { type KeyProblem, newKeyFile, readKeyFile, replaceKeyFile } from './deployment-key.ts';
import { sharedKeyFileName, writeSharedKeys } from './shared-keys.ts';

/**
 * Which process of a deployment a secret key belongs to: the coordinator, a node in a run, or a node
 * that runs alone.
 */
export type KeyHolder =
  | { readonly kind: 'coordinator' }
  | { readonly kind: 'node'; readonly name: string }
  /** A node that runs alone, without a coordinator (ADR 0079). */
  | { readonly kind: 'alone'; readonly name: string };

/** The keys that one process of a deployment reads: its own secret, and the public keys of all. */
export interface DeploymentKeys {
  /** The secret key of this process. */
  readonly secret: Uint8Array;
  readonly coordinator: Uint8Array;
  /** The public key of each node, by the name of the node. */
  readonly nodes: ReadonlyMap<string, Uint8Array>;
  /** Public values of the nodes' protocols, by `node/protocol/name`; only nodes that run alone use them. */
  readonly values: ReadonlyMap<string, Uint8Array>;
}

/**
 * Derives, from the secret keys of a deployment, the values and secrets of protocols for nodes that run
 * alone.
 */
export interface KeyDerivation {
  /** Derives the public values of a node from its secret key; by `node/protocol/name`. */
  valuesOf(node: string, secret: Uint8Array): ReadonlyMap<string, Uint8Array>;
  /**
   * Derives the secrets that a node shares with others from the coordinator's secret key; by
   * `protocol/purpose`.
   */
  sharedOf(node: string, coordinator: Uint8Array): ReadonlyMap<string, Uint8Array>;
}

/** The public part of the keys of a deployment, the content of `public.keys`. */
type PublicKeys = Omit<DeploymentKeys, 'secret'>;

const PUBLIC_FILE = 'public.keys';
const HEAD = '# Public keys of a deployment, for every machine. Secrets are in the files *.key.\n';
const COORDINATOR = 'coordinator';
const NODE = 'node ';
const VALUE = 'public ';
const LINE = new RegExp(
  `^(${COORDINATOR}|${NODE}[A-Za-z0-9][A-Za-z0-9_-]{0,62}) ([0-9a-f]{${2 * CHANNEL_KEY_LENGTH}})$`,
);
/** A line with a public value of a protocol, of at most 4,096 bytes. */
const VALUE_LINE = /^(public [^\s/]{1,63}(?:\/[^\s/]{1,100}){2}) ((?:[0-9a-f]{2}){1,4096})$/;
/** Longest file of public keys that is read, bytes; one node takes a line of about 130 bytes. */
const LENGTH_MAX = 10_000_000;
const ADD = 'npm run node -- TOPOLOGY --new-keys FOLDER makes the keys that are missing';

/** The name of the file with the secret key of a role. */
function secretFile(role: KeyHolder): string {
  return role.kind === 'coordinator' ? 'coordinator.key' : `node-${role.name}.key`;
}

/**
 * Reads what one process needs from a folder of keys.
 * @param folder Absolute.
 * @param nodes Names of the nodes that must have keys.
 */
export function readKeys(
  folder: string,
  role: KeyHolder,
  nodes: readonly string[],
): DeploymentKeys | KeyProblem {
  const known = readPublicKeys(folder);
  if ('message' in known) return known;
  const missing = nodes.filter((name) => !known.nodes.has(name));
  const shown = displayPath(join(folder, PUBLIC_FILE), nodeFiles);
  if (missing.length > 0) {
    return { code: 'E116', message: `${shown} has no key for ${missing.join(', ')}`, hint: ADD };
  }
  const path = join(folder, secretFile(role));
  const own = readKeyFile(path);
  if ('message' in own) return own;
  const [who, stated] =
    role.kind === 'coordinator'
      ? ['the coordinator', known.coordinator]
      : [role.name, known.nodes.get(role.name)];
  if (stated === undefined || !areSecretsEqual(publicKeyOf(own.key), stated)) {
    const message = `${displayPath(path, nodeFiles)} is not the key that ${shown} lists for ${who}`;
    return {
      code: 'E112',
      message,
      hint: `copy ${PUBLIC_FILE} from the machine that made the keys`,
    };
  }
  return { secret: own.key, ...known };
}

/**
 * Creates the keys that a folder lacks, and adds their public keys to its list.
 * @param derivation Derives what nodes that run alone need in addition; absent if the network cannot
 *   run alone.
 * @returns names of the files that were created or changed.
 * @throws Refusal if a file cannot be written, or if an existing one contains no key.
 */
export function makeKeys(
  folder: string,
  roles: readonly KeyHolder[],
  derivation?: KeyDerivation,
): readonly string[] {
  makeFolder(folder);
  const path = join(folder, PUBLIC_FILE);
  const lines = existsSync(path) ? linesOf(folder) : new Map<string, string>();
  const made: string[] = [];
  for (const role of roles) {
    const file = secretFile(role);
    if (!existsSync(join(folder, file))) {
      newKeyFile(join(folder, file));
      made.push(file);
    }
    const own = keyIn(folder, role);
    const name = role.kind === 'coordinator' ? COORDINATOR : `${NODE}${role.name}`;
    lines.set(name, toHex(publicKeyOf(own)));
    if (role.kind !== 'coordinator') {
      dropValues(lines, role.name);
      const values = derivation?.valuesOf(role.name, own) ?? [];
      for (const [value, bytes] of values) lines.set(`${VALUE}${value}`, toHex(bytes));
    }
    wipe(own);
  }
  const text = [...lines].map(([name, key]) => `${name} ${key}\n`).join('');
  // Public keys are not secrets, but changing them would change whom this machine trusts; so only
  // the owner may write.
  replaceKeyFile(path, HEAD + text);
  return [...made, ...shareSecrets(folder, roles, derivation)];
}

/**
 * Writes the file of shared secrets of each node. They are derived from the coordinator's key, so the files
 * are made only in a folder that has that key.
 */
function shareSecrets(
  folder: string,
  roles: readonly KeyHolder[],
  derivation: KeyDerivation | undefined,
): readonly string[] {
  const coordinator = roles.find(({ kind }) => kind === 'coordinator');
  if (coordinator === undefined || derivation === undefined) return [];
  const root = keyIn(folder, coordinator);
  const nodes = roles.flatMap((role) => (role.kind === 'coordinator' ? [] : [role.name]));
  const changed = nodes.filter((node) =>
    writeSharedKeys(folder, node, derivation.sharedOf(node, root)),
  );
  wipe(root);
  return changed.map(sharedKeyFileName);
}

function keyIn(folder: string, role: KeyHolder): Uint8Array {
  const own = readKeyFile(join(folder, secretFile(role)));
  if ('message' in own) throw new Refusal(own.message);
  return own.key;
}

/** Removes the values of a node, which may have a new key or other protocols now. */
function dropValues(lines: Map<string, string>, node: string): void {
  for (const name of lines.keys()) if (name.startsWith(`${VALUE}${node}/`)) lines.delete(name);
}

function makeFolder(folder: string): void {
  try {
    const isNew = mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined;
    // Keeps the keys out of git, to which users may add the folder of their scenarios as a whole.
    if (isNew) writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new Refusal(`${displayPath(folder, nodeFiles)} cannot be made (${code})`, { cause });
  }
}

function linesOf(folder: string): Map<string, string> {
  const known = readPublicKeys(folder);
  if ('message' in known) throw new Refusal(known.message);
  return new Map([
    [COORDINATOR, toHex(known.coordinator)] as const,
    ...[...known.nodes].map(([name, key]) => [`${NODE}${name}`, toHex(key)] as const),
    ...[...known.values].map(([name, value]) => [`${VALUE}${name}`, toHex(value)] as const),
  ]);
}

function readPublicKeys(folder: string): PublicKeys | KeyProblem {
  const path = join(folder, PUBLIC_FILE);
  const shown = displayPath(path, nodeFiles);
  const status = statSync(path, { throwIfNoEntry: false });
  if (status?.isFile() !== true || status.size > LENGTH_MAX) {
    return { code: 'E116', message: `there is no file ${shown}`, hint: ADD };
  }
  const found = new Map<string, Uint8Array>();
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', digits = ''] = LINE.exec(line) ?? VALUE_LINE.exec(line) ?? [];
    const wrong = found.has(name) ? 'has more than one key' : 'is not a name and a public key';
    if (name === '' || found.has(name)) {
      return { code: 'E103', message: `${shown}:${index + 1} ${wrong}`, hint: ADD };
    }
    found.set(name, fromHex(digits));
  }
  const coordinator = found.get(COORDINATOR);
  if (coordinator === undefined) {
    return { code: 'E116', message: `${shown} has no key for the coordinator`, hint: ADD };
  }
  const below = (prefix: string): ReadonlyMap<string, Uint8Array> =>
    new Map(
      [...found]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, key]) => [name.slice(prefix.length), key]),
    );
  return { coordinator, nodes: below(NODE), values: below(VALUE) };
}
