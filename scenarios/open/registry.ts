/**
 * The protocols that files may name: shipped protocols, and modules of users.
 *
 * @module
 */
import { join } from 'node:path';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import type { NamedUserModule } from '../../topologies/assemble/option-modules.ts';
import { mayOpenFile } from '../../topologies/files/file-bounds.ts';
import { OUTSIDE_FOLDERS_MESSAGE } from '../../topologies/files/files-read.ts';
import type { Machine } from '../../topologies/files/machine.ts';
import type { LookupFolders } from '../../topologies/files/registry.ts';
import { displayPath } from '../../topologies/files/source.ts';
import { listUserCode } from '../files/load.ts';
import { PROJECT_ROOT } from '../folders.ts';
import { ADDED, SHIPPED } from '../generated/protocols.ts';
import { Refusal } from '../refusal.ts';
import { nodeFiles } from './node-files.ts';
import { nodeMachine } from './node-machine.ts';
import type { LoadingRegistry } from './open-files.ts';
import { loadExported, loadProtocol } from './protocol-module.ts';
import { type FindUserCode, isShippedName, metricsOfProtocols } from './shipped-protocols.ts';

export { shippedProtocols } from './shipped-protocols.ts';

/** Protocols that users have added under nodes/, or the error if one cannot be loaded. */
const added = new Map<string, { readonly protocol: Protocol } | { readonly error: unknown }>();

/**
 * Loads protocols that users have added under nodes/; a protocol with mistakes throws only when a file
 * names it.
 */
export async function loadAddedProtocols(): Promise<void> {
  for (const name of ADDED) {
    if (added.has(name)) continue;
    const path = join(PROJECT_ROOT, 'nodes', name, 'index.ts');
    const loaded = await loadProtocol(path).then(
      (protocol) => ({ protocol }),
      (error: unknown) => ({ error }),
    );
    added.set(name, loaded);
  }
}

/** The shipped protocols, and those that {@link loadAddedProtocols} has loaded. */
export function knownProtocols(): readonly Protocol[] {
  const others = [...added.values()].flatMap((one) => ('protocol' in one ? one.protocol : []));
  return [...SHIPPED, ...others];
}

/** A registry of the shipped protocols and of modules loaded before. */
export class ProtocolRegistry implements LoadingRegistry {
  readonly machine: Machine = nodeMachine;
  readonly #modules = new Map<string, Protocol>();
  /** The exports of modules that options name, by path. */
  readonly #userModules = new Map<string, unknown>();

  get names(): readonly string[] {
    return knownProtocols().map(({ name }) => name);
  }

  /** The traffic metrics of every known protocol, and the metrics of emulated runs. */
  get metrics(): readonly MetricDefinition[] {
    return metricsOfProtocols([...knownProtocols(), ...this.#modules.values()]);
  }

  /**
   * Finds a protocol by its name or path.
   * @throws the error of a protocol under nodes/ that cannot be loaded.
   */
  protocols(name: string): Protocol | undefined {
    const own = added.get(name);
    if (own !== undefined && 'error' in own) throw own.error;
    if (own !== undefined) return own.protocol;
    return SHIPPED.find((protocol) => protocol.name === name) ?? this.#modules.get(name);
  }

  userModule(path: string): unknown {
    return this.#userModules.get(path);
  }

  isShipped(name: string): boolean {
    return isShippedName(name);
  }

  /**
   * Loads the users' modules that a scenario file or its topology names (`run: ./my/index.ts`), so
   * that the loader finds them. Unreadable files are left to the loader, which reports them.
   * @param overrides Values to change before the file is read; they may name other modules.
   */
  async loadNamedBy(
    file: string,
    folders: LookupFolders,
    overrides: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const request = { path: file, folders, overrides, registry: this };
    await this.loadFound({
      protocols: () => listUserCode(request).protocols,
      modules: () => listUserCode(request).modules,
    });
  }

  /**
   * Loads protocols, and then the modules that options name. After each round of loading,
   * `protocols` is called again until it lists nothing new: the protocols of the nodes that a
   * generator makes are known only once its module is loaded. Only loaded protocols tell which
   * options name modules.
   * @param find Lists the absolute paths of the protocols, and the modules in options, that are known so far.
   */
  async loadFound({ protocols, modules }: FindUserCode): Promise<void> {
    await loadAddedProtocols();
    await this.#loadProtocols(protocols);
    for (const named of modules()) await this.loadOptionModule(named);
  }

  /**
   * Loads a module that an option names, so that {@link userModule} finds what it exports.
   * @throws ConfigError or Refusal saying what is wrong with the module, or that it may not be loaded.
   */
  async loadOptionModule({ path, module }: NamedUserModule): Promise<void> {
    refuseOutside(path);
    if (this.#userModules.has(path)) return;
    this.#userModules.set(path, await loadExported(path, module));
  }

  async #loadProtocols(find: () => readonly string[]): Promise<void> {
    for (;;) {
      const found = find();
      // Modules that an earlier call has loaded are checked again, because each call may allow
      // other folders.
      for (const path of found) refuseOutside(path);
      const others = found.filter((path) => !this.#modules.has(path));
      if (others.length === 0) return;
      for (const path of others) await this.load(path);
    }
  }

  /**
   * Loads a user's module, so that {@link protocols} finds it by its path.
   * @param path Absolute path of the module, TypeScript or JavaScript.
   * @throws ConfigError or Refusal saying what is wrong with the module, or that it may not be loaded.
   */
  async load(path: string): Promise<void> {
    refuseOutside(path);
    this.#modules.set(path, await loadProtocol(path));
  }
}

/**
 * Refuses a module outside the folders from which modules may be loaded.
 * @throws Refusal for such a module.
 */
function refuseOutside(path: string): void {
  if (!mayOpenFile(path))
    throw new Refusal(`${displayPath(path, nodeFiles)} ${OUTSIDE_FOLDERS_MESSAGE}`);
}
