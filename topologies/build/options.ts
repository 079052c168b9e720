/**
 * Checks the options of each node with the schema of its protocol, and reports mistakes where they
 * were written: in the topology, its defaults, or the scenario (E122).
 *
 * @module
 */
import type { z } from 'zod';
import type { ConfiguredNode } from '../../engine/host/protocol.ts';
import type { FilePath } from '../files/locate.ts';
import type { Problems } from '../files/problems.ts';
import type { Registry } from '../files/registry.ts';
import type { Source } from '../files/source.ts';
import { type PathMistake, valueAt, wordIssues } from '../files/zod-words.ts';
import type { HostSpec } from '../model.ts';
import type { LoadedTopology } from './loaded.ts';

/**
 * Options from one place that override those below: for all nodes of a protocol, or for one node.
 */
export interface OptionLayers {
  /** Name of a protocol or node. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: Source;
  readonly path: FilePath;
}

/**
 * Merges options: maps entry by entry, other values are replaced.
 *
 * @returns a new map; the arguments are not modified.
 */
function mergeOptions(
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
 * Options of a node including the layers above it; those given under the node's own name come last.
 */
export function optionsOf(
  host: Pick<HostSpec, 'name' | 'protocol' | 'options'>,
  layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> {
  const ofProtocol = mergeOptions(host.options, layers[host.protocol] ?? {});
  return mergeOptions(ofProtocol, layers[host.name] ?? {});
}

/** Checks the options of every node; the same mistake in many nodes is reported once. */
export function checkOptions(
  loaded: LoadedTopology,
  registry: Registry,
  problems: Problems,
  layers: readonly OptionLayers[],
): void {
  const byName = Object.fromEntries(layers.map((layer) => [layer.name, layer.options]));
  checkGenerated(loaded.topology.hosts, layers, problems);
  const checked = new Map<string, ConfiguredNode[]>();
  for (const host of loaded.topology.hosts) {
    const schema = registry.protocols(host.protocol)?.config;
    if (schema === undefined) continue;
    const options = optionsOf(host, byName);
    const result = schema.safeParse(options) as z.ZodSafeParseResult<unknown>;
    if (result.success) {
      const nodes = checked.get(host.protocol) ?? [];
      nodes.push({ name: host.name, options: result.data });
      checked.set(host.protocol, nodes);
      continue;
    }
    for (const mistake of wordIssues(result.error, schema as z.ZodType, options)) {
      const place = placeOf(mistake.path, host, { loaded, layers });
      problems.add(place.source, worded(mistake, place.path), place.root);
    }
  }
  checkAgreement({ loaded, layers }, registry, problems, checked);
}

/** Refuses options that conflict with those of other nodes of the protocol. */
function checkAgreement(
  written: Written,
  registry: Registry,
  problems: Problems,
  checked: ReadonlyMap<string, readonly ConfiguredNode[]>,
): void {
  const { hosts } = written.loaded.topology;
  for (const [protocol, nodes] of checked) {
    for (const found of registry.protocols(protocol)?.disagreements?.(nodes) ?? []) {
      const host = hosts.find(({ name }) => name === found.node);
      if (host === undefined) continue;
      const { source, path, root } = placeOf(found.path, host, written);
      const { message, hint } = found;
      problems.add(source, { code: 'E122', path, part: 'value', message, hint }, root);
    }
  }
}

interface OptionPlace {
  readonly source: Source;
  readonly root: FilePath;
  readonly path: FilePath;
}

/** Where an option may have been written. */
interface Written {
  readonly loaded: LoadedTopology;
  readonly layers: readonly OptionLayers[];
}

/**
 * Where an option was written: the topmost place that contains it or, if it is missing, the one
 * that contains most of the maps around it.
 */
function placeOf(path: FilePath, host: HostSpec, { loaded, layers }: Written): OptionPlace {
  const above = [host.name, host.protocol].flatMap((name) =>
    layers
      .filter((layer) => layer.name === name)
      .map(({ options, source, path: at }) => ({ options, source, root: [], at })),
  );
  const places = [...above, ...topologyPlaces(host, loaded)];
  for (let length = path.length; length > 0; length -= 1) {
    const start = path.slice(0, length);
    const hit = places.find(({ options }) => valueAt(options, start) !== undefined);
    if (hit !== undefined) return { ...hit, path: [...hit.at, ...path] };
  }
  const { source, root } = loaded;
  const [own] = topologyPlaces(host, loaded);
  return { source, root, path: [...(own?.at ?? []), ...path] };
}

/** In the topology: the node's own options, if it is listed, and the defaults for all nodes. */
function topologyPlaces(
  host: HostSpec,
  { source, root }: LoadedTopology,
): readonly (Omit<OptionPlace, 'path'> & { readonly options: unknown; readonly at: FilePath })[] {
  const data = valueAt(source.data, root);
  const nodes = valueAt(data, ['nodes']);
  const index = Array.isArray(nodes)
    ? nodes.findIndex((node) => valueAt(node, ['name']) === host.name)
    : -1;
  const starts: readonly FilePath[] = index < 0 ? [] : [['nodes', index, 'options']];
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
  layers: readonly OptionLayers[],
  problems: Problems,
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

function worded(mistake: PathMistake, path: FilePath): PathMistake {
  return { ...mistake, code: 'E122', path };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
