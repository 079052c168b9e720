/**
 * The protocols that files may name: shipped protocols, and modules of users.
 *
 * @module
 */
import { join } from 'node:path';
import type { MetricDefinition } from '../../engine/host/measure.ts';
import type { Protocol } from '../../engine/host/protocol.ts';
import { FOLDED_METRIC_DEFINITION } from '../../engine/measure/bounded-series.ts';
import { PRIVACY_METRICS } from '../../reports/privacy/kpis.ts';
import type { NamedUserModule } from '../../topologies/assemble/option-modules.ts';
import { mayOpenFile, OUTSIDE_FOLDERS_MESSAGE } from '../../topologies/files/file-bounds.ts';
import type { LookupFolders, ProtocolLookup } from '../../topologies/files/registry.ts';
import { displayPath } from '../../topologies/files/source.ts';
import { EXTERNAL_PROTOCOL } from '../../topologies/model.ts';
import { listUserCode } from '../files/load.ts';
import { PROJECT_ROOT } from '../folders.ts';
import { ADDED, SHIPPED } from '../generated/protocols.ts';
import { ASK_METRICS } from '../metrics/ask-metrics.ts';
import { EMULATE_METRICS } from '../metrics/emulate-metrics.ts';
import { LIVE_METRICS, PROCESS_METRICS } from '../metrics/live-metrics.ts';
import { RUN_METRICS } from '../metrics/run-metrics.ts';
import { trafficMetrics } from '../metrics/traffic-metrics.ts';
import { Refusal } from '../refusal.ts';
import { loadExported, loadProtocol } from './protocol-module.ts';

/**
 * True for protocols of this project. Crashes in any other protocol are attributed to its author.
 */
export function isShipped(protocol: Protocol): boolean {
  return SHIPPED.includes(protocol) || protocol.name === EXTERNAL_PROTOCOL;
}

/** Like {@link isShipped}, for the name in a file: the name of a protocol or the path of a module. */
export function isShippedName(name: string): boolean {
  return name === EXTERNAL_PROTOCOL || SHIPPED.some((protocol) => protocol.name === name);
}

/** The shipped protocols, sorted by name. */
export function shippedProtocols(): readonly Protocol[] {
  return SHIPPED;
}

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

/** Functions that list the users' code that files name. */
export interface FindUserCode {
  readonly protocols: () => readonly string[];
  readonly modules: () => readonly NamedUserModule[];
}

/** A registry of the shipped protocols and of modules loaded before. */
export class ProtocolRegistry implements ProtocolLookup {
  readonly #modules = new Map<string, Protocol>();
  /** The exports of modules that options name, by path. */
  readonly #userModules = new Map<string, unknown>();

  get names(): readonly string[] {
    return knownProtocols().map(({ name }) => name);
  }

  /** The traffic metrics of every known protocol, and the metrics of emulated runs. */
  get metrics(): readonly MetricDefinition[] {
    const all = [...knownProtocols(), ...this.#modules.values()];
    return [
      ...all.flatMap(({ name }) => trafficMetrics(name)),
      ...ASK_METRICS,
      ...EMULATE_METRICS,
      ...RUN_METRICS,
      ...LIVE_METRICS,
      ...PROCESS_METRICS,
      ...PRIVACY_METRICS,
      FOLDED_METRIC_DEFINITION,
    ];
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
   * Loads modules until no further ones are found: the protocols of the nodes that a generator makes
   * are known only once its module is loaded.
   * @param find Called again after the listed `protocols` (absolute paths) are loaded, until there are
   * no new ones; then `modules` lists the modules in options, which only the loaded protocols know.
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
      // Modules that an earlier call has loaded are checked again, because what may be opened differs
      // from call to call.
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
  if (!mayOpenFile(path)) throw new Refusal(`${displayPath(path)} ${OUTSIDE_FOLDERS_MESSAGE}`);
}
