/**
 * The texts of the palette. Uses no DOM.
 *
 * @module
 */
import type { ControlState } from '../../../../format/control-wire.ts';
import type { OrderAnswer } from './control-link.ts';
import type { FaultTool } from './tools.ts';

/**
 * The paces that the reader can choose, in seconds of the run per second of real time; `free` means
 * as fast as possible.
 */
export const PACE_OPTIONS: readonly (readonly [value: string, text: string])[] = [
  ['0.1', '0.1 ×'],
  ['1', '1 ×'],
  ['10', '10 ×'],
  ['free', 'as fast as possible'],
];

/**
 * Formats an instant to the nanosecond, because an exported scenario repeats the fault exactly at
 * this instant.
 */
export function exactInstantText(ns: number): string {
  const [whole, fraction] = (ns / 1e9).toFixed(9).split('.');
  const digits = (fraction ?? '').replace(/(\d{3})(?=\d)/g, '$1 ');
  return `${whole}.${digits} s`;
}

/** Describes the answer to an order that injects a fault; empty if the answer needs no text. */
export function orderAnswerText(answer: OrderAnswer): string {
  if (answer.kind === 'refused') return `Not injected: ${answer.message}.`;
  if (answer.kind !== 'done' || answer.fault === undefined) return '';
  const { id, text, beginNs } = answer.fault;
  return `${id}: ${text}, at ${exactInstantText(beginNs)} of the run.`;
}

/** Says why no fault can be injected into the run now; empty if faults can. */
export function controlClosedReason(state: ControlState | undefined): string {
  if (state === undefined) return 'Connecting to the run …';
  if (state.phase === 'open') return '';
  if (state.phase === 'waiting') return 'The run has not begun.';
  const reason = state.reason ?? 'the run accepts no faults';
  return `${reason[0]?.toUpperCase()}${reason.slice(1)}.`;
}

/** Says why a tool cannot be used; undefined if it can be used, or while there is no connection. */
export function toolUnusableReason(
  tool: FaultTool,
  state: ControlState | undefined,
): string | undefined {
  if (state === undefined) return undefined;
  const offer = state.kinds.find(({ kind }) => kind === tool.kind);
  return offer === undefined ? 'this run does not support it' : offer.bar;
}

/** Formats the numbers of refused messages by reason as a sentence; empty if there were none. */
export function refusedMessagesText(state: ControlState | undefined): string {
  const entries = Object.entries(state?.refused ?? {});
  if (entries.length === 0) return '';
  const parts = entries.map(([name, count]) => `${name} ${count}`);
  return `Messages that the run could not read: ${parts.join(', ')}.`;
}
