/**
 * Users' files and modules that options of nodes name (`prices: ./my.csv`, `selection: ./mine.ts`). The schema of a
 * protocol's options says which options name one (`meta({ userFile })`, engine/host/user-file.ts). Before the options
 * are checked, the path of a file is replaced by its text, and the path of a module by its absolute path.
 *
 * A path is relative to the file in which it stands. Files are found, bounded and hashed like all others that
 * scenarios name: see `findFile` and `readText`.
 *
 * @module
 */
import type { FileText, UserFileReader } from '../../engine/host/user-file.ts';
import { folderOfPath } from '../../engine/pure/paths.ts';
import { findFileBeside } from '../files/find-file.ts';
import type { ValuePath } from '../files/locate.ts';
import { type ConfigIssueCollector, collectConfigErrors } from '../files/problems.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import { type ConfigSource, readText } from '../files/source.ts';
import { TEXT_BUDGET_MESSAGE, TextBudget } from '../files/text-budget.ts';
import type { HostSpec } from '../model.ts';
import type { LoadedTopology } from './loaded.ts';
import { userModulePath } from './option-modules.ts';
import { findOptionPlace, type OverridingOptions, optionOverrideNames } from './options.ts';
import { protocolsOnHost } from './protocols-on-host.ts';
import {
  EACH_ENTRY,
  findUserPathOptions,
  type UserPathOption,
  valuesOfOption,
} from './user-path-options.ts';

type Options = Readonly<Record<string, unknown>>;

/** Largest file, bytes, even if the protocol allows more: its text is sent to every process of a live run. */
const BYTES_MAX = 4e6;
/** Where a mistake in an option is shown, and the file in which the option stands. */
interface Place {
  readonly source: ConfigSource;
  readonly root: ValuePath;
  readonly path: ValuePath;
}

/** Options as written in a file, and the place at which each of them is written. */
interface Written {
  readonly options: Options;
  place(path: ValuePath): Place;
}

/**
 * Replaces the paths of users' files by their texts, in the options of all hosts and layers of options.
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
    const place: Written['place'] = (path) => findOptionPlace(path, placed, { loaded, layers: [] });
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

/** Reads the files that options name, each once. */
class FileReader {
  readonly #registry: ProtocolLookup;
  readonly #problems: ConfigIssueCollector;
  readonly #pathOptions = new Map<string, readonly UserPathOption[]>();
  /** Texts by reader, then by path; undefined for a file with mistakes. */
  readonly #texts = new Map<UserFileReader, Map<string, string | undefined>>();
  readonly #budget = new TextBudget();

  constructor(registry: ProtocolLookup, problems: ConfigIssueCollector) {
    this.#registry = registry;
    this.#problems = problems;
  }

  /** The options of a protocol with the texts of files; the same object if they name none. */
  fill(protocol: string, written: Written): Options {
    let filled: unknown = written.options;
    for (const option of this.#pathOptionsOf(protocol)) {
      filled = this.#fillOption(filled, { option, written, done: [] });
    }
    return filled as Options;
  }

  #pathOptionsOf(protocol: string): readonly UserPathOption[] {
    const known = this.#pathOptions.get(protocol);
    if (known !== undefined) return known;
    const found = findUserPathOptions(this.#registry.protocols(protocol)?.config);
    this.#pathOptions.set(protocol, found);
    return found;
  }

  /** Replaces the paths that an option has below `value`; copies the maps and lists above each replaced value. */
  #fillOption(
    value: unknown,
    at: { readonly option: UserPathOption; readonly written: Written; readonly done: ValuePath },
  ): unknown {
    const { option, written, done } = at;
    const step = option.path[done.length];
    if (step === undefined) {
      const place = written.place(done);
      return option.kind === 'file'
        ? this.#textFor(value, option.file, place)
        : this.#modulePathFor(value, place);
    }
    if (value === null || typeof value !== 'object') return value;
    const keys = step === EACH_ENTRY ? Object.keys(value) : [step].filter((key) => key in value);
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
      ? [...value]
      : { ...value };
    let isChanged = false;
    for (const key of keys) {
      const old: unknown = Reflect.get(value, key);
      const name = Array.isArray(value) ? Number(key) : key;
      const filled = this.#fillOption(old, { option, written, done: [...done, name] });
      if (filled === old) continue;
      isChanged = true;
      Reflect.set(copy, key, filled);
    }
    return isChanged ? copy : value;
  }

  /** The absolute path of the module that an option names; other values stay. */
  #modulePathFor(value: unknown, place: Place): unknown {
    const path = userModulePath(value, folderOfPath(place.source.path));
    const { files } = this.#registry.machine;
    if (path === undefined || files.exists(path)) return path ?? value;
    const hint = 'the path counts from the folder of this file';
    this.#refuse(place, 'E116', `module "${String(value)}" not found`, hint);
    return value;
  }

  #textFor(value: unknown, file: UserFileReader, place: Place): unknown {
    if (typeof value !== 'string') {
      // A map or a list would pass for the text of a file that was read, so it is refused here; the
      // schema refuses numbers and booleans.
      if (value !== null && typeof value === 'object')
        this.#refuse(place, 'E103', 'expected the path of a file');
      return value;
    }
    const found = findFileBeside(value, place.source.path, this.#registry.machine.files);
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
    const { files } = this.#registry.machine;
    const limits = { files, limitBytes, tooLargeHint: 'give the option a smaller file' };
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
 * Paths of the options that should name a file but hold a map or a list. After the loader has
 * replaced paths by texts, the schema could not tell these from texts.
 * @param schema Schema of a protocol's options.
 */
export function listNonPathOptions(schema: unknown, options: Options): readonly ValuePath[] {
  const files = findUserPathOptions(schema).filter(({ kind }) => kind === 'file');
  const found = files.flatMap(({ path }) => valuesOfOption(options, path));
  return found.flatMap(({ value, path }) =>
    value !== null && typeof value === 'object' ? [path] : [],
  );
}
