/**
 * `orrery gateway FILE`: runs a gateway from a TOML file, as an operator does, or asks a running
 * gateway (docs/how-to/gateway.md).
 *
 * @module
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import { sha256 } from '../engine/core/sha256.ts';
import { findPathError } from '../engine/live/environment.ts';
import {
  type AccessControl,
  type GatewayFile,
  gatewaySampleToml,
  gatewayTomlSchema,
  selectPeers,
} from '../nodes/gateway/index.ts';
import { StandaloneChannel } from '../runner/distributed/alone/alone-channel.ts';
import { standaloneAssignment } from '../runner/distributed/alone/standalone-assignment.ts';
import { StandaloneKeyDerivation } from '../runner/distributed/deployment/alone-keys.ts';
import { Deployment } from '../runner/distributed/deployment/deployment.ts';
import {
  type KeyHolder,
  makeKeys,
  readKeys,
} from '../runner/distributed/deployment/deployment-keys.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { nodeFiles } from '../scenarios/open/node-files.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { isLoopback, type TlsMaterial } from '../services/gateway/index.ts';
import { findFile } from '../topologies/files/find-file.ts';
import { readToml } from '../topologies/files/toml.ts';
import { loadTopology, missingFileError } from '../topologies/load.ts';
import type { Topology } from '../topologies/model.ts';
import { addFlagOptions, refuseWithHelp } from './flags.ts';
import { askGateway, type GatewayInquiry } from './gateway-ask.ts';
import { GATEWAY_PROTOCOL, type GatewayFace, openGatewayFace } from './gateway-face.ts';
import { withRoutingPolicyFile } from './gateway-policy.ts';
import { GatewayFileReloader, type GatewayFiles } from './gateway-reload.ts';
import { checkTlsMaterial, readTlsMaterial, withTlsFiles } from './gateway-tls.ts';
import { runNodeProcess } from './node-process.ts';

interface GatewayFlags {
  readonly check?: boolean;
  readonly newKeys?: boolean;
  readonly sample?: string;
  readonly json?: boolean;
}

/** The shipped topology that the files of `--sample` name. */
const SAMPLE_TOPOLOGY = 'two-offices.yaml';
/** The two gateways of that topology. */
const SAMPLE_NODES = ['gateway-111', 'gateway-112'] as const;

/** Adds the command `orrery gateway` to the program. */
export function addGatewayCommand(program: Command): void {
  addFlagOptions<GatewayFlags>(program.command('gateway'), {
    check: new Option('--check', 'only say whether the file and its topology are right'),
    newKeys: new Option('--new-keys', 'only make the missing keys of all gateways of its topology'),
    sample: new Option('--sample <folder>', 'only write the files of two gateways there'),
    json: new Option('--json', 'print an answer as JSON on stdout and nothing else'),
  })
    .argument('[what...]', 'its configuration, config.toml; before it, `status` or `explain DST`')
    .summary('run a gateway from its own configuration file, or ask one that runs')
    .description(
      'Runs one gateway in this process until SIGTERM. `status FILE` asks the gateway that runs\n' +
        'with this file how it is, `explain DST FILE` why packets to a peer take their path.\n' +
        'See docs/how-to/gateway.md.',
    )
    .action(async (what: readonly string[], flags: GatewayFlags, command: Command) => {
      const inquiry = readInquiry(what);
      const [path] = what;
      if (flags.sample !== undefined) writeSamples(flags.sample);
      else if (inquiry !== undefined) {
        const file = readToml(inquiry.path, readText(inquiry.path), gatewayTomlSchema);
        await askGateway(file, { ...inquiry, isJson: flags.json === true });
      } else if (path === undefined || what.length > 1 || isKind(path)) refuseWithHelp(command);
      else await runGateway(path, flags);
    });
}

/**
 * Parses the words of a question to a running gateway; undefined if they are not such a question.
 */
function readInquiry(what: readonly string[]): Omit<GatewayInquiry, 'isJson'> | undefined {
  const [kind = '', ...rest] = what;
  const path = rest.at(-1);
  if (!isKind(kind) || path === undefined) return undefined;
  const [target = ''] = kind === 'explain' ? rest : [];
  return rest.length === (kind === 'explain' ? 2 : 1) ? { kind, target, path } : undefined;
}

function isKind(word: string): word is GatewayInquiry['kind'] {
  return word === 'status' || word === 'explain';
}

function readText(path: string): string {
  const found = findFile(path, { files: nodeFiles, folders: ['.'], labels: ['.'] });
  if ('message' in found) throw missingFileError(found.message, found.hint);
  return readFileSync(found.path, 'utf8');
}

/**
 * Reads a gateway's file and its topology, to which the options of the file are not yet applied.
 */
function readFiles(path: string, folder: string, registry: ProtocolRegistry): GatewayFiles {
  const text = readText(path);
  const schema = withRoutingPolicyFile(withTlsFiles(gatewayTomlSchema, folder), folder);
  const file = readToml(path, text, schema);
  const topology = openTopology(folder, file, registry);
  readToml(path, text, withKnownPeers(gatewayTomlSchema, topology));
  return { file, topology };
}

async function runGateway(path: string, flags: GatewayFlags): Promise<void> {
  const text = readText(path);
  const folder = dirname(resolve(path));
  const registry = new ProtocolRegistry();
  const withOptions = (of: Topology, now: GatewayFile): Topology => withFileOptions(path, of, now);
  const read = (): GatewayFiles => {
    const { file, topology } = readFiles(path, folder, registry);
    return { file, topology: withOptions(topology, file) };
  };
  const started = read();
  const { file, topology } = started;
  for (const warning of [...file.warnings, ...openAddresses(file)]) {
    process.stderr.write(`orrery: ${path}: ${warning}\n`);
  }
  const name = file.place.node;
  const own = topology.hosts.find((host) => host.name === name);
  if (own?.options['encapsulation'] === 'sig') {
    const what = 'sets encapsulation: sig: packets are neither encrypted nor authenticated';
    process.stderr.write(`orrery: ${path}: ${file.place.topology} ${what}\n`);
  }
  const gateways = topology.hosts.filter(({ protocol }) => protocol === GATEWAY_PROTOCOL);
  const names = gateways.map((host) => host.name);
  if (!names.includes(name)) {
    throw new Refusal(
      `${path}: ${name} is no gateway of ${file.place.topology}; it has ${names.join(', ') || 'none'}`,
    );
  }
  if (flags.check === true) {
    process.stdout.write(`${path}: ${name} of ${file.place.topology}, right\n`);
    return;
  }
  const keysFolder = resolve(folder, file.place.keys);
  const derivation = new StandaloneKeyDerivation({ ...topology, hosts: gateways }, registry);
  if (flags.newKeys === true) {
    const holders = names.map((node): KeyHolder => ({ kind: 'node', name: node }));
    const made = makeKeys(keysFolder, [{ kind: 'coordinator' }, ...holders], derivation);
    process.stdout.write(`${keysFolder}: ${made.join(', ') || 'no key was missing'}\n`);
    return;
  }
  const keys = readKeys(keysFolder, { kind: 'node', name }, names);
  if (!('secret' in keys))
    throw new Refusal(`${keys.message}; --new-keys makes keys that are missing`);
  const deployment = new Deployment({
    ...{ file: path, sha256: Buffer.from(sha256(Buffer.from(text))).toString('hex') },
    ...{ coordinator: undefined, shape: 'off', log: file.log, hosts: new Map(), traffic: [], keys },
  });
  const bundle = derivation.bundleOf(name, keys, keysFolder);
  if ('code' in bundle) throw new Refusal(bundle.message);
  const stateFolder = join(resolve(folder, file.place.state), name);
  let face: GatewayFace | undefined;
  const readTls = (): TlsMaterial | undefined =>
    file.htx.tls && checkTlsMaterial(readTlsMaterial(folder, file.htx.tls));
  const reloader = new GatewayFileReloader(started, read, withOptions, () => {
    const material = readTls();
    if (material !== undefined) face?.reloadTls(material);
  });
  const order = standaloneAssignment(name, topology, { deployment, bundle, traffic: [] });
  await runNodeProcess({
    mode: 'alone',
    connect: async () => new StandaloneChannel(order),
    hosts: [name],
    ...{ registry, topology },
    stateFolder,
    workers: file.workerThreads,
    levels: file.log,
    writesNodes: true,
    operatorPort: file.metrics.port,
    operatorHost: file.metrics.host,
    reload: (log, change) => reloader.reread(log, change),
    openFace: async (log) => {
      const { grpc, access, tun } = file;
      const htx = { ...file.htx, tls: readTls() };
      const { labelSetsMax } = file.metrics;
      face = await openGatewayFace({
        ...{ name, log, htx, grpc, access, tun, labelSetsMax, stateFolder },
      });
      return face;
    },
  });
}

/**
 * Writes the files of two gateways into a folder, which may already exist; existing files are not
 * replaced.
 */
function writeSamples(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw findPathError(error, folder) ?? error;
  }
  for (const [index, node] of SAMPLE_NODES.entries()) {
    const path = join(folder, `${node}.toml`);
    if (existsSync(path)) throw new Refusal(`${path} is there already`);
    writeFileSync(path, gatewaySampleToml({ topology: SAMPLE_TOPOLOGY, node, index }));
    process.stdout.write(`${path}\n`);
  }
}

/**
 * Loads the topology that the gateway's file names: the file beside it, or else the shipped
 * topology of this name.
 */
function openTopology(
  folder: string,
  { place }: GatewayFile,
  registry: ProtocolRegistry,
): Topology {
  const beside = resolve(folder, place.topology);
  return loadTopology({
    path: existsSync(beside) ? beside : place.topology,
    ...{ folders: SHIPPED_FILE_FOLDERS, registry, runsPrograms: true },
  });
}

/**
 * Returns a sentence for each server that other machines can reach without proving who they are.
 */
function openAddresses({ htx, grpc }: GatewayFile): readonly string[] {
  // With a client CA, only clients with a certificate get in, so open addresses need no warning.
  if (htx.tls?.clientCa !== undefined) return [];
  const servers = [
    { key: 'htx.bind_addr', host: htx.host },
    { key: 'orrery.grpc_addr', host: grpc?.host },
  ];
  return servers
    .filter(({ host }) => host !== undefined && !isLoopback(host))
    .map(
      ({ key, host }) =>
        `${key} ${host}: there is no password, nor certificates of clients; whoever reaches it sends and takes packets`,
    );
}

/** Returns a schema that also refuses peers that are not gateways of the topology. */
function withKnownPeers(
  schema: z.ZodType<GatewayFile>,
  { hosts }: Topology,
): z.ZodType<GatewayFile> {
  const gateways = hosts.filter(({ protocol }) => protocol === GATEWAY_PROTOCOL);
  const names = gateways.map(({ name }) => name);
  return schema.superRefine(({ options }, context) => {
    for (const [index, name] of ((options['peers'] ?? []) as readonly string[]).entries()) {
      if (names.includes(name)) continue;
      const message = `${name} is no gateway of the topology; it has ${names.join(', ')}`;
      context.addIssue({ code: 'custom', path: ['orrery', 'peers', index], message });
    }
  });
}

/**
 * Returns the topology with the options of the file set for this gateway.
 * @throws Refusal if a list of peers contains no gateway.
 */
export function withFileOptions(path: string, topology: Topology, file: GatewayFile): Topology {
  const { place, options, access } = file;
  const peers = access === undefined ? {} : peersOf(path, topology, { options, access });
  const hosts = topology.hosts.map((host) =>
    host.name === place.node
      ? { ...host, options: { ...host.options, ...options, ...peers } }
      : host,
  );
  return { ...topology, hosts };
}

/**
 * The option `peers` of a gateway with access control.
 * @throws Refusal if its lists contain no gateway.
 */
function peersOf(
  path: string,
  { hosts }: Topology,
  { options, access }: Pick<GatewayFile, 'options'> & { access: AccessControl },
): { readonly peers: readonly string[] } {
  const gateways = hosts.filter(({ protocol }) => protocol === GATEWAY_PROTOCOL);
  const selected = selectPeers(access.peers, gateways);
  if ('unknown' in selected) {
    const why = `${selected.unknown} is neither a gateway of the topology nor its AS`;
    throw new Refusal(`${path}: security.access_control: ${why}`);
  }
  const wanted = options['peers'] as readonly string[] | undefined;
  return { peers: selected.peers.filter((name) => wanted?.includes(name) !== false) };
}
