/**
 * The select elements for the fault, the seed and, in a run with several flows, the flow.
 *
 * @module
 */
import { instantText } from '../../kernel/duration.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import type { ReportPageContext } from '../../kernel/page.ts';
import type { FaultCase } from './story.ts';

/** The parameters of {@link FaultChooser}. */
export interface FaultChooserParts {
  readonly cases: readonly FaultCase[];
  readonly ids: readonly string[];
  /** For each flow, the text at the end of the names of its series: empty, or ` a -> b`. */
  readonly flows: readonly string[];
  readonly choose: (wanted: { readonly id?: string; readonly seed?: number }) => void;
}

/** The line with the select elements, above the chart. */
export class FaultChooser {
  readonly root: HTMLElement;
  readonly #context: ReportPageContext;
  readonly #parts: FaultChooserParts;
  readonly #faults: HTMLSelectElement;
  readonly #seeds: HTMLSelectElement;
  #listed = '';

  constructor(context: ReportPageContext, parts: FaultChooserParts) {
    this.#context = context;
    this.#parts = parts;
    const { choose, flows } = parts;
    this.#faults = element('select', { change: () => choose({ id: this.#faults.value }) });
    this.#seeds = element('select', { change: () => choose({ seed: Number(this.#seeds.value) }) });
    this.root = element(
      'div',
      { class: 'failover-bar' },
      element('label', {}, 'fault', this.#faults),
      element('label', {}, 'seed', this.#seeds),
      flows.length > 1 && element('label', {}, 'flow', this.#flowChooser()),
    );
  }

  /**
   * The text at the end of the names of the series of the chosen flow: the flow that the address
   * names, or else the first flow.
   */
  get suffix(): string {
    const wanted = ` ${this.#context.view.parameters.value['flow'] ?? ''}`;
    const { flows } = this.#parts;
    return flows.find((one) => one === wanted) ?? flows[0] ?? '';
  }

  /** Makes the select elements show which fault and seed are chosen. */
  show(shown: FaultCase): void {
    const key = `${shown.id} ${shown.seed}`;
    if (key === this.#listed) return;
    this.#listed = key;
    const { cases, ids } = this.#parts;
    const labelOf = (id: string, at: number): string => {
      const own = cases.filter((one) => one.id === id);
      const one = own.find(({ seed }) => seed === shown.seed) ?? own[0];
      if (one === undefined) return id;
      return `${at + 1} of ${ids.length}: ${one.text}, ${instantText(one.beginNs, 10e9)}`;
    };
    replaceContent(
      this.#faults,
      ids.map((id, at) =>
        element('option', { value: id, selected: id === shown.id }, labelOf(id, at)),
      ),
    );
    const seeds = cases.filter(({ id }) => id === shown.id).map(({ seed }) => seed);
    replaceContent(
      this.#seeds,
      [...new Set(seeds)].map((seed) =>
        element('option', { value: seed, selected: seed === shown.seed }, String(seed)),
      ),
    );
  }

  #flowChooser(): HTMLSelectElement {
    const { view } = this.#context;
    const chooser = element(
      'select',
      { change: () => view.setParameter('flow', chooser.value.trim()) },
      this.#parts.flows.map((name) =>
        element('option', { value: name, selected: name === this.suffix }, name.trim() || 'all'),
      ),
    );
    return chooser;
  }
}
