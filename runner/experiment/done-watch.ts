/**
 * Whether the work of a run is done: every host that can finish has said so since its last start
 * (docs/spec/scenario-files.md#time). A crash takes back what the host said.
 *
 * @module
 */

import { type FinishingProtocols, listFinishingProtocols } from '../../scenarios/files/until.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';

/** Follows which hosts have said that their work is done, until all have. */
export class FinishedHostsTracker {
  readonly #finishers: FinishingProtocols;
  /** Reports after this instant, ns, do not count: the duration has ended the run by then. */
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

  /** Hosts that have not finished, in the order of the file. */
  get unfinished(): readonly string[] {
    return [...this.#finishers.keys()].filter((node) => this.#open.has(node));
  }

  /** A protocol of a host says that its work is done. */
  finished(node: string, protocol: string, atNs: number): void {
    if (this.#doneNs !== undefined || atNs > this.#limitNs) return;
    // Protocols below the top serve it, and are done when it is.
    if (this.#finishers.get(node) !== protocol) return;
    // Reports of other processes can be about the time before a crash that is known already.
    if (atNs <= (this.#crashedNs.get(node) ?? Number.NEGATIVE_INFINITY)) return;
    this.#open.delete(node);
    if (this.#open.size === 0) this.#doneNs = atNs;
  }

  /** A host crashed: its node must report again that its work is done. */
  crashed(node: string, atNs: number): void {
    if (this.#doneNs !== undefined || !this.#finishers.has(node)) return;
    this.#crashedNs.set(node, atNs);
    this.#open.add(node);
  }
}

/** The hosts that the end of the run waits for; none if the run lasts for its duration. */
export function runFinishersPart(
  scenario: Scenario,
  registry: ProtocolLookup,
): { readonly finishers?: FinishingProtocols } {
  return scenario.until === 'done' ? { finishers: listFinishingProtocols(scenario, registry) } : {};
}
