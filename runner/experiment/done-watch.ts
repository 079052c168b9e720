/**
 * Finds when the work of a run is done: when every host that can finish has reported that it has, since
 * its last start (docs/spec/scenario-files.md#time). A crash cancels the report of a host.
 *
 * @module
 */

import { type FinishingProtocols, listFinishingProtocols } from '../../scenarios/files/until.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';

/** Tracks which hosts have reported that their work is done, until all have. */
export class FinishedHostsTracker {
  readonly #finishers: FinishingProtocols;
  /** Reports after this instant, ns, do not count, because the duration has then ended the run. */
  readonly #limitNs: number;
  readonly #open: Set<string>;
  readonly #crashedNs = new Map<string, number>();
  #doneNs: number | undefined;

  constructor(finishers: FinishingProtocols, limitNs: number) {
    this.#finishers = finishers;
    this.#limitNs = limitNs;
    this.#open = new Set(finishers.keys());
  }

  /** When the last host finished; undefined while some have not. */
  get doneNs(): number | undefined {
    return this.#doneNs;
  }

  /** Names of the hosts that have not finished, in the order of the file. */
  get unfinished(): readonly string[] {
    return [...this.#finishers.keys()].filter((node) => this.#open.has(node));
  }

  /** Records that a protocol of a host reports its work as done. */
  finished(node: string, protocol: string, atNs: number): void {
    if (this.#doneNs !== undefined || atNs > this.#limitNs) return;
    // Only the finishing protocol of a host counts; the protocols below only serve it.
    if (this.#finishers.get(node) !== protocol) return;
    // A report from another process may be older than a crash that is known already.
    if (atNs <= (this.#crashedNs.get(node) ?? Number.NEGATIVE_INFINITY)) return;
    this.#open.delete(node);
    if (this.#open.size === 0) this.#doneNs = atNs;
  }

  /** Records that a host crashed, after which it must report again that its work is done. */
  crashed(node: string, atNs: number): void {
    if (this.#doneNs !== undefined || !this.#finishers.has(node)) return;
    this.#crashedNs.set(node, atNs);
    this.#open.add(node);
  }
}

/**
 * The part `finishers` of an experiment's parts: the hosts for which the end of the run waits; no part
 * if the run always lasts for its duration.
 */
export function runFinishersPart(
  scenario: Scenario,
  registry: ProtocolLookup,
): { readonly finishers?: FinishingProtocols } {
  return scenario.until === 'done' ? { finishers: listFinishingProtocols(scenario, registry) } : {};
}
