/**
 * Finds users' modules that options of nodes name (`selection: ./mine.ts`); the caller loads them before the options
 * are checked (docs/spec/topology-files.md, "Modules in options").
 *
 * @module
 */
import type { UserModuleOption } from '../../engine/host/user-module.ts';
import { folderOfPath, resolvePath } from '../../engine/pure/paths.ts';
import { isUserModulePath } from '../../engine/pure/user-module-path.ts';
import type { ProtocolLookup } from '../files/registry.ts';
import type { HostSpec } from '../model.ts';
import type { LoadedTopology } from './loaded.ts';
import { findOptionPlace, type OverridingOptions, optionOverrideNames } from './options.ts';
import { protocolsOnHost } from './protocols-on-host.ts';
import { findUserPathOptions, type UserPathOption, valuesOfOption } from './user-path-options.ts';

/** A module that an option names. */
export interface NamedUserModule {
  /** Absolute path. */
  readonly path: string;
  readonly module: UserModuleOption;
}

/** Users' code that files name; it is loaded before the files are checked. */
export interface UserCode {
  /** Names of protocols; for users' modules, absolute paths. */
  readonly protocols: readonly string[];
  /** Modules that options name. */
  readonly modules: readonly NamedUserModule[];
}

/** The value of {@link UserCode} for files that name no code of users. */
export const NO_USER_CODE: UserCode = { protocols: [], modules: [] };

/** Joins the lists of users' code that two files name. */
export function joinUserCode(one: UserCode, other: UserCode): UserCode {
  return {
    protocols: [...one.protocols, ...other.protocols],
    modules: [...one.modules, ...other.modules],
  };
}

/** The absolute path of the module that a value names; undefined if it names none. */
export function userModulePath(value: unknown, folder: string): string | undefined {
  return typeof value === 'string' && isUserModulePath(value)
    ? resolvePath(folder, value)
    : undefined;
}

/** The existing modules that options name, each once; a missing one is reported where it is named. */
export function userModulesInOptions(
  loaded: LoadedTopology,
  layers: readonly OverridingOptions[],
  registry: ProtocolLookup,
): readonly NamedUserModule[] {
  const search = new ModuleSearch(registry);
  for (const placed of loaded.topology.hosts.flatMap(protocolsOnHost)) {
    search.collect(placed.protocol, placed.options, (path) =>
      folderOfPath(findOptionPlace(path, placed, { loaded, layers: [] }).source.path),
    );
    const names = optionOverrideNames(placed);
    for (const { name, options, source } of layers) {
      if (names.includes(name)) {
        search.collect(placed.protocol, options, () => folderOfPath(source.path));
      }
    }
  }
  return search.found.filter(({ path }) => registry.machine.files.exists(path));
}

/**
 * The modules that the options of hosts name, once the loader has made their paths absolute; each once.
 * @param optionsOf Options of a protocol on a host.
 */
export function resolvedUserModules(
  hosts: readonly HostSpec[],
  optionsOf: (placed: ReturnType<typeof protocolsOnHost>[number]) => unknown,
  registry: ProtocolLookup,
): readonly NamedUserModule[] {
  const search = new ModuleSearch(registry);
  for (const placed of hosts.flatMap(protocolsOnHost)) {
    search.collect(placed.protocol, optionsOf(placed), () => '/');
  }
  return search.found;
}

/** Collects modules, each once. */
class ModuleSearch {
  readonly #registry: ProtocolLookup;
  readonly #pathOptions = new Map<string, readonly UserPathOption[]>();
  readonly #found = new Map<string, NamedUserModule>();

  constructor(registry: ProtocolLookup) {
    this.#registry = registry;
  }

  get found(): readonly NamedUserModule[] {
    return [...this.#found.values()];
  }

  collect(
    protocol: string,
    options: unknown,
    folderOf: (path: readonly (string | number)[]) => string,
  ): void {
    for (const option of this.#pathOptionsOf(protocol)) {
      if (option.kind !== 'module') continue;
      for (const { value, path: place } of valuesOfOption(options, option.path)) {
        const path = userModulePath(value, folderOf(place));
        if (path !== undefined) this.#found.set(path, { path, module: option.module });
      }
    }
  }

  #pathOptionsOf(protocol: string): readonly UserPathOption[] {
    const known = this.#pathOptions.get(protocol);
    if (known !== undefined) return known;
    const found = findUserPathOptions(this.#registry.protocols(protocol)?.config);
    this.#pathOptions.set(protocol, found);
    return found;
  }
}
