/**
 * Loads scenario files; the entry point of this folder.
 *
 * All files are checked before anything runs, and all mistakes are reported together (docs/spec/error-messages.md).
 * Depends on no protocol: the caller passes a registry.
 *
 * @module
 */
import { folderOfPath, resolvePath } from '../../engine/pure/paths.ts';
import type { LoadedTopology } from '../../topologies/assemble/loaded.ts';
import { inlineOptionFiles } from '../../topologies/assemble/option-files.ts';
import {
  joinUserCode,
  NO_USER_CODE,
  type UserCode,
  userModulesInOptions,
} from '../../topologies/assemble/option-modules.ts';
import {
  type CheckedNodesByProtocol,
  checkOptions,
  effectiveOptions,
  type OverridingOptions,
  optionOverrideNames,
} from '../../topologies/assemble/options.ts';
import { existingModules, mayNameUserModules } from '../../topologies/assemble/protocol-name.ts';
import {
  type ProtocolOnHost,
  protocolsOnHost,
} from '../../topologies/assemble/protocols-on-host.ts';
import { protocolNamesOfHost, resolveStack } from '../../topologies/assemble/stack.ts';
import { ConfigError, formatValuePath } from '../../topologies/files/config-error.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';
import { overridesBelowKey, overridesFromRecord } from '../../topologies/files/overrides.ts';
import { ConfigIssueCollector, collectConfigErrors } from '../../topologies/files/problems.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import type { ConfigSource } from '../../topologies/files/source.ts';
import { unknownNameHint } from '../../topologies/files/suggest.ts';
import { formatTime } from '../../topologies/files/units.ts';
import { valueAt } from '../../topologies/files/zod-words.ts';
import {
  buildTopology,
  missingFileError,
  readTopology,
  readTopologySource,
  protocolNamesOfTopology as topologyProtocols,
} from '../../topologies/load.ts';
import type { Topology } from '../../topologies/model.ts';
import type { Scenario, TwinSpec } from '../model.ts';
import { cpuChoice, readProfile } from '../profiles/profile-file.ts';
import { findQuestionedProtocol } from './ask.ts';
import { ScenarioContext } from './context.ts';
import { checkDrain, resolveDrain } from './drain.ts';
import { resolveEvents } from './events/events.ts';
import { readScenarioSource, type ScenarioRequest, topologyFile } from './find-scenario.ts';
import { resolveKpis } from './kpis.ts';
import { firstNetwork, resolveNetworks, seedsOfNetworks } from './networks.ts';
import { type PrivacyParts, resolvePrivacy } from './privacy.ts';
import { type ScenarioInput, scenarioSchema } from './schema.ts';
import { PacketSizeCheck } from './size-check.ts';
import { resolveSweepCombinations } from './sweep/sweep-combinations.ts';
import { resolveTraffic } from './traffic.ts';
import {
  hasTwin,
  relocateIssueToTwin,
  resolveTwin,
  TWIN_RUN_PATH,
  twinChangesToRun,
  withTwinChanges,
} from './twin.ts';
import { checkUntil } from './until.ts';

const PLACE = ['topology'];
/** 2026-01-01T00:00:00Z: a fixed date, so that runs do not depend on the day. */
const EPOCH_DEFAULT = 1_767_225_600;

/** Largest number of seeds of one run. */
const SEEDS_MAX = 10_000;

interface Parts {
  readonly request: ScenarioRequest;
  readonly problems: ConfigIssueCollector;
}

/**
 * Loads a scenario with its topology and checks everything in both.
 *
 * @throws ConfigError naming every mistake in both files and in the flags.
 */
export function loadScenario(request: ScenarioRequest): Scenario {
  const problems = new ConfigIssueCollector();
  const scenario = read({ request, problems });
  problems.throwIfAny();
  if (scenario === undefined) throw missingFileError('the scenario is empty');
  return scenario;
}

/**
 * The options of a protocol on a host: those of the topology, overridden by the scenario's options for the protocol,
 * then by those for the node.
 */
export function nodeOptions(
  scenario: Pick<Scenario, 'options'>,
  placed: ProtocolOnHost,
): Readonly<Record<string, unknown>> {
  return effectiveOptions(placed, scenario.options);
}

/**
 * Lists the code of users that files name, so that the caller can load it before the scenario is checked. Modules in
 * options are known only once the protocols are loaded. Files that cannot be read are left to the check, which reports
 * why.
 */
export function listUserCode(request: ScenarioRequest): UserCode {
  const parts = { request, problems: new ConfigIssueCollector() };
  const found = collectConfigErrors(parts.problems, () => codeWithTwin(parts)) ?? NO_USER_CODE;
  return { ...found, protocols: existingModules(found.protocols, request.registry.machine.files) };
}

/** The code that a scenario and its twin name. The twin has no twin itself, even if its changes say so. */
function codeWithTwin(given: Parts): UserCode {
  const { request, source } = openRun(given.request);
  const own = namesIn({ ...given, request }, source);
  if (!hasTwin(source)) return own;
  const twin = openRun(twinOf(request));
  return joinUserCode(own, namesIn({ ...given, request: twin.request }, twin.source));
}

function namesIn(parts: Parts, source: ConfigSource): UserCode {
  if (!namesModules(parts, source)) return NO_USER_CODE;
  const loaded = loadInner(parts, source);
  if (loaded === undefined) return NO_USER_CODE;
  const { stack } = scenarioSchema.shape;
  const { data = [] } = stack.safeParse(valueAt(source.data, ['stack']));
  const place = { ...parts, ...parts.request, source, root: [] };
  const { topology } = loaded;
  const { hosts } = resolveStack(place, data, topology.hosts);
  const whole = { ...loaded, topology: { ...topology, hosts } };
  const written = scenarioSchema.shape.options.safeParse(valueAt(source.data, ['options']));
  const layers = layersOf(source, written.data ?? {});
  return {
    protocols: topologyProtocols(whole),
    modules: userModulesInOptions(whole, layers, parts.request.registry),
  };
}

/** Opens a scenario; if only its twin is to be run, with the changes of the twin. */
function openRun(request: ScenarioRequest): {
  readonly request: ScenarioRequest;
  readonly source: ConfigSource;
} {
  const source = readScenarioSource(request);
  const set = twinChangesToRun(source);
  if (set === undefined) return { request, source };
  const changing = { ...request, overrides: withTwinChanges(request.overrides ?? {}, set) };
  return { request: changing, source: readScenarioSource(changing) };
}

/** The request for the twin alone. */
function twinOf(request: ScenarioRequest): ScenarioRequest {
  return {
    ...request,
    overrides: withTwinChanges(request.overrides ?? {}, { [TWIN_RUN_PATH]: 'twin' }),
  };
}

/**
 * Checks the twin as a separate scenario; mistakes of the file without the twin's changes have been reported before.
 */
function checkTwin({ request, problems }: Parts, source: ConfigSource, set: TwinSpec['set']): void {
  if (problems.count > 0) return;
  try {
    loadScenario(twinOf(request));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.addAll(error.issues.map((issue) => relocateIssueToTwin(issue, source, set)));
  }
}

function read(asked: Parts): Scenario | undefined {
  const { request, source } = openRun(asked.request);
  const parts = { ...asked, request };
  const { problems } = parts;
  const input = problems.check(source, scenarioSchema, source.data);
  const loaded = collectConfigErrors(problems, () => loadInner(parts, source));
  if (input === undefined || loaded === undefined) return undefined;
  const written = stacked(parts, { source, input, loaded });
  const given = layersOf(source, input.options ?? {});
  const filled = inlineOptionFiles(written.loaded, given, request.registry, problems);
  return filled && resolveAll(parts, { source, input, ...filled, stack: written.stack });
}

/** A quick test: false if neither the scenario nor its topology can name a module. */
function namesModules({ request }: Parts, source: ConfigSource): boolean {
  if (mayNameUserModules(source.data)) return true;
  const value = valueAt(source.data, PLACE);
  if (typeof value !== 'string') return false;
  const found = topologyFile(request, source, value);
  if ('message' in found) return false;
  const overrides = overridesBelowKey(overridesFromRecord(request.overrides ?? {}), 'topology');
  return mayNameUserModules(
    readTopologySource(found.path, overrides, request.registry.machine.files).data,
  );
}

/** Loads the topology of a scenario: a file that it names, or a map inside it. */
function loadInner({ request, problems }: Parts, source: ConfigSource): LoadedTopology | undefined {
  const parts = { problems, registry: request.registry, network: firstNetwork(source.data) };
  const value = valueAt(source.data, PLACE);
  if (typeof value !== 'string') {
    const isMap = value !== null && typeof value === 'object' && !Array.isArray(value);
    return isMap ? buildTopology(source, value, PLACE, parts) : undefined;
  }
  const found = topologyFile(request, source, value);
  if ('message' in found) {
    problems.add(source, { code: 'E116', path: PLACE, part: 'value', ...found });
    return undefined;
  }
  const overrides = overridesBelowKey(overridesFromRecord(request.overrides ?? {}), 'topology');
  return readTopology(found.path, overrides, parts);
}

interface Read {
  readonly source: ConfigSource;
  readonly input: ScenarioInput;
  readonly loaded: LoadedTopology;
}

/** A scenario with the texts of the files that options name. */
interface FilledRead extends Read {
  readonly layers: readonly OverridingOptions[];
  readonly stack: Pick<Scenario, 'stack'>;
}

function resolveAll({ request, problems }: Parts, read: FilledRead): Scenario {
  const { registry } = request;
  const { source, input, loaded, layers, stack } = read;
  const { topology } = loaded;
  const durationNs = input.duration;
  const context = new ScenarioContext({ source, problems, registry, topology, durationNs });
  const options = Object.fromEntries(layers.map((layer) => [layer.name, layer.options]));
  checkOptionNames(context, options);
  const checked = checkOptions(loaded, registry, problems, layers);
  checkWarmup(context, input);
  const drainNs = resolveDrain(context, input.drain);
  checkUntil(context, { until: input.until, options });
  const privacy = resolvePrivacy(context, {
    section: input.privacy,
    limits: Object.keys(input.kpis ?? {}),
    ...factsOf(context, checked, registry),
    warmupNs: input.warmup ?? 0,
    attacks: attacksOf(input),
    isModelled: input.crypto === 'modelled',
  });
  const events = resolveEvents(context, input.events ?? []);
  checkChanges({ request, problems }, read);
  const traffic = resolveTraffic(
    context,
    input.traffic ?? [],
    new PacketSizeCheck(context, options),
  );
  checkDrain(context, traffic, drainNs);
  const runs = runsOf(context, input, loaded.isDrawn === true);
  if (runs.twin !== undefined) checkTwin({ request, problems }, source, runs.twin.set);
  return {
    name: input.name,
    file: source.file,
    sha256: source.sha256,
    question: input.question ?? '',
    topology,
    ...stack,
    durationNs,
    warmupNs: input.warmup ?? 0,
    drainNs,
    ...endOf(input),
    ...huntOf(input),
    epochSeconds: input.epoch ?? EPOCH_DEFAULT,
    crypto: input.crypto ?? 'node',
    ...sharingOf(topology, registry),
    ...cpuOf(input, source, registry.machine.files),
    options,
    ...traffic,
    events,
    ...runs,
    overrides: request.overrides ?? {},
    warnings: [...topology.warnings, ...context.warnings],
    ...(input.sweep === undefined
      ? {}
      : { sweep: resolveSweepCombinations(context, input.sweep, request) }),
    ...(privacy === undefined ? {} : { privacy }),
    ...(input.timeLimit === undefined ? {} : { timeLimitMs: Math.ceil(input.timeLimit / 1e6) }),
  };
}

/** The runs of a scenario (seeds, networks, twin), and their limits. */
function runsOf(
  context: ScenarioContext,
  input: ScenarioInput,
  isDrawn: boolean,
): Pick<Scenario, 'kpis' | 'seeds' | 'networks' | 'twin'> {
  const set = input.twin === undefined ? undefined : resolveTwin(context, input.twin);
  const { kpis, differences } = resolveKpis(context, input.kpis ?? {}, set !== undefined);
  const networks = resolveNetworks(context, input.networks, isDrawn);
  const seeds = seedsOfNetworks(context, seedsOf(context, input.seeds ?? 1), networks);
  const isBoth = set !== undefined && hasTwin(context.source);
  return {
    ...{ kpis, seeds },
    ...(networks === undefined ? {} : { networks }),
    ...(isBoth ? { twin: { set, kpis: differences } } : {}),
  };
}

/** Tells whether any protocol has jobs that compute a key agreement once for both ends. */
function sharingOf(
  topology: Topology,
  registry: ProtocolLookup,
): Pick<Scenario, 'sharesAgreements'> {
  const names = new Set(topology.hosts.flatMap((host) => protocolNamesOfHost(host)));
  const jobs = [...names].flatMap((name) => Object.values(registry.protocols(name)?.jobs ?? {}));
  return jobs.some((job) => job.sharesAgreements === true) ? { sharesAgreements: true } : {};
}

/** Puts the layers of the scenario on the hosts of the topology. */
function stacked(
  { request, problems }: Parts,
  { source, input, loaded }: Read,
): { readonly loaded: LoadedTopology; readonly stack: Pick<Scenario, 'stack'> } {
  const { topology } = loaded;
  const place = { source, root: [], problems, registry: request.registry };
  const { hosts, entries } = resolveStack(place, input.stack ?? [], topology.hosts);
  return {
    loaded: { ...loaded, topology: { ...topology, hosts }, scenario: source },
    stack: entries.length === 0 ? {} : { stack: entries },
  };
}

function endOf({ until, arrives }: ScenarioInput): Pick<Scenario, 'until' | 'arrives'> {
  return {
    ...(until === 'done' ? { until } : {}),
    ...(arrives === 'nothing' ? { arrives } : {}),
  };
}

function huntOf({ hunt }: ScenarioInput): Pick<Scenario, 'hunt'> {
  if (hunt === undefined) return {};
  const texts = Object.entries(hunt).map(([path, value]) => [path, String(value)]);
  return { hunt: Object.fromEntries(texts) as Record<string, string> };
}

function attacksOf({ events = [] }: ScenarioInput): readonly string[] {
  return events.flatMap(({ attack }) => attack?.kind ?? []);
}

/**
 * Reads the cost profile. A profile next to the scenario is preferred, so that a shipped scenario can have its own.
 */
function cpuOf(
  input: ScenarioInput,
  source: ConfigSource,
  files: MachineFiles,
): Pick<Scenario, 'cpu'> {
  if (input.cpu !== 'calibrated') return {};
  const { cpuProfile, cpuMachines = 'topology', cpuQueues = 'timed' } = input;
  const beside =
    cpuProfile === undefined ? undefined : resolvePath(folderOfPath(source.path), cpuProfile);
  const profile = beside !== undefined && files.exists(beside) ? beside : cpuProfile;
  return { cpu: { ...cpuChoice(readProfile(files, profile), cpuMachines), queues: cpuQueues } };
}

function checkWarmup(context: ScenarioContext, { warmup = 0, duration }: ScenarioInput): void {
  if (warmup < duration) return;
  const message = `${formatTime(warmup)} is not below the duration (${formatTime(duration)})`;
  context.refuse('E111', ['warmup'], message, 'nothing would be measured: raise duration');
}

function checkOptionNames(
  context: ScenarioContext,
  options: Readonly<Record<string, unknown>>,
): void {
  const { hosts } = context.topology;
  const names = new Set(
    hosts.flatMap((host) => protocolsOnHost(host).flatMap(optionOverrideNames)),
  );
  for (const name of Object.keys(options)) {
    // The name may be that of a protocol that could not be loaded, which is reported elsewhere.
    if (names.has(name) || context.problems.isInDoubt('E108')) continue;
    const message = `"${name}" is neither a protocol nor a node of this topology`;
    const hint = (): string => unknownNameHint(name, [...names], 'names');
    context.refuseKey('E106', ['options', name], message, hint);
  }
}

function layersOf(
  source: ConfigSource,
  options: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly OverridingOptions[] {
  return Object.entries(options).map(([name, own]) => ({
    name,
    options: own,
    source,
    path: ['options', name],
  }));
}

/** Checks options that events change: they must be as valid as if the file had set them from the start. */
function checkChanges(
  { request: { registry }, problems }: Parts,
  { source, input: { events = [] }, loaded, layers }: FilledRead,
): void {
  for (const [index, { reconfigure }] of events.entries()) {
    const host = loaded.topology.hosts.find(({ name }) => name === reconfigure?.node);
    if (reconfigure === undefined || host === undefined) continue;
    const asked = findQuestionedProtocol(host, reconfigure.by);
    const path = ['events', index, 'reconfigure', 'set'];
    const name = `${host.name}/${asked?.protocol ?? reconfigure.by}`;
    const change = { name, options: reconfigure.set, source, path };
    const found = new ConfigIssueCollector();
    checkOptions(loaded, registry, found, [...layers, change]);
    const event = formatValuePath(path.slice(0, 2));
    problems.addNew(found, (issue) =>
      issue.path.startsWith(`${event}.`)
        ? issue
        : { ...issue, message: `${issue.message}, with the change of ${event}` },
    );
  }
}

/** The seeds of a file: for a number, these are 1, 2, ... up to it; a list is used unchanged. */
function seedsOf(context: ScenarioContext, seeds: number | readonly number[]): readonly number[] {
  if (typeof seeds === 'number') return Array.from({ length: seeds }, (_, index) => index + 1);
  if (seeds.length > SEEDS_MAX) {
    context.refuse('E104', ['seeds'], `${seeds.length} seeds, the limit is ${SEEDS_MAX}`);
    return [];
  }
  const first = new Map<number, number>();
  for (const [index, seed] of seeds.entries()) {
    const before = first.get(seed);
    if (before === undefined) first.set(seed, index);
    else
      context.refuse('E113', ['seeds', index], `${seed} is used twice (first as seeds[${before}])`);
  }
  return seeds;
}

/** The facts about privacy that protocols state about their nodes; none for nodes with mistakes in their options. */
function factsOf(
  { topology: { hosts } }: ScenarioContext,
  checked: CheckedNodesByProtocol,
  registry: ProtocolLookup,
): Pick<PrivacyParts, 'facts' | 'isComplete'> {
  const facts = [...checked].flatMap(
    ([name, nodes]) => registry.protocols(name)?.privacyFacts?.(nodes) ?? [],
  );
  const placed = hosts.flatMap(protocolsOnHost);
  const known = placed.filter(({ protocol }) => registry.protocols(protocol) !== undefined);
  return { facts, isComplete: known.length === [...checked.values()].flat().length };
}
