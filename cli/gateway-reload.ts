/**
 * The effect of SIGHUP on a gateway that runs from its own file: the gateway reads the file again.
 * New log levels, limits, peers, policies and thresholds apply at once; every other difference is
 * logged, because it takes effect only at the next start.
 *
 * A file with mistakes changes nothing.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { type GatewayFile, reloadGatewayFile } from '../nodes/gateway/index.ts';
import { type OperatorLog, parseLogLevels, type ReloadResult } from '../services/operator/index.ts';
import type { Topology } from '../topologies/model.ts';
import type { ChangeNodeOptions } from './node-reload.ts';

/** A gateway's file and its topology, as they were read. */
export interface GatewayFiles {
  readonly file: GatewayFile;
  /** The topology, in which the gateway already has the options of its file. */
  readonly topology: Topology;
}

/**
 * Reads the file of a running gateway again on request, and applies what can change without a
 * restart.
 */
export class GatewayFileReloader {
  readonly #started: GatewayFiles;
  readonly #read: () => GatewayFiles;
  readonly #withOptions: (topology: Topology, file: GatewayFile) => Topology;
  readonly #renew: () => void;
  #inForce: GatewayFile;

  /**
   * @param read Reads the files again. It throws a ConfigError that names every mistake.
   * @param withOptions Returns the topology with the options of the file set for the gateway.
   * @param renew Uses the present contents of the PEM files. Called only if the file still names
   * the same PEM files as at the start.
   */
  constructor(
    started: GatewayFiles,
    read: () => GatewayFiles,
    withOptions: (topology: Topology, file: GatewayFile) => Topology,
    renew: () => void,
  ) {
    this.#started = started;
    this.#read = read;
    this.#withOptions = withOptions;
    this.#renew = renew;
    this.#inForce = started.file;
  }

  /**
   * Reads the file and applies what can change while the gateway runs; does not throw if files have
   * mistakes.
   */
  reread(log: OperatorLog, change: ChangeNodeOptions): ReloadResult {
    let next: GatewayFiles;
    try {
      next = this.#read();
      // Files with other names take effect at the next start only; the old files may be gone, so
      // they are not read again.
      const [before, now] = [this.#started.file.htx.tls, next.file.htx.tls];
      if (isDeepStrictEqual(before, now)) this.#renew();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { applied: [], needsRestart: [], error: message };
    }
    const { file: started, topology } = this.#started;
    const { file, applied, needsRestart } = reloadGatewayFile(started, this.#inForce, next.file);
    const { node } = started.place;
    const own = this.#withOptions(topology, file).hosts.find(({ name }) => name === node);
    const changed = change(node, own?.options ?? {});
    if (changed === undefined || changed.outcome === 'bad-options') {
      const why = changed === undefined ? 'does not run yet' : 'refuses its options';
      return { applied: [], needsRestart: [], error: `${node} ${why}` };
    }
    if (file.log !== this.#inForce.log) log.replaceLevels(parseLogLevels(file.log));
    this.#inForce = file;
    const isOther = next.topology.sha256 !== topology.sha256;
    const waits = isOther ? [...needsRestart, `${started.place.topology}: changed`] : needsRestart;
    return { applied, needsRestart: [...waits, ...changed.needsRestart] };
  }
}
