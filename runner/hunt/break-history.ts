/**
 * The story of a break: what nodes reported from the last fault on, and what became of the messages of
 * applications.
 *
 * @module
 */
import { NS_PER_S } from '../../engine/core/time.ts';
import type { RequestContent } from '../../engine/host/host.ts';
import type { FaultRecord } from '../../reports/model.ts';
import { oneLine } from '../../reports/plain-text.ts';
import { claimedFlow, claimedSequence, readTruth } from '../traffic/ground-truth.ts';
import type { World, WorldListener } from '../world.ts';

/**
 * Largest number of lines of a section. A longer section keeps its first and its last lines, half of
 * this number each.
 */
const SECTION_LINES_MAX = 24;
/** Largest number of messages that are followed. */
const MESSAGES_MAX = 100_000;
/** Largest number of lines that are kept while the run continues. */
const LINES_KEPT_MAX = 10_000;

interface Followed {
  readonly name: string;
  readonly sentNs: number;
  readonly arrivedNs: number[];
}

/** Records what happened in a run from its last fault on. */
export class BreakHistory implements WorldListener {
  readonly #world: World;
  readonly #faults: readonly FaultRecord[];
  /** One line for each thing that happened since the last fault began. */
  #happened: string[] = [];
  /** Number of lines that were dropped from `#happened`, since there were too many. */
  #droppedLines = 0;
  #faultsSeen = 0;
  readonly #messages = new Map<string, Followed>();
  readonly #truth = { flow: 0, kind: 'data' as const, sequence: 0, sentNs: 0 };

  /** @param faults The fault records of the run; the list grows while the run continues. */
  constructor(world: World, faults: readonly FaultRecord[]) {
    this.#world = world;
    this.#faults = faults;
  }

  requested(node: string, { kind, body, target }: RequestContent): void {
    if (kind !== 'send' || claimedFlow(body) < 0 || this.#messages.size >= MESSAGES_MAX) return;
    const name = `${claimedSequence(body)} of flow ${claimedFlow(body)}, ${node} to ${target}`;
    const followed = { name, sentNs: this.#world.now(), arrivedNs: [] };
    this.#messages.set(keyOf(claimedFlow(body), claimedSequence(body)), followed);
  }

  delivered(_node: string, _from: string, bytes: Uint8Array): void {
    if (!readTruth(bytes, this.#truth)) return;
    const { flow, sequence } = this.#truth;
    this.#messages.get(keyOf(flow, sequence))?.arrivedNs.push(this.#world.now());
  }

  state(node: string, machine: string, state: string): void {
    this.#note(`${node}: ${machine} is ${state}`);
  }

  nodeDropped(node: string, reason: string): void {
    this.#note(`${node} drops: ${reason}`);
  }

  logged(node: string, _level: string, message: string): void {
    this.#note(`${node} says: ${message}`);
  }

  /** The story as lines of text. */
  get lines(): readonly string[] {
    const faults = this.#faults.map(
      ({ text, beginNs, endNs }) =>
        `${timeText(beginNs)}  ${text}${endNs === undefined ? '' : `, until ${timeText(endNs)}`}`,
    );
    this.#forgetEarlier();
    const from = this.#faults.at(-1)?.beginNs ?? 0;
    const all = [...this.#messages.values()];
    const twice = all.filter(({ arrivedNs }) => arrivedNs.length > 1);
    const never = all.filter(({ sentNs, arrivedNs }) => sentNs >= from && arrivedNs.length === 0);
    return [
      ...section('Faults', faults),
      ...section('Since the last one began', this.#happened, this.#droppedLines),
      ...section('Messages that came more than once', twice.map(messageText)),
      ...section('Messages sent since then that never came', never.map(messageText)),
    ];
  }

  /** Removes everything that was recorded before the last fault. */
  #forgetEarlier(): void {
    if (this.#faults.length === this.#faultsSeen) return;
    this.#faultsSeen = this.#faults.length;
    this.#happened = [];
    this.#droppedLines = 0;
  }

  #note(text: string): void {
    this.#forgetEarlier();
    if (this.#happened.length >= LINES_KEPT_MAX) {
      this.#droppedLines += this.#happened.splice(SECTION_LINES_MAX, LINES_KEPT_MAX / 2).length;
    }
    this.#happened.push(`${timeText(this.#world.now())}  ${oneLine(text)}`);
  }
}

function keyOf(flow: number, sequence: number): string {
  return `${flow} ${sequence}`;
}

function messageText({ name, sentNs, arrivedNs }: Followed): string {
  const arrived = arrivedNs.map((atNs) => `, came at ${timeText(atNs)}`).join('');
  return `message ${name}: sent at ${timeText(sentNs)}${arrived}`;
}

/**
 * A section: a heading and its lines. If there are too many, the middle ones are left out, and counted
 * together with `missing`. Empty without lines.
 */
function section(title: string, lines: readonly string[], missing = 0): readonly string[] {
  if (lines.length === 0) return [];
  const half = SECTION_LINES_MAX / 2;
  const left = lines.length + missing - SECTION_LINES_MAX;
  const told =
    left <= 0 ? lines : [...lines.slice(0, half), `… ${left} more`, ...lines.slice(-half)];
  return [`${title}:`, ...told.map((line) => `  ${line}`), ''];
}

function timeText(ns: number): string {
  return `${(ns / NS_PER_S).toFixed(6)} s`;
}
