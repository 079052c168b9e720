/**
 * The effect of SIGHUP on a gateway that runs from its own file: the file is read again. Log levels, limits, peers, the policy
 * and thresholds change at once; every other difference is named, because it takes effect at the next start.
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
  /** In which the gateway has the options of its file. */
  readonly topology: Topology;
}

/** The file of a running gateway: reads it again on request, and applies what can change. */
export class GatewayFileReloader {
  readonly #started: GatewayFiles;
  readonly #read: () => GatewayFiles;
  readonly #withOptions: (topology: Topology, file: GatewayFile) => Topology;
  readonly #renew: () => void;
  #inForce: GatewayFile;

  /**
   * @param read Reads the files again. It throws a ConfigError that names every mistake.
   * @param withOptions The topology, in which the gateway has the options of a file.
   * @param renew Takes the certificates of the PEM files that the file names, whose names are those of the start.
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

  /** Applies what can change while the gateway runs; never throws on bad files. */
  reread(log: OperatorLog, change: ChangeNodeOptions): ReloadResult {
    let next: GatewayFiles;
    try {
      next = this.#read();
      // Other files wait for a restart, and those of before may be gone.
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
