/**
 * `orrery node TOPOLOGY NODE`: runs one node of a deployment in this process, for a coordinator on
 * this or another machine (`orrery live FILE --deployment FILE`).
 *
 * It waits for its coordinator, serves one run, and exits; whatever restarts it (systemd, a
 * container) starts the next one. With `--alone` nobody coordinates it and it does not end (ADR 0079).
 *
 * @module
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { type Command, Option } from 'commander';
import { lockFolder } from '../engine/live/folder-lock.ts';
import { StandaloneChannel } from '../runner/distributed/alone/alone-channel.ts';
import {
  findStandaloneObstacle,
  loadStandaloneDeployment,
  refuseIfNotStandalone,
  type StandaloneDeployment,
} from '../runner/distributed/alone/alone-deployment.ts';
import { standaloneAssignment } from '../runner/distributed/alone/standalone-assignment.ts';
import { dialChannel } from '../runner/distributed/channel/dial.ts';
import { type Channel, DialError } from '../runner/distributed/channel/model.ts';
import { StandaloneKeyDerivation } from '../runner/distributed/deployment/alone-keys.ts';
import {
  type Deployment,
  type KeyHolder,
  loadDeployment,
  makeKeys,
} from '../runner/distributed/deployment/deployment.ts';
import { SHIPPED_FILE_FOLDERS } from '../scenarios/folders.ts';
import { refuseDoubles } from '../scenarios/open/doubles.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { OPERATOR_LOG_LEVELS, type OperatorLogLevel } from '../services/operator/index.ts';
import { unknownNameHint } from '../topologies/files/suggest.ts';
import {
  loadTopology,
  optionModulesOfTopology,
  userModulesOfTopology,
} from '../topologies/load.ts';
import type { Topology } from '../topologies/model.ts';
import { FlagError } from './exit.ts';
import { openFabricEndpoint } from './fabric-face.ts';
import { addFlagOptions, numberOption, PORT_RANGE, refuseWithHelp } from './flags.ts';
import { type NodeProcessOptions, runNodeProcess } from './node-process.ts';
import { NodeFiles, type NodeStartFiles } from './node-reload.ts';
import { runNodeInThread } from './node-thread.ts';

/** Delay between two attempts to reach a coordinator that is not listening yet, ms. */
const RETRY_MS = 1_000;
const ONCE_IN = 10;

interface NodeFlags {
  readonly deployment?: string;
  readonly coordinator?: string;
  readonly operatorPort?: number;
  readonly log?: OperatorLogLevel;
  readonly state?: string;
  readonly fabric?: string;
  readonly fabricToken?: string;
  readonly newKeys?: string;
  readonly alone?: boolean;
}

/** Adds the command `orrery node` to the program. */
export function addNodeCommand(program: Command): void {
  const command = addFlagOptions<NodeFlags>(program.command('node'), {
    deployment: new Option(
      '--deployment <file>',
      'which node runs on which machine, and where the keys are',
    ),
    coordinator: new Option(
      '--coordinator <host:port>',
      'address of the coordinator, instead of the one in the deployment file',
    ),
    operatorPort: numberOption(
      '--operator-port <n>',
      'port on 127.0.0.1 that serves health and metrics',
      PORT_RANGE,
    ),
    log: new Option(
      '--log <level>',
      'level of the JSON log on stderr (default: deployment file, else info); ' +
        'ORRERY_LOG ' +
        'sets it per component',
    ).choices([...OPERATOR_LOG_LEVELS]),
    state: new Option(
      '--state <folder>',
      'folder for stores that survive a crash (default: STATE_DIRECTORY, else none)',
    ),
    fabric: new Option(
      '--fabric <host:port>',
      'loopback address for applications of a node of fabric: send, call, subscribe',
    ),
    fabricToken: new Option(
      '--fabric-token <file>',
      'file for the token of applications (default: fabric-NODE.token, in --state if given)',
    ),
    alone: new Option(
      '--alone',
      'without coordinator and without end: it starts now, with the keys and the traffic of the deployment file',
    ),
    newKeys: new Option('--new-keys <folder>', 'only make the keys of a deployment'),
  })
    .argument('[topology]', 'topology file, or its name in topologies/')
    .argument('[node]', 'name of the node that runs here')
    .summary('run one node, for a coordinator on another machine or alone')
    .description(
      'Runs one node of a topology in this process. The coordinator (orrery live FILE\n' +
        '--deployment FILE) says when time begins and what to send, and judges the run.\n' +
        'With --alone there is none: the node runs until it is asked to end (SIGTERM).',
    );
  command.action(async (topologyFile: string | undefined, name: string | undefined, flags) => {
    const { newKeys } = flags as NodeFlags;
    if (topologyFile !== undefined && newKeys !== undefined) {
      await writeKeys(topologyFile, name, newKeys);
    } else if (topologyFile === undefined || name === undefined) refuseWithHelp(command);
    else if (isMainThread) await runNodeInThread(name);
    else await runNode(topologyFile, name, flags as NodeFlags);
  });
}

/** Loads the topology, and the protocols that its file on this machine names. */
async function loadOwn(
  path: string,
): Promise<{ readonly topology: Topology; readonly registry: ProtocolRegistry }> {
  const registry = new ProtocolRegistry();
  const request = { path, folders: SHIPPED_FILE_FOLDERS, registry };
  await registry.loadFound({
    protocols: () => userModulesOfTopology(request),
    modules: () => optionModulesOfTopology(request),
  });
  return { topology: loadTopology(request), registry };
}

/**
 * Makes keys and writes them to files: those of the coordinator and of all nodes or, if `name` is
 * given, that of this node only.
 */
async function writeKeys(file: string, name: string | undefined, folder: string): Promise<void> {
  const { topology, registry } = await loadOwn(file);
  if (name !== undefined) checkName(topology, name);
  const names = name === undefined ? topology.hosts.map((host) => host.name) : [name];
  const nodes = names.map((node): KeyHolder => ({ kind: 'node', name: node }));
  const roles = name === undefined ? [{ kind: 'coordinator' } as const, ...nodes] : nodes;
  const canBeAlone = findStandaloneObstacle(topology, registry) === undefined;
  const derivation = canBeAlone ? new StandaloneKeyDerivation(topology, registry) : undefined;
  const made = makeKeys(folder, roles, derivation);
  process.stdout.write(
    `${folder}: ${made.length === 0 ? 'no key was missing' : made.join(', ')}\n` +
      'copy public.keys to every machine, and each *.key to its own machine only\n',
  );
}

async function runNode(topologyFile: string, name: string, flags: NodeFlags): Promise<void> {
  const { topology, registry } = await loadOwn(topologyFile);
  checkName(topology, name);
  const hosts = topology.hosts.filter((host) => host.name === name);
  refuseDoubles({ hosts }, {}, registry);
  const found = { name, registry, topologyFile, topology };
  const how = flags.alone === true ? alone(found, flags) : coordinated(found, flags);
  const { deployment, stateName } = how;
  const stateFolder = flags.state ?? process.env['STATE_DIRECTORY'];
  const own = stateFolder === undefined ? undefined : join(stateFolder, stateName);
  // The folder is locked, so that no other process of this node removes the files of the present
  // run.
  if (own !== undefined) lockFolder(own);
  const files = new NodeFiles({ ...found, ...how });
  await runNodeProcess({
    mode: flags.alone === true ? 'alone' : 'coordinated',
    connect: how.connect,
    hosts: [name],
    registry,
    topology: deployment.place(topology),
    ...(own === undefined ? {} : { stateFolder: own }),
    levels: flags.log ?? deployment.log ?? 'info',
    writesNodes: true,
    operatorPort: flags.operatorPort ?? deployment.hosts.get(name)?.operatorPort ?? 0,
    ...faceOf(name, flags, own),
    reload: (log, change) => files.reread(log, change),
  });
}

/** How a node is run: the channel to its coordinator, its deployment, and the name of its folder. */
interface Manner extends Pick<NodeStartFiles, 'deployment' | 'loadDeployment'> {
  readonly connect: NodeProcessOptions['connect'];
  /** Name of the folder of the node's stores, below the folder of `--state`. */
  readonly stateName: string;
}

type Found = Pick<NodeStartFiles, 'name' | 'registry' | 'topology'>;

function coordinated({ name, topology }: Found, flags: NodeFlags): Manner {
  const hint = 'add --deployment FILE, or --alone; docs/how-to/deploy.md shows a file';
  const file = deploymentFile(flags, 'node: where is the coordinator?', hint);
  const load = (over: Topology): Deployment => loadDeployment(file, over, { kind: 'node', name });
  const deployment = load(topology);
  const at = coordinatorOf(flags, deployment);
  return {
    deployment,
    loadDeployment: load,
    connect: () => dial(at, deployment.keys),
    stateName: encodeURIComponent(name),
  };
}

function alone({ name, topology, registry }: Found, flags: NodeFlags): Manner {
  if (flags.coordinator !== undefined) {
    const hint = 'leave one of them out';
    throw new FlagError('--alone: a node with --coordinator is not alone', '--alone', hint);
  }
  const hint = 'add --deployment FILE; docs/how-to/deploy.md shows one';
  const file = deploymentFile(flags, 'node: where are its keys and its peers?', hint);
  refuseIfNotStandalone(topology, registry);
  const load = (over: Topology): StandaloneDeployment =>
    loadStandaloneDeployment(file, { name, topology: over, registry });
  const loaded = load(topology);
  return {
    deployment: loaded.deployment,
    loadDeployment: (over) => load(over).deployment,
    connect: async () => new StandaloneChannel(standaloneAssignment(name, topology, loaded)),
    // Names of nodes contain no dot, so this name differs from that of any run with a coordinator.
    stateName: `${encodeURIComponent(name)}.alone`,
  };
}

function deploymentFile({ deployment }: NodeFlags, words: string, hint: string): string {
  if (deployment === undefined) throw new FlagError(words, 'node', hint);
  return deployment;
}

function checkName(topology: Topology, name: string): void {
  const names = topology.hosts.map((host) => host.name);
  if (names.includes(name)) return;
  throw new FlagError(
    `${topology.file} has no node ${name}`,
    name,
    unknownNameHint(name, names, 'nodes'),
  );
}

function coordinatorOf(
  { coordinator }: NodeFlags,
  deployment: Deployment,
): { readonly host: string; readonly port: number } {
  if (coordinator === undefined) return deployment.coordinator;
  return hostPort('--coordinator', coordinator, '192.0.2.10:7000');
}

/** Opens the server for applications that the flags ask for; undefined if they ask for none. */
function faceOf(
  node: string,
  { fabric, fabricToken }: NodeFlags,
  stateFolder = '',
): Pick<NodeProcessOptions, 'openFace'> {
  if (fabric === undefined) {
    if (fabricToken === undefined) return {};
    const hint = 'add --fabric 127.0.0.1:7480';
    throw new FlagError('--fabric-token: there is no face without --fabric', fabricToken, hint);
  }
  const at = hostPort('--fabric', fabric, '127.0.0.1:7480');
  const tokenFile = fabricToken ?? join(stateFolder, `fabric-${encodeURIComponent(node)}.token`);
  return { openFace: (log) => openFabricEndpoint({ node, ...at, tokenFile, log }) };
}

/** @throws FlagError if the value of a flag is not HOST:PORT. */
function hostPort(
  flag: string,
  text: string,
  example: string,
): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const isPort = Number(port) >= 1 && Number(port) <= PORT_RANGE.most;
  if (host === undefined || !isPort) {
    throw new FlagError(`${flag}: ${text} is not HOST:PORT`, text, `write ${example}`);
  }
  return { host, port: Number(port) };
}

/**
 * True if another attempt would fail as well: the key is wrong, or another program uses the port.
 */
function isFinal({ reason }: DialError): boolean {
  return reason === 'authentication failed' || reason === 'protocol error';
}

/** Connects to the coordinator, and tries again until it listens. @throws (rejects) Refusal if {@link isFinal}. */
async function dial(
  { host, port }: { readonly host: string; readonly port: number },
  { secret, coordinator }: Deployment['keys'],
): Promise<Channel> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await dialChannel({ host, port, key: secret, listener: coordinator });
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      if (isFinal(error)) throw new Refusal(error.message, { cause: error });
      if (attempt % ONCE_IN === 0) {
        process.stderr.write(`waits for the coordinator at ${host}:${port} (${error.reason})\n`);
      }
      await sleep(RETRY_MS);
    }
  }
}
