/**
 * Shows what nodes believe at the cursor about broken links and nodes: as a line of text below the
 * description of the fault, and as a sign on each node that has a belief about what is broken. The
 * states of nodes are queried only after the first fault.
 *
 * @module
 */
import {
  beliefsAt,
  beliefText,
  type FaultAwareness,
  type TargetBeliefs,
} from '../../data/belief.ts';
import { LatestQuerySender } from '../../data/latest.ts';
import { listNodeStates } from '../../data/plug-ins.ts';
import { PROTOCOLS } from '../../data/protocols.ts';
import { element, replaceContent } from '../../kernel/element.ts';
import type { TracePageContext } from '../../kernel/page.ts';

/** The sign in the middle of a node, by what the node knows of a fault; see {@link LEGEND}. */
export const AWARENESS_SIGNS: Readonly<Record<FaultAwareness, string>> = {
  knows: '!',
  unaware: '?',
  outdated: '?',
};
const LEGEND = ' At a node: ! knows of it, ? does not.';

/** The line of the network page that tells what nodes believe. */
export class BeliefLine {
  readonly root = element('p', { class: 'belief', hidden: true });
  readonly #context: TracePageContext;
  readonly #latest: LatestQuerySender<number, readonly TargetBeliefs[]>;
  #beliefs: readonly TargetBeliefs[] = [];
  #asked: unknown;
  #told = '';

  /** @param tell Called when the beliefs have changed and must be drawn again. */
  constructor(context: TracePageContext, tell: () => void) {
    this.#context = context;
    this.#latest = new LatestQuerySender((timeNs) => this.#fetch(timeNs), {
      tell: (beliefs, timeNs): void => {
        this.#beliefs = beliefs;
        this.#say(beliefText(beliefs, timeNs));
        tell();
      },
      fail: context.fail,
    });
  }

  /**
   * Sets the instant that is shown. Returns, for each node that has a belief about a broken link or
   * node, by name, whether it knows of the fault.
   */
  at(timeNs: number): ReadonlyMap<string, FaultAwareness> {
    const { info } = this.#context.trace;
    // While a run is in progress, the trace may get more rows for an instant that has already been
    // drawn.
    const key = `${timeNs} ${info.counts['state']} ${info.faults.length}`;
    if (key !== this.#asked) {
      this.#asked = key;
      this.#latest.want(timeNs);
    }
    const watchers = this.#beliefs.flatMap(({ disruption, watchers: all }) =>
      // After the end of a fault, only nodes that still believe in it get a sign.
      disruption === undefined ? all.filter(({ standing }) => standing === 'outdated') : all,
    );
    return new Map(watchers.map(({ node, standing }) => [node, standing] as const).reverse());
  }

  async #fetch(timeNs: number): Promise<readonly TargetBeliefs[]> {
    const { trace } = this.#context;
    const { info } = trace;
    const isCalm = info.faults.every((row) => row.timeNs > timeNs);
    if (isCalm) return [];
    const states = await trace.ask('stateAt', { timeNs });
    return beliefsAt(info, listNodeStates(info, states), PROTOCOLS, timeNs);
  }

  #say(text: string): void {
    if (text === this.#told) return;
    this.#told = text;
    this.root.hidden = text === '';
    replaceContent(this.root, `${text}.`, element('span', { class: 'muted' }, LEGEND));
  }
}
