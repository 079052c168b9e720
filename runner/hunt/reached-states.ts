/**
 * What a run reached, as a measure of its novelty: reasons of drops and refusals, each with the number
 * of digits of its count, and transitions between states of machines. A hunt varies attempts that
 * reached something new.
 *
 * @module
 */
import type { SeedResult } from '../../reports/model.ts';
import type { WorldListener } from '../world.ts';

/** Largest number of different things that are recorded of one run. */
const REACHED_MAX = 2_000;
/** Matches numbers and hexadecimal names, which differ from run to run. */
const NUMBERS = /[0-9a-f]*\d[0-9a-f]*/gi;

/** Collects the states that a run reaches. */
export class ReachedStates implements WorldListener {
  readonly #all = new Set<string>();
  /** The last state of each machine of each node. */
  readonly #last = new Map<string, string>();

  state(node: string, machine: string, state: string): void {
    if (this.#all.size >= REACHED_MAX) return;
    const word = kindOf(state);
    const name = `${node} ${machine}`;
    const before = this.#last.get(name);
    if (before === word) return;
    if (before !== undefined || this.#last.size < REACHED_MAX) this.#last.set(name, word);
    this.#all.add(`${kindOf(machine)}: ${before ?? ''} > ${word}`);
  }

  /** Everything that the run reached, sorted. */
  of(result: SeedResult): readonly string[] {
    const counts = [
      ...Object.entries(result.nodeDrops),
      ...Object.entries(result.packets.drops),
      ...Object.entries(result.refusals ?? {}),
    ];
    for (const [reason, count] of counts) {
      if (count > 0) this.#all.add(`${reason} ${String(count).length}`);
    }
    return [...this.#all].sort();
  }
}

/** The kind of a state or machine: the first word of its name, without numbers. */
function kindOf(text: string): string {
  return (text.split(/[\s:(,]/, 1)[0] ?? '').replace(NUMBERS, '#');
}
