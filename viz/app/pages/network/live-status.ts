/**
 * What the selected node of a run in progress says of itself: now, wherever the cursor is. The run is asked at most
 * once a second.
 *
 * @module
 */
import { element, replaceContent } from '../../kernel/element.ts';
import type { ControlLink } from './palette/control-link.ts';

const ASK_MS = 1_000;
const LOOK_MS = 250;
/** Most lines that are shown. */
const LINES_MAX = 100;

/** See the module. */
export class LiveStatus {
  readonly root = element('section', { class: 'node-status', hidden: true });
  readonly #link: ControlLink;
  #node: string | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  constructor(link: ControlLink, signal: AbortSignal) {
    this.#link = link;
    const timer = setInterval(() => void this.#look(), LOOK_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  /** Shows another node, or none. */
  show(node: string | undefined): void {
    if (node === this.#node) return;
    this.#node = node;
    this.root.hidden = true;
    void this.#look();
  }

  async #look(): Promise<void> {
    const node = this.#node;
    const isOpen = this.#link.state.value?.phase === 'open';
    if (!isOpen) this.root.hidden = true;
    const isEarly = performance.now() - this.#askedMs < ASK_MS;
    if (node === undefined || !isOpen || this.#isWaiting || isEarly || document.hidden) return;
    this.#askedMs = performance.now();
    this.#isWaiting = true;
    const answer = await this.#link.send({ kind: 'status', node });
    this.#isWaiting = false;
    if (answer.kind !== 'status' || node !== this.#node) return;
    const lines = statusLines(JSON.parse(answer.text));
    const more = lines.length - LINES_MAX;
    const shown = lines.slice(0, LINES_MAX).join('\n');
    replaceContent(
      this.root,
      element('h3', {}, 'Its status now'),
      element('pre', {}, shown === '' ? 'it says nothing' : shown),
      more > 0 && element('p', { class: 'muted' }, `and ${more} lines more`),
    );
    this.root.hidden = false;
  }
}

/** A value as indented lines: one for each name, and one for each entry of a list. */
export function statusLines(value: unknown, indent = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${String(value)}`];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, inner]) => {
    const label = `${indent}${isList ? '–' : `${name}:`}`;
    const [first, ...rest] = statusLines(inner, `${indent}  `);
    if (first === undefined) return [`${label} none`];
    const isBelow = !isList && typeof inner === 'object' && inner !== null;
    return isBelow ? [label, first, ...rest] : [`${label} ${first.trimStart()}`, ...rest];
  });
}
