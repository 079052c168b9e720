/**
 * The lower half of the terminal report: the effects of faults, and the balances of packets and
 * messages.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { countWithNoun, quantityText, significantDigitsText, wholeNumberText } from './format.ts';
import { droppedPackets } from './judge.ts';
import { messageTerms, noAccountReasonText } from './messages.ts';
import { sharesOfReport } from './path-shares.ts';
import { shortAdversaryText } from './privacy-part.ts';
import type { Report, ReportFault } from './report-schema.ts';
import { seedNamesText } from './seed-names.ts';
import { foldIntoLines } from './terminal-layout.ts';

const FAULTS_SHOWN = 3;
const DROPS_SHOWN = 6;
const PATHS_SHOWN = 4;
const INDENT = 11;

interface Room {
  readonly width: number;
  readonly indent: number;
}

/** The consequences of a fault in time order: `detected +150 ms`. */
export function faultEffectTexts(fault: ReportFault): readonly string[] {
  return Object.entries(fault.effects)
    .sort(([, a], [, b]) => a - b)
    .map(([name, at]) => `${name} +${quantityText(at - fault.beginNs, 'ns')}`);
}

/** Lines about the faults of the shown seed only, because those of all seeds would be too many. */
export function faultLines(report: Report, width: number): readonly string[] {
  const { faults, shownSeed, seeds } = report;
  const shown = faults.filter((fault) => fault.seed === shownSeed);
  if (faults.length === 0) return [];
  const lines: string[] = [];
  if (seeds.length > 1) {
    lines.push(
      `${faults.length} in ${countWithNoun(seeds.length, 'seed')}; those of seed ${shownSeed}:`,
    );
  }
  const visible = shown.slice(0, FAULTS_SHOWN);
  const left = visible.map(describe);
  const column = greatestOf([0, ...left.map((text) => text.length)]) + 3;
  const texts = visible.map(faultEffectTexts);
  const room =
    width - INDENT - column - greatestOf([0, ...texts.flat().map((text) => text.length)]);
  for (const [i, head] of left.entries()) {
    for (const one of attach(head, texts[i] ?? [], room >= 0 ? column : undefined)) lines.push(one);
  }
  if (shown.length > visible.length) lines.push(`and ${shown.length - visible.length} more`);
  return labelled('Faults', lines);
}

function describe(fault: ReportFault): string {
  return `${(fault.beginNs / 1e9).toFixed(3).padStart(7)} s  ${fault.text}`;
}

/** Puts the effects beside their fault, one per line; on a narrow terminal below it. */
function attach(
  head: string,
  effects: readonly string[],
  column: number | undefined,
): readonly string[] {
  if (column === undefined) return [head, ...effects.map((effect) => `           ${effect}`)];
  const [first = '', ...rest] = effects;
  return [
    (head.padEnd(column) + first).trimEnd(),
    ...rest.map((effect) => ' '.repeat(column) + effect),
  ];
}

/** Warnings, each with its seeds unless all have it. */
export function warningTexts({ warnings, seeds }: Report): readonly string[] {
  return warnings.map((one) =>
    one.seeds.length === seeds.length ? one.text : `${one.text} (${seedNamesText(one.seeds)})`,
  );
}

/** The balance of packets in one sentence, then the drop reasons, most frequent first. */
export function packetLines(report: Report, width: number): readonly string[] {
  const { packets, nodeDrops } = report;
  const extra = [
    ...(packets.duplicated > 0 ? [`+ ${wholeNumberText(packets.duplicated)} duplicated`] : []),
    ...(packets.injected > 0 ? [`+ ${wholeNumberText(packets.injected)} injected`] : []),
  ];
  const balance = [
    `${wholeNumberText(packets.sent)} packets sent`,
    ...extra,
    `= ${wholeNumberText(packets.delivered)} delivered`,
    `+ ${wholeNumberText(droppedPackets(packets))} dropped`,
    `+ ${wholeNumberText(packets.inFlight)} in flight`,
  ];
  const fit = { width: width - INDENT, indent: 0 };
  return labelled('Links', [
    ...foldIntoLines(balance, { ...fit, gap: ' ' }),
    ...dropLines('dropped:', packets.drops, fit),
    ...dropLines('by nodes:', nodeDrops, fit),
    ...pathLines(report, fit),
  ]);
}

/** The shares of packets by path, in percent; only the paths with the largest shares. */
function pathLines(report: Report, fit: Room): readonly string[] {
  const shares = sharesOfReport(report).filter(([, share]) => share > 0);
  if (shares.length === 0) return [];
  const texts = shares.slice(0, PATHS_SHOWN).map(([path, share]) => `${path} ${percent(share)}`);
  return foldIntoLines([`by path: ${texts[0] ?? ''}`, ...texts.slice(1)], { ...fit, gap: ' · ' });
}

/** The adversary whose entropy is reported; empty if privacy was not measured. */
export function adversaryLines({ privacy }: Report): readonly string[] {
  return privacy === undefined ? [] : labelled('Privacy', [shortAdversaryText(privacy)]);
}

/** The account of messages, then why some were refused or lost; or why there is no account. */
export function messageLines(report: Report, width: number): readonly string[] {
  const { messages, messagesUntracked, refusals = {} } = report;
  const fit = { width: width - INDENT, indent: 0 };
  if (messages === undefined) {
    if (messagesUntracked === undefined) return [];
    const words = noAccountReasonText(messagesUntracked).split(' ');
    const lines = foldIntoLines(words, { ...fit, gap: ' ' });
    return labelled('Messages', [...lines, ...dropLines('refused:', refusals, fit)]);
  }
  return labelled('Messages', [
    ...foldIntoLines(messageTerms(messages), { ...fit, gap: ' ' }),
    ...dropLines('refused:', messages.refused, fit),
    ...dropLines('lost:', messages.lost, fit),
  ]);
}

function dropLines(
  label: string,
  drops: Readonly<Record<string, number>>,
  fit: Room,
): readonly string[] {
  const sorted = Object.entries(drops)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  if (sorted.length === 0) return [];
  const texts = sorted
    .slice(0, DROPS_SHOWN)
    .map(([reason, count]) => `${reason} ${wholeNumberText(count)}`);
  const more = sorted.length - texts.length;
  if (more > 0) texts.push(`and ${significantDigitsText(more, 1)} more`);
  return foldIntoLines([`${label} ${texts[0] ?? ''}`, ...texts.slice(1)], { ...fit, gap: ' · ' });
}

function labelled(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, i) => (i === 0 ? `  ${label}` : '').padEnd(INDENT) + line);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
