/**
 * Puts layers on hosts: resolves the `stack` of a file and checks that each protocol can be where it
 * is put (docs/spec/stacking.md). Mistakes: E106, E116, E124, E127.
 * Checks that depend on the options of a protocol are in carriers.ts and options.ts.
 *
 * @module
 */

import {
  isPattern,
  NamePattern,
  PATTERN_LENGTH_MAX,
  type PatternWorkBudget,
} from '../../engine/pure/name-pattern.ts';
import type { ValuePath } from '../files/locate.ts';
import { type ConfigIssueCollector, findPosition } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import type { ConfigSource } from '../files/source.ts';
import { unknownNameHint } from '../files/suggest.ts';
import { type HostSpec, type LayerSpec, OVER_LINKS, type StackEntry } from '../model.ts';
import type { StackInput } from '../schema/stack.ts';
import { lookUpProtocol } from './protocol-name.ts';

/** Largest number of character comparisons for all name patterns of a `stack` together. */
const STEPS_MAX = 100_000_000;
/** Largest number of protocols above the lowest protocol of a host. */
const LAYERS_MAX = 8;

/** The file of a `stack`, and the means to check its entries. */
export interface StackFileContext {
  readonly source: ConfigSource;
  /** Path of the map that holds `stack`. */
  readonly root: ValuePath;
  /** Path, inside that map, at which mistakes of all entries are reported; absent for entries written in `stack`. */
  readonly origin?: ValuePath;
  readonly problems: ConfigIssueCollector;
  readonly registry: ProtocolLookup;
}

/** A `stack` whose entries are checked and put on their hosts. */
export interface ResolvedStack {
  readonly entries: readonly StackEntry[];
  /** The hosts with their layers. */
  readonly hosts: readonly HostSpec[];
}

/** Resolves the `stack` of one file, and puts its layers above those that the hosts have already. */
export function resolveStack(
  place: StackFileContext,
  input: Readonly<StackInput>,
  hosts: readonly HostSpec[],
): ResolvedStack {
  const work: PatternWorkBudget = { left: STEPS_MAX };
  const entries: StackEntry[] = [];
  let stacked = hosts;
  for (const [index, { on, run, over, options = {} }] of input.entries()) {
    const path = place.origin ?? ['stack', index];
    const protocol = protocolOf(place, run, [...path, 'run']);
    const chosen = selected(place, { on, path: [...path, 'on'] }, stacked, work);
    if (protocol === undefined || chosen === undefined) continue;
    const inFile = [...place.root, ...path];
    const position = findPosition(place.source, inFile);
    const name = place.registry.protocols(protocol)?.name ?? protocol;
    const carried = over === undefined ? {} : { over };
    const entry: StackEntry = { on, protocol, name, ...carried, options, path: inFile, position };
    if (chosen.some((host) => !fits(place, { host, entry, path }))) continue;
    entries.push(entry);
    const names = new Set(chosen.map(({ name }) => name));
    stacked = stacked.map((host) => (names.has(host.name) ? withLayer(host, entry) : host));
  }
  return { entries, hosts: stacked };
}

/** Puts layers on hosts that were checked before, in another process. */
export function applyStack(
  entries: readonly StackEntry[],
  hosts: readonly HostSpec[],
): readonly HostSpec[] {
  const work: PatternWorkBudget = { left: STEPS_MAX };
  return entries.reduce((stacked, entry) => {
    const pattern = new NamePattern(entry.on, work);
    return stacked.map((host) => (pattern.matches(host.name) ? withLayer(host, entry) : host));
  }, hosts);
}

/** Protocols of a host as the files name them, the lowest first. */
export function protocolNamesOfHost(
  host: Pick<HostSpec, 'protocol' | 'layers'>,
): readonly string[] {
  return [host.protocol, ...(host.layers ?? []).map(({ protocol }) => protocol)];
}

/** True for a layer that stands on the links of its host, as its lowest protocol does. */
export function isLowest({ over }: Pick<LayerSpec, 'over'>): boolean {
  return over === OVER_LINKS;
}

function withLayer(host: HostSpec, { on: _, ...layer }: StackEntry): HostSpec {
  return { ...host, layers: [...(host.layers ?? []), layer] };
}

/** The name by which the registry knows the protocol; undefined after noting what is wrong. */
function protocolOf(place: StackFileContext, run: string, path: ValuePath): string | undefined {
  const { source, root, problems, registry } = place;
  const { name, mistake } = lookUpProtocol(run, source, registry);
  if (mistake === undefined) return name;
  problems.add(source, { code: 'E116', path, part: 'value', ...mistake }, root);
  problems.miss('protocols');
  return undefined;
}

interface Selection {
  readonly on: string;
  readonly path: ValuePath;
}

function selected(
  { source, root, problems }: StackFileContext,
  { on, path }: Selection,
  hosts: readonly HostSpec[],
  work: PatternWorkBudget,
): readonly HostSpec[] | undefined {
  const refuse = (code: 'E104' | 'E106' | 'E124', message: string, hint?: string): undefined => {
    const words = hint === undefined ? { message } : { message, hint };
    problems.add(source, { code, path, part: 'value', ...words }, root);
    return undefined;
  };
  if (on.length > PATTERN_LENGTH_MAX) {
    return refuse(
      'E104',
      `a pattern of ${on.length} characters, the limit is ${PATTERN_LENGTH_MAX}`,
    );
  }
  const pattern = new NamePattern(on, work);
  const found = hosts.filter(({ name }) => pattern.matches(name));
  if (work.left <= 0) {
    const message = `the patterns of stack compare more than ${STEPS_MAX} characters`;
    return refuse('E104', message, 'use fewer patterns, or shorter ones');
  }
  if (found.length > 0) return found;
  if (isPattern(on)) return refuse('E124', `pattern "${on}" matches no node`);
  const names = hosts.map(({ name }) => name);
  return refuse('E106', `node "${on}" is not in the topology`, unknownNameHint(on, names, 'nodes'));
}

interface Candidate {
  readonly host: HostSpec;
  readonly entry: StackEntry;
  readonly path: ValuePath;
}

/** True if a protocol can be the next layer of a host; else records why it cannot. */
function fits(
  { source, root, problems, registry }: StackFileContext,
  { host, entry, path }: Candidate,
): boolean {
  const refuse = (message: string, hint: string, key: 'run' | 'over' = 'run'): false => {
    const at = [...path, key];
    problems.add(source, { code: 'E127', path: at, part: 'value', message, hint }, root);
    return false;
  };
  const below = protocolNamesOfHost(host);
  if (below.length > LAYERS_MAX) {
    return refuse(`${host.name} runs ${below.length} protocols already`, 'use fewer layers');
  }
  if (host.outside !== undefined) {
    return refuse(`${host.name} is a program outside Orrery`, 'narrow the pattern of on');
  }
  const upper = registry.protocols(entry.protocol);
  // A module that could not be loaded is reported elsewhere, where it is loaded.
  if (upper === undefined) return true;
  if (below.includes(entry.protocol)) {
    return refuse(`${host.name} runs ${upper.name} already`, 'narrow the pattern of on');
  }
  if (isLowest(entry)) return true;
  if (upper.channel === undefined) {
    const hint = `it has no channel: give its nodes run: instead, or say over: ${OVER_LINKS}`;
    return refuse(`${upper.name} cannot be carried by another protocol`, hint);
  }
  const known = below.flatMap((name) => registry.protocols(name) ?? []);
  const carried = (host.layers ?? []).filter((layer) => !isLowest(layer));
  const same = known
    .filter(({ name }) => carried.some((layer) => layer.name === name))
    .find(({ channel }) => channel === upper.channel);
  if (same !== undefined) {
    const message = `${upper.name} and ${same.name} both have channel ${upper.channel}`;
    return refuse(message, `one of them on ${host.name} needs another channel`);
  }
  const { over } = entry;
  if (over !== undefined && known.every(({ name }) => name !== over)) {
    const names = known.map(({ name }) => name).join(', ');
    const hint = `below it run: ${names}; or ${OVER_LINKS}`;
    return refuse(`${host.name} does not run ${over} below ${upper.name}`, hint, 'over');
  }
  const carrier = over === undefined ? known.at(-1) : known.find(({ name }) => name === over);
  // The carriers that options name are not known here; carriers.ts checks them.
  const isNamed = over === undefined && upper.carriers !== undefined;
  if (carrier !== undefined && carrier.carries === undefined && !isNamed) {
    return refuse(
      `${carrier.name} on ${host.name} carries no other protocol`,
      carriersHint(registry),
    );
  }
  return true;
}

function carriersHint(registry: ProtocolLookup): string {
  const isCarrier = (name: string): boolean => registry.protocols(name)?.carries !== undefined;
  return `protocols that do: ${registry.names.filter(isCarrier).join(', ')}`;
}
