/**
 * The account of the messages of applications over all seeds: submitted = delivered + refused + given
 * up + lost + open, as totals, verdict and sentence.
 *
 * @module
 */

import { wholeNumberText } from './format.ts';
import type { MessageTotals, SeedResult } from './model.ts';
import { sumCountsByName } from './sum-counts.ts';

/** Name of the invariant whose violation is a bug of orrery (exit code 3). */
export const MESSAGE_CONSERVATION_INVARIANT = 'conservation of messages';

/** What became of the messages, summed over the seeds, or the reason why no seed counted its messages. */
export function messagesReportPart(
  seeds: readonly SeedResult[],
): Pick<SeedResult, 'messages' | 'messagesUntracked'> {
  const accounts = seeds.flatMap(({ messages }) => messages ?? []);
  const untracked = seeds.find(({ messagesUntracked }) => messagesUntracked !== undefined);
  if (accounts.length === 0) {
    const reason = untracked?.messagesUntracked;
    return reason === undefined ? {} : { messagesUntracked: reason };
  }
  const total = (read: (account: MessageTotals) => number): number =>
    accounts.reduce((sum, account) => sum + read(account), 0);
  const messages = {
    submitted: total(({ submitted }) => submitted),
    delivered: total(({ delivered }) => delivered),
    refused: sumCountsByName(accounts.map(({ refused }) => Object.entries(refused))),
    givenUp: total(({ givenUp }) => givenUp),
    lost: sumCountsByName(accounts.map(({ lost }) => Object.entries(lost))),
    open: total(({ open }) => open),
  };
  return { messages };
}

/** Submitted messages minus all others of the account; 0 if no message disappeared without a reason. */
export function countUnaccountedMessages(messages: MessageTotals): number {
  const { submitted, delivered, refused, givenUp, lost, open } = messages;
  return submitted - delivered - countOf(refused) - givenUp - countOf(lost) - open;
}

/** The sentence of a report whose run kept no account of messages. */
export function noAccountReasonText(reason: string): string {
  return `not tracked: ${reason}`;
}

/** The terms of the account as texts: submitted messages, then what became of them. */
export function messageTerms(messages: MessageTotals): readonly string[] {
  const { submitted, delivered, refused, givenUp, lost, open } = messages;
  return [
    `${wholeNumberText(submitted)} submitted`,
    `= ${wholeNumberText(delivered)} delivered`,
    `+ ${wholeNumberText(countOf(refused))} refused`,
    `+ ${wholeNumberText(givenUp)} given up`,
    `+ ${wholeNumberText(countOf(lost))} lost`,
    `+ ${wholeNumberText(open)} open`,
  ];
}

function countOf(reasons: Readonly<Record<string, number>>): number {
  return Object.values(reasons).reduce((sum, count) => sum + count, 0);
}
