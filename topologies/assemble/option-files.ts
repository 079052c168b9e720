/**
 * Files of users that options of nodes name (`prices: ./my.csv`). A protocol says in the schema of its
 * options which ones do (`meta({ userFile })`, engine/host/user-file.ts); here their texts take the place
 * of the paths, before the options are checked.
 *
 * A path is relative to the file in which it stands, and files are found, bounded and hashed as all that
 * scenarios name: see `findFile` and `readText`.
 *
 * @module
 */
import { dirname } from 'node:path';
import { z } from 'zod';
import type { FileText, UserFileReader } from '../../engine/host/user-file.ts';
import { findFile } from '../files/find-file.ts';
import type { ValuePath } from '../files/locate.ts';
import { type ConfigIssueCollector, collectConfigErrors } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import { type ConfigSource, readText } from '../files/source.ts';
import { TEXT_BUDGET_MESSAGE, TextBudget } from '../files/text-budget.ts';
import { isOptionalOrDefaultSchema } from '../files/zod-words.ts';
import type { HostSpec } from '../model.ts';
import type { LoadedTopology } from './loaded.ts';
import {
  type OverridingOptions,
  optionOverrideNames,
  optionPlaceOf,
  protocolsOnHost,
} from './options.ts';

type Options = Readonly<Record<string, unknown>>;

/** Longest file, whatever the protocol says: texts travel in the orders of processes. */
const BYTES_MAX = 4e6;
/** Deeper than any schema of options; one that contains itself has no end. */
const DEPTH_MAX = 8;
/** In the path of a spot: each entry of a list or map. */
const EACH_ENTRY = '*';

/** An option that names a file. */
interface Spot {
  readonly path: readonly string[];
  readonly file: UserFileReader;
}

/** Where a mistake in an option is shown, and the file in which the option stands. */
interface Place {
  readonly source: ConfigSource;
  readonly root: ValuePath;
  readonly path: ValuePath;
}

/** Options as they stand in a file. */
interface Written {
  readonly options: Options;
  place(path: ValuePath): Place;
}

/**
 * Returns the hosts with the texts of files in place of their paths, in all options.
 * @returns undefined after reporting what is wrong with a file.
 */
export function inlineOptionFiles(
  loaded: LoadedTopology,
  layers: readonly OverridingOptions[],
  registry: ProtocolLookup,
  problems: ConfigIssueCollector,
): { readonly loaded: LoadedTopology; readonly layers: readonly OverridingOptions[] } | undefined {
  const reader = new FileReader(registry, problems);
  const before = problems.count;
  const hosts = loaded.topology.hosts.map((host) => withHostFiles(reader, loaded, host));
  const protocols = protocolsByName(layers.length === 0 ? [] : loaded.topology.hosts);
  const filled = layers.map((layer): OverridingOptions => {
    const { name, source, path: at, options } = layer;
    const place: Written['place'] = (path) => ({ source, path: [...at, ...path], root: [] });
    const known = [...(protocols.get(name) ?? [])];
    return {
      ...layer,
      options: known.reduce(
        (now, protocol) => reader.fill(protocol, { options: now, place }),
        options,
      ),
    };
  });
  if (problems.count > before) return undefined;
  return { loaded: { ...loaded, topology: { ...loaded.topology, hosts } }, layers: filled };
}

/** A host with texts in the options of all its protocols; the same object if they name no file. */
function withHostFiles(reader: FileReader, loaded: LoadedTopology, host: HostSpec): HostSpec {
  const [lowest, ...above] = protocolsOnHost(host).map((placed) => {
    const place: Written['place'] = (path) => optionPlaceOf(path, placed, { loaded, layers: [] });
    return reader.fill(placed.protocol, { options: placed.options, place });
  });
  const layers = host.layers?.map((layer, index) => ({ ...layer, options: above[index] ?? {} }));
  const isSame = host.layers?.every(({ options }, index) => options === above[index]) ?? true;
  if (isSame && lowest === host.options) return host;
  return { ...host, options: lowest ?? {}, ...(layers === undefined ? {} : { layers }) };
}

/** The protocols for which options are given under each name. */
function protocolsByName(hosts: readonly HostSpec[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map<string, Set<string>>();
  for (const placed of hosts.flatMap(protocolsOnHost)) {
    for (const name of optionOverrideNames(placed)) {
      byName.set(name, (byName.get(name) ?? new Set()).add(placed.protocol));
    }
  }
  return byName;
}

/** Reads each file once. */
class FileReader {
  readonly #registry: ProtocolLookup;
  readonly #problems: ConfigIssueCollector;
  readonly #spots = new Map<string, readonly Spot[]>();
  /** By how a file is read, and its path; undefined of a file with mistakes. */
  readonly #texts = new Map<UserFileReader, Map<string, string | undefined>>();
  readonly #budget = new TextBudget();

  constructor(registry: ProtocolLookup, problems: ConfigIssueCollector) {
    this.#registry = registry;
    this.#problems = problems;
  }

  /** The options of a protocol with the texts of files; the same object if they name none. */
  fill(protocol: string, written: Written): Options {
    let filled: unknown = written.options;
    for (const spot of this.#spotsOf(protocol)) {
      filled = this.#fillSpot(filled, { spot, written, done: [] });
    }
    return filled as Options;
  }

  #spotsOf(protocol: string): readonly Spot[] {
    const known = this.#spots.get(protocol);
    if (known !== undefined) return known;
    const spots = spotsIn(this.#registry.protocols(protocol)?.config, [], DEPTH_MAX);
    this.#spots.set(protocol, spots);
    return spots;
  }

  /** Goes down to a spot, and copies what lies on the way if a text comes in. */
  #fillSpot(
    value: unknown,
    at: { readonly spot: Spot; readonly written: Written; readonly done: ValuePath },
  ): unknown {
    const { spot, written, done } = at;
    const step = spot.path[done.length];
    if (step === undefined) return this.#textFor(value, spot.file, written.place(done));
    if (value === null || typeof value !== 'object') return value;
    const keys = step === EACH_ENTRY ? Object.keys(value) : [step].filter((key) => key in value);
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
      ? [...value]
      : { ...value };
    let isChanged = false;
    for (const key of keys) {
      const old: unknown = Reflect.get(value, key);
      const name = Array.isArray(value) ? Number(key) : key;
      const filled = this.#fillSpot(old, { spot, written, done: [...done, name] });
      if (filled === old) continue;
      isChanged = true;
      Reflect.set(copy, key, filled);
    }
    return isChanged ? copy : value;
  }

  #textFor(value: unknown, file: UserFileReader, place: Place): unknown {
    if (typeof value !== 'string') {
      // The schema words what is wrong with other values; a map would pass for a text that was read.
      if (value !== null && typeof value === 'object')
        this.#refuse(place, 'E103', 'expected the path of a file');
      return value;
    }
    const folder = dirname(place.source.path);
    const found = findFile(value, [folder], ['the folder of this file']);
    if ('message' in found) {
      this.#refuse(place, 'E116', found.message, found.hint);
      return value;
    }
    const text = this.#textOf(found.path, file, place);
    return text === undefined ? value : ({ file: value, text } satisfies FileText);
  }

  #textOf(path: string, file: UserFileReader, place: Place): string | undefined {
    const texts = this.#texts.get(file) ?? new Map<string, string | undefined>();
    this.#texts.set(file, texts);
    if (!texts.has(path)) texts.set(path, this.#read(path, file, place));
    return texts.get(path);
  }

  #read(path: string, file: UserFileReader, place: Place): string | undefined {
    const limitBytes = Math.min(BYTES_MAX, file.bytesMax);
    const limits = { limitBytes, tooLargeHint: 'give the option a smaller file' };
    const source = collectConfigErrors(this.#problems, () => readText(path, limits));
    if (source === undefined) return undefined;
    if (!this.#budget.take(source)) {
      this.#refuse(place, 'E117', TEXT_BUDGET_MESSAGE, 'let nodes have the same file');
      return undefined;
    }
    const result = file.read(source.text);
    if (result.kind === 'mistakes') {
      const { mistakes } = result;
      this.#problems.addAll(mistakes.map((one) => source.issue({ code: 'E119', ...one })));
      return undefined;
    }
    return source.text;
  }

  #refuse(place: Place, code: 'E103' | 'E116' | 'E117', message: string, hint?: string): void {
    const { source, path, root } = place;
    const words = hint === undefined ? { message } : { message, hint };
    this.#problems.add(source, { code, path, part: 'value', ...words }, root);
  }
}

/**
 * Where options hold something else than the path of a file: a text is there only if the loader has read it.
 * @param schema The options of a protocol.
 */
export function nonPathPlaces(schema: unknown, options: Options): readonly ValuePath[] {
  return spotsIn(schema, [], DEPTH_MAX).flatMap(({ path }) => objectsAt(options, path, []));
}

function objectsAt(
  value: unknown,
  steps: readonly string[],
  done: ValuePath,
): readonly ValuePath[] {
  if (value === null || typeof value !== 'object') return [];
  const [step, ...rest] = steps;
  if (step === undefined) return [done];
  const keys = step === EACH_ENTRY ? Object.keys(value) : [step].filter((key) => key in value);
  return keys.flatMap((key) =>
    objectsAt(Reflect.get(value, key), rest, [...done, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The options in a schema that name files. */
function spotsIn(schema: unknown, path: readonly string[], depth: number): readonly Spot[] {
  if (depth === 0 || !(schema instanceof z.ZodType)) return [];
  const file = schema.meta()?.['userFile'];
  if (file !== undefined) return [{ path, file: file as UserFileReader }];
  if (schema instanceof z.ZodObject) {
    const entries = Object.entries(schema.shape);
    return entries.flatMap(([name, inner]) => spotsIn(inner, [...path, name], depth - 1));
  }
  if (schema instanceof z.ZodArray)
    return spotsIn(schema.element, [...path, EACH_ENTRY], depth - 1);
  if (schema instanceof z.ZodRecord)
    return spotsIn(schema.valueType, [...path, EACH_ENTRY], depth - 1);
  if (schema instanceof z.ZodPipe) return spotsIn(schema.in, path, depth - 1);
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((one) => spotsIn(one, path, depth - 1));
  }
  const isAround = schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly;
  return isAround || isOptionalOrDefaultSchema(schema)
    ? spotsIn(schema.unwrap(), path, depth - 1)
    : [];
}
