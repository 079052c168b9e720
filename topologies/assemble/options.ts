/**
 * Checks the options of each node with the schema of its protocol, and reports mistakes where they
 * were written: in the topology, its defaults, or the scenario (E122).
 *
 * @module
 */

import type { z } from 'zod';
import type {
  ConfiguredLink,
  ConfiguredNode,
  OptionConflict,
  Protocol,
} from '../../engine/host/protocol.ts';
import type { LinkDirectionSpec } from '../../engine/net/link-spec.ts';
import { greatestOf } from '../../engine/pure/extremes.ts';
import type { ValuePath } from '../files/locate.ts';
import type { LocatedFile, Machine } from '../files/machine.ts';
import type { ConfigIssueCollector } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import type { ConfigSource } from '../files/source.ts';
import { explainIssues, type PathMistake, valueAt } from '../files/zod-words.ts';
import type { HostSpec, LinkSpec } from '../model.ts';
import { checkCarriers, type OptionPlace } from './carriers.ts';
import type { LoadedTopology } from './loaded.ts';
import { type ProtocolOnHost, protocolsOnHost } from './protocols-on-host.ts';

/** Options that a scenario gives to a protocol or a node; they override those of the topology. */
export interface OverridingOptions {
  /** Name of a protocol or node. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: ConfigSource;
  readonly path: ValuePath;
}

/**
 * Merges options: maps entry by entry, other values are replaced.
 *
 * @returns a new map; the arguments are not modified.
 */
export function mergeOptions(
  below: Readonly<Record<string, unknown>>,
  above: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const under = merged.get(key);
    merged.set(key, isMap(under) && isMap(value) ? mergeOptions(under, value) : value);
  }
  return Object.fromEntries(merged);
}

/**
 * Names under which options for a protocol on a host can be given, by rising precedence: the name of the
 * protocol, the name of the host (if the protocol is its lowest), `host/protocol`. For a user's module,
 * the name of the protocol may be its path or the name that it gives itself.
 */
export function optionOverrideNames({ name, protocol, layer }: ProtocolOnHost): readonly string[] {
  if (layer === undefined) return [protocol, name, `${name}/${protocol}`];
  const names = [...new Set([protocol, layer.name])];
  return [...names, ...names.map((one) => `${name}/${one}`)];
}

/** Options of a protocol on a host including those that override them. */
export function effectiveOptions(
  placed: ProtocolOnHost,
  layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> {
  return optionOverrideNames(placed).reduce(
    (options, name) => mergeOptions(options, layers[name] ?? {}),
    placed.options,
  );
}

/** The nodes of each protocol with their checked options, by the protocol's name in files. */
export type CheckedNodesByProtocol = ReadonlyMap<string, readonly ConfiguredNode[]>;

/**
 * Checks the options of every node; the same mistake in many nodes is reported once.
 * @returns the nodes without mistakes.
 */
export function checkOptions(
  loaded: LoadedTopology,
  registry: ProtocolLookup,
  problems: ConfigIssueCollector,
  layers: readonly OverridingOptions[],
): CheckedNodesByProtocol {
  const byName = Object.fromEntries(layers.map((layer) => [layer.name, layer.options]));
  checkGenerated(loaded.topology.hosts, layers, problems);
  const checked = new Map<string, ConfiguredNode[]>();
  for (const placed of loaded.topology.hosts.flatMap(protocolsOnHost)) {
    const schema = registry.protocols(placed.protocol)?.config;
    if (schema === undefined) continue;
    const options = effectiveOptions(placed, byName);
    const result = schema.safeParse(options) as z.ZodSafeParseResult<unknown>;
    if (result.success) {
      const nodes = checked.get(placed.protocol) ?? [];
      nodes.push({ name: placed.name, options: result.data });
      checked.set(placed.protocol, nodes);
      continue;
    }
    for (const mistake of explainIssues(result.error, schema as z.ZodType, options)) {
      const place = findOptionPlace(mistake.path, placed, { loaded, layers });
      problems.add(place.source, worded(mistake, place.path), place.root);
    }
  }
  checkAgreement({ loaded, layers }, registry, problems, checked);
  checkCarriers({
    ...{ loaded, registry, problems, nodes: checked },
    placeOf: (path, placed) => findOptionPlace(path, placed, { loaded, layers }),
  });
  return checked;
}

/** Refuses options that conflict with those of other nodes of the protocol, or need files that are not installed. */
function checkAgreement(
  written: Written,
  registry: ProtocolLookup,
  problems: ConfigIssueCollector,
  checked: CheckedNodesByProtocol,
): void {
  const { hosts, links } = written.loaded.topology;
  const facts = links.map(factsOf);
  for (const [protocol, nodes] of checked) {
    const face = registry.protocols(protocol);
    if (face === undefined) continue;
    const conflicts = face.disagreements?.(nodes, facts) ?? [];
    for (const found of [...conflicts, ...missingFiles(face, nodes, registry.machine)]) {
      const host = hosts.find(({ name }) => name === found.node);
      const placed = host && protocolsOnHost(host).find((one) => one.protocol === protocol);
      if (placed === undefined) continue;
      const { source, path, root } = findOptionPlace(found.path, placed, written);
      const { message, hint } = found;
      problems.add(source, { code: 'E122', path, part: 'value', message, hint }, root);
    }
  }
}

/** Options that need a file which is not installed here. */
function missingFiles(
  { files }: Pick<Protocol, 'files'>,
  nodes: readonly ConfiguredNode[],
  machine: Machine,
): readonly OptionConflict[] {
  if (files === undefined) return [];
  const known = new Map<string, LocatedFile>();
  return nodes.flatMap(({ name: node, options }) =>
    files(options).flatMap((file): readonly OptionConflict[] => {
      const key = `${file.package} ${file.path}`;
      const found = known.get(key) ?? machine.packageFile(file);
      known.set(key, found);
      if (found.kind === 'found') return [];
      return [{ node, path: file.option, message: found.message, hint: found.hint }];
    }),
  );
}

function factsOf({ id, a, b, forward, backward }: LinkSpec): ConfiguredLink {
  const roundTripNs = longestDelayNs(forward) + longestDelayNs(backward);
  return { id, ends: [a.host, b.host], roundTripNs };
}

function longestDelayNs({ delayNs, contacts }: LinkDirectionSpec): number {
  const own = contacts?.windows.flatMap((window) => window.delayNs ?? []) ?? [];
  return greatestOf([delayNs, ...own]);
}

/** The files in which an option may have been written. */
interface Written {
  readonly loaded: LoadedTopology;
  readonly layers: readonly OverridingOptions[];
}

/**
 * Finds where an option was written: the place of highest precedence that contains it or, if none
 * does, that contains the longest part of its path.
 */
export function findOptionPlace(
  path: ValuePath,
  placed: ProtocolOnHost,
  { loaded, layers }: Written,
): OptionPlace {
  const above = [...optionOverrideNames(placed)]
    .reverse()
    .flatMap((name) =>
      layers
        .filter((layer) => layer.name === name)
        .map(({ options, source, path: at }) => ({ options, source, root: [], at })),
    );
  const own = ownPlaces(placed, loaded);
  const places = [...above, ...own];
  for (let length = path.length; length > 0; length -= 1) {
    const start = path.slice(0, length);
    const hit = places.find(({ options }) => valueAt(options, start) !== undefined);
    if (hit !== undefined) return { ...hit, path: [...hit.at, ...path] };
  }
  const { source, root } = loaded;
  const [first = { source, root, at: [] }] = own;
  return { ...first, path: [...first.at, ...path] };
}

type OwnPlace = Omit<OptionPlace, 'path'> & { readonly options: unknown; readonly at: ValuePath };

/** The places in the files that hold the protocol's own options, which option layers override. */
function ownPlaces(placed: ProtocolOnHost, loaded: LoadedTopology): readonly OwnPlace[] {
  const { layer } = placed;
  if (layer === undefined) return topologyPlaces(placed, loaded);
  const isOwn = layer.position.file === loaded.source.file;
  const source = isOwn ? loaded.source : (loaded.scenario ?? loaded.source);
  return [{ options: layer.options, source, root: [], at: [...layer.path, 'options'] }];
}

/** In the topology: the node's own options, if it is listed, and the defaults for all nodes. */
function topologyPlaces(
  host: Pick<HostSpec, 'name'>,
  { source, root }: LoadedTopology,
): readonly OwnPlace[] {
  const data = valueAt(source.data, root);
  const nodes = valueAt(data, ['nodes']);
  const index = Array.isArray(nodes)
    ? nodes.findIndex((node) => valueAt(node, ['name']) === host.name)
    : -1;
  const starts: readonly ValuePath[] = index < 0 ? [] : [['nodes', index, 'options']];
  return [...starts, ['defaults', 'node', 'options']].map((at) => ({
    options: valueAt(data, at),
    source,
    root,
    at,
  }));
}

/** Refuses options for a generated node that contradict the links made for it. */
function checkGenerated(
  hosts: readonly HostSpec[],
  layers: readonly OverridingOptions[],
  problems: ConfigIssueCollector,
): void {
  const byName = hostsByName(layers.length === 0 ? [] : hosts);
  for (const { name, options, source, path } of layers) {
    const own = byName.get(name) ?? [];
    for (const [key, value] of Object.entries(options)) {
      const host = own.find(
        ({ generated = {} }) => key in generated && !isSame(generated[key], value),
      );
      if (host === undefined) continue;
      const made = JSON.stringify(host.generated?.[key]);
      problems.add(source, {
        code: 'E122',
        path: [...path, key],
        part: 'value',
        message: `${JSON.stringify(value)}, but ${host.name} was generated with ${made}`,
        hint: 'the generated links depend on it; leave it out, or change generate',
      });
    }
  }
}

/** Hosts by their own names and by those of their protocols. */
function hostsByName(hosts: readonly HostSpec[]): ReadonlyMap<string, readonly HostSpec[]> {
  const byName = new Map<string, HostSpec[]>();
  for (const host of hosts) {
    for (const name of new Set([host.name, host.protocol])) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [host]);
      else known.push(host);
    }
  }
  return byName;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function worded(mistake: PathMistake, path: ValuePath): PathMistake {
  return { ...mistake, code: 'E122', path };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
