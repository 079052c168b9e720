/**
 * Checks the options of each node with the schema of its protocol, and shows what is wrong where it
 * was written: in the topology, its defaults, or the scenario.
 *
 * Spec: ux.md 2.2 (E122), STYLE 15 (parse at the border).
 *
 * @module
 */
import type { z } from 'zod';
import type { FilePath } from '../files/locate.ts';
import type { Problems } from '../files/problems.ts';
import type { Registry } from '../files/registry.ts';
import type { Source } from '../files/source.ts';
import { type PathMistake, valueAt, wordIssues } from '../files/zod-words.ts';
import type { HostSpec } from '../model.ts';
import type { LoadedTopology } from './loaded.ts';

/** Options of one place that lie over those below: for all nodes of a protocol, or for one node. */
export interface OptionLayers {
  /** Name of a protocol or node. */
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly source: Source;
  readonly path: FilePath;
}

/**
 * Merges options: maps entry by entry, everything else is replaced.
 *
 * @returns a new map; neither argument changes.
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

/** Options of a node with the layers over it; those of the node's own name come last. */
export function optionsOf(
  host: Pick<HostSpec, 'name' | 'protocol' | 'options'>,
  layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Readonly<Record<string, unknown>> {
  const ofProtocol = mergeOptions(host.options, layers[host.protocol] ?? {});
  return mergeOptions(ofProtocol, layers[host.name] ?? {});
}

/** Checks the options of every node; the same mistake of many nodes is told once. */
export function checkOptions(
  loaded: LoadedTopology,
  registry: Registry,
  problems: Problems,
  layers: readonly OptionLayers[],
): void {
  const byName = Object.fromEntries(layers.map((layer) => [layer.name, layer.options]));
  const told = new Set<string>();
  for (const [index, host] of loaded.topology.hosts.entries()) {
    const schema = registry.protocols(host.protocol)?.config;
    if (schema === undefined) continue;
    const options = optionsOf(host, byName);
    const result = schema.safeParse(options) as z.ZodSafeParseResult<unknown>;
    if (result.success) continue;
    for (const mistake of wordIssues(result.error, schema as z.ZodType, options)) {
      const place = placeOf(mistake.path, host, index, { loaded, layers });
      const key = `${place.source.file} ${place.path.join('/')} ${mistake.message}`;
      if (told.has(key)) continue;
      told.add(key);
      problems.add(place.source, worded(mistake, place.path), place.root);
    }
  }
}

interface OptionPlace {
  readonly source: Source;
  readonly root: FilePath;
  readonly path: FilePath;
}

/** Where the value of an option was written: the uppermost layer that holds it. */
function placeOf(
  path: FilePath,
  host: HostSpec,
  index: number,
  { loaded, layers }: { readonly loaded: LoadedTopology; readonly layers: readonly OptionLayers[] },
): OptionPlace {
  for (const name of [host.name, host.protocol]) {
    const layer = layers.find((one) => one.name === name);
    if (layer === undefined || valueAt(layer.options, path) === undefined) continue;
    return { source: layer.source, root: [], path: [...layer.path, ...path] };
  }
  const { source, root } = loaded;
  const own = ['nodes', index, 'options', ...path];
  const shared = ['defaults', 'node', 'options', ...path];
  const data = valueAt(source.data, root);
  const isShared = valueAt(data, own) === undefined && valueAt(data, shared) !== undefined;
  return { source, root, path: isShared ? shared : own };
}

function worded(mistake: PathMistake, path: FilePath): PathMistake {
  return { ...mistake, code: 'E122', path };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
