/**
 * The last report of an agent in which something failed.
 *
 * @module
 */
import { InvariantError } from '../../../engine/core/assert.ts';
import { findEnvironmentError } from '../../../engine/live/environment.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { NodeCrash, shortenCrash } from '../../crash/crash.ts';
import { CRASH_LINE_MAX, REPORT_TEXT_MAX } from '../messages/message-shapes.ts';
import type { AgentReport } from '../messages/messages.ts';

/** Makes the report of an agent in which something failed. */
export function makeFailureReport(error: unknown): Extract<AgentReport, { type: 'broken' }> {
  const machine = findEnvironmentError(error);
  const refusal = machine ?? (error instanceof Refusal ? error : undefined);
  if (refusal !== undefined) {
    return {
      type: 'broken',
      kind: 'refused',
      message: truncateReportText(refusal.message),
      stack: '',
    };
  }
  const message = truncateReportText(error instanceof Error ? error.message : String(error));
  const stack = truncateReportText(error instanceof Error ? (error.stack ?? '') : '');
  const crash = error instanceof NodeCrash ? error.crash : undefined;
  const origin = error instanceof NodeCrash ? error.cause : error;
  const kind = origin instanceof InvariantError ? 'invariant' : 'exception';
  const told =
    crash === undefined
      ? {}
      : { crash: shortenCrash(crash, { lineMax: CRASH_LINE_MAX, wordsMax: REPORT_TEXT_MAX }) };
  return { type: 'broken', kind, message, stack, ...told };
}

/** Shortens a text to the longest that a message may contain. */
export function truncateReportText(words: string): string {
  return words.slice(0, REPORT_TEXT_MAX);
}
