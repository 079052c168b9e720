/**
 * Refuses a scenario that is too large for the assignment of an agent, before anything starts.
 *
 * @module
 */
import type { FileText } from '../../../engine/host/user-file.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import { messageToText } from '../channel/message-text.ts';
import { ASSIGNMENT_BYTES_MAX } from '../channel/model.ts';

/**
 * Bytes of an assignment that are reserved for what is not known yet: keys, and texts that nodes
 * publish before a run.
 */
const RESERVE_BYTES = 16 * 1024 * 1024;
/** Longest part of a scenario in an assignment, bytes. */
const SCENARIO_BYTES_MAX = ASSIGNMENT_BYTES_MAX - RESERVE_BYTES;
/** Number of files that the message names, the largest ones. */
const NAMED_MAX = 5;
const MB = 1e6;

/**
 * Refuses a scenario that no assignment can hold.
 * @param scenario The part of it that agents get.
 * @throws Refusal that names the largest files of its options, and the limit.
 */
export function refuseOversizedScenario(scenario: Scenario): void {
  const bytes = Buffer.byteLength(messageToText(scenario));
  if (bytes <= SCENARIO_BYTES_MAX) return;
  const found = new Map<string, string>();
  collectFiles([scenario.topology.hosts, scenario.stack, scenario.options], found);
  const largest = [...found].sort(([one], [other]) => other.length - one.length);
  const named = largest.slice(0, NAMED_MAX).map(([text, file]) => `${file} (${inMb(text.length)})`);
  const more = found.size > NAMED_MAX ? ` and ${found.size - NAMED_MAX} more` : '';
  const files = named.length === 0 ? '' : ` Files in its options: ${named.join(', ')}${more}.`;
  throw new Refusal(
    `${scenario.file}: nodes in several processes need ${inMb(bytes)} of network, traffic and files each, ` +
      `the limit is ${inMb(SCENARIO_BYTES_MAX)}.${files}`,
  );
}

/** Collects the texts by which the loader has replaced paths of files, each with its path. */
function collectFiles(value: unknown, found: Map<string, string>): void {
  if (value === null || typeof value !== 'object') return;
  const { file, text } = value as Partial<FileText>;
  if (typeof file === 'string' && typeof text === 'string') found.set(text, file);
  else for (const inner of Object.values(value)) collectFiles(inner, found);
}

function inMb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}
