/**
 * Loads topology files: the public interface of this folder.
 *
 * Reads files, never the network; depends on no protocol: the caller supplies a registry.
 *
 * @module
 */
import { assembleTopology } from './assemble/assemble-topology.ts';
import { BuildContext } from './assemble/context.ts';
import type { LoadedTopology } from './assemble/loaded.ts';
import { inlineOptionFiles } from './assemble/option-files.ts';
import { type NamedUserModule, userModulesInOptions } from './assemble/option-modules.ts';
import { checkOptions } from './assemble/options.ts';
import { existingModules } from './assemble/protocol-name.ts';
import { protocolNamesOfHost } from './assemble/stack.ts';
import { COMMAND_PSEUDO_FILE, ConfigError } from './files/config-error.ts';
import { omitUndefined } from './files/defined.ts';
import { type FoundFile, findFile } from './files/find-file.ts';
import type { ValuePath } from './files/locate.ts';
import type { MachineFiles } from './files/machine.ts';
import { type FlagOverride, overridesFromRecord } from './files/overrides.ts';
import { ConfigIssueCollector } from './files/problems.ts';
import type { LookupFolders, ProtocolLookup } from './files/registry.ts';
import { type ConfigSource, readSource } from './files/source.ts';
import { valueAt } from './files/zod-words.ts';
import { type GeneratedDraft, generateDraft } from './generate/generate.ts';
import type { Topology } from './model.ts';
import { topologySchema } from './schema/topology.ts';

/** Which topology to load, and the folders and protocols it may refer to. */
export interface TopologyRequest {
  /** Name in the topologies folder, or a path. */
  readonly path: string;
  readonly folders: LookupFolders;
  /** Changes of single values before the check, `path -> value`. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly registry: ProtocolLookup;
  /** True if this process runs outside programs: external hosts that name a protocol are then nodes that run it. */
  readonly runsPrograms?: boolean;
}

const LIMIT_BYTES = 5e6;
const TOO_LARGE_HINT = 'generate it: topology: { generate: … }';

/**
 * Loads a topology and checks everything in it.
 *
 * @throws ConfigError naming every mistake.
 */
export function loadTopology(request: TopologyRequest): Topology {
  const problems = new ConfigIssueCollector();
  const { registry } = request;
  const found = findTopology(request);
  if ('message' in found) throw missingFileError(found.message, found.hint);
  const loaded = readTopology(found.path, overridesFromRecord(request.overrides ?? {}), {
    ...{ problems, registry, runsPrograms: request.runsPrograms ?? false },
  });
  const filled = loaded && inlineOptionFiles(loaded, [], registry, problems);
  if (filled !== undefined) checkOptions(filled.loaded, registry, problems, []);
  problems.throwIfAny();
  if (filled === undefined) throw missingFileError('the topology is empty');
  return filled.loaded.topology;
}

/**
 * Finds the modules of users' own protocols in a topology file, so that the caller can load them
 * into its registry before the file is checked.
 *
 * @returns absolute paths, each once; none when the file cannot be read (the check says why).
 */
export function userModulesOfTopology(request: TopologyRequest): readonly string[] {
  const loaded = readForModules(request);
  return loaded === undefined
    ? []
    : existingModules(protocolNamesOfTopology(loaded), request.registry.machine.files);
}

/**
 * Finds the modules that options in a topology file name, once the protocols that it names are loaded.
 *
 * @returns none when the file cannot be read.
 */
export function optionModulesOfTopology(request: TopologyRequest): readonly NamedUserModule[] {
  const { registry } = request;
  const loaded = readForModules(request);
  return loaded === undefined ? [] : userModulesInOptions(loaded, [], registry);
}

/** Reads a topology file, and ignores mistakes: the later check reports them. */
function readForModules(request: TopologyRequest): LoadedTopology | undefined {
  const { registry } = request;
  const found = findTopology(request);
  if ('message' in found) return undefined;
  return readTopology(found.path, [], { problems: new ConfigIssueCollector(), registry });
}

function findTopology({ path, folders, registry }: TopologyRequest): FoundFile {
  const { files } = registry.machine;
  const labels = ['.', 'topologies'];
  return findFile(path, { files, folders: [files.folder, folders.topologies], labels });
}

/** The protocols that a topology names, as the registry knows them. */
export function protocolNamesOfTopology({ topology, module }: LoadedTopology): readonly string[] {
  const names = topology.hosts.flatMap((host) => protocolNamesOfHost(host));
  return module === undefined ? names : [module, ...names];
}

/** The collector of mistakes, the protocols, and the network to draw, with which a topology is built. */
interface BuildParts {
  readonly problems: ConfigIssueCollector;
  readonly registry: ProtocolLookup;
  /** Which of the networks that a generator can draw, from 1; the first if absent. */
  readonly network?: number;
  readonly runsPrograms?: boolean;
}

/** Reads a topology file; the caller checks protocol options. */
export function readTopology(
  path: string,
  overrides: readonly FlagOverride[],
  parts: BuildParts,
): LoadedTopology | undefined {
  const source = readTopologySource(path, overrides, parts.registry.machine.files);
  return buildTopology(source, source.data, [], parts);
}

/** The values of a topology file, before anything is built. */
export function readTopologySource(
  path: string,
  overrides: readonly FlagOverride[],
  files: MachineFiles,
): ConfigSource {
  return readSource(path, {
    files,
    limitBytes: LIMIT_BYTES,
    tooLargeHint: TOO_LARGE_HINT,
    overrides,
  });
}

/** Builds a topology from values of a file that has already been read. */
export function buildTopology(
  source: ConfigSource,
  data: unknown,
  root: ValuePath,
  parts: BuildParts,
): LoadedTopology | undefined {
  const input = parts.problems.check(source, topologySchema, data, root);
  const context = new BuildContext({ source, root, ...parts });
  const entry = valueAt(data, ['generate']);
  const made: Partial<GeneratedDraft> | undefined =
    entry === undefined ? {} : generateDraft(context, entry);
  if (input === undefined || made === undefined) return undefined;
  const { draft, module } = made;
  const topology = assembleTopology(context, input, draft);
  return { topology, source, root, isDrawn: context.isDrawn, ...omitUndefined({ module }) };
}

/** The error for a file named on the command line that does not exist. */
export function missingFileError(message: string, hint?: string): ConfigError {
  const place = { file: COMMAND_PSEUDO_FILE, line: 1, column: 1, endColumn: 1, path: '' };
  const issue = { ...place, code: 'E116' as const, message };
  return new ConfigError([hint === undefined ? issue : { ...issue, hint }]);
}
