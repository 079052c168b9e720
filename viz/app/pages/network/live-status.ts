/**
 * Shows the status that the selected node reports of itself. In a run in progress the node is asked
 * at most once a second, and the panel shows its present status, whatever the instant of the
 * cursor. The trace of a finished run has statuses of some instants.
 *
 * @module
 */
import { quantityText } from '../../../../reports/format.ts';
import type { RecordedStatus } from '../../../format/recorded-status.ts';
import { type Child, element, replaceContent } from '../../kernel/element.ts';
import type { ControlConnection } from './palette/control-link.ts';

const ASK_MS = 1_000;
const REFRESH_MS = 250;
/** Largest number of lines of a status that are shown. */
const LINES_MAX = 100;
/** Nested values of a status are shown to this depth. */
const DEPTH_MAX = 32;

/** The panel section that shows what the selected node of a run in progress reports about itself. */
export class LiveNodeStatus {
  readonly root = element('section', { class: 'node-status', hidden: true });
  readonly #link: ControlConnection;
  #node: string | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  constructor(link: ControlConnection, signal: AbortSignal) {
    this.#link = link;
    const timer = setInterval(() => void this.#refresh(), REFRESH_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }

  /** Shows the status of another node, or nothing if `node` is undefined. */
  show(node: string | undefined): void {
    if (node === this.#node) return;
    this.#node = node;
    this.root.hidden = true;
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
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
    replaceContent(this.root, statusContent(statusTexts('Its status now', answer.text)));
    this.root.hidden = false;
  }
}

/** The texts of a status in the panel. */
export interface StatusTexts {
  readonly heading: string;
  readonly body: string;
  readonly remarks: readonly string[];
}

/** Makes the texts of a status from its JSON; at most {@link LINES_MAX} lines of it are shown. */
function statusTexts(heading: string, json: string): StatusTexts {
  const lines = statusLines(JSON.parse(json));
  const more = lines.length - LINES_MAX;
  const shown = lines.slice(0, LINES_MAX).join('\n');
  const body = shown === '' ? 'it says nothing' : shown;
  return { heading, body, remarks: more > 0 ? [`and ${more} lines more`] : [] };
}

/** Makes the texts of a status in the trace, with the instant at which the node was asked. */
export function recordedStatusTexts({ timeNs, json, note }: RecordedStatus): StatusTexts {
  const texts =
    json === undefined
      ? { heading: 'Its status', body: 'not known', remarks: [] }
      : statusTexts(`Its status at ${quantityText(timeNs, 'ns')}`, json);
  return note === '' ? texts : { ...texts, remarks: [...texts.remarks, note] };
}

/** Makes elements with the texts of a status. */
export function statusContent({ heading, body, remarks }: StatusTexts): Child {
  return [
    element('h3', {}, heading),
    element('pre', {}, body),
    remarks.map((text) => element('p', { class: 'muted' }, text)),
  ];
}

/** Formats a JSON value as indented lines: one line for each name and for each entry of a list. */
export function statusLines(value: unknown, indent = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${String(value)}`];
  if (indent.length > 2 * DEPTH_MAX) return [`${indent}… deeper than ${DEPTH_MAX} levels`];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([name, inner]) => {
    const label = `${indent}${isList ? '–' : `${name}:`}`;
    const [first, ...rest] = statusLines(inner, `${indent}  `);
    if (first === undefined) return [`${label} none`];
    const isBelow = !isList && typeof inner === 'object' && inner !== null;
    return isBelow ? [label, first, ...rest] : [`${label} ${first.trimStart()}`, ...rest];
  });
}
