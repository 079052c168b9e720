/**
 * A cost profile, and the check of its knee, as text.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import { isWithinTolerance, relativeDifference } from '../../reports/against.ts';
import { differenceText } from '../../reports/difference-text.ts';
import {
  countWithNoun,
  quantityText,
  significantDigitsText,
  wholeNumberText,
} from '../../reports/format.ts';
import { quantile, sortedAscending } from '../../reports/statistics/quantile.ts';
import type { CostProfile } from '../../scenarios/profiles/profile-schema.ts';
import type { CheckRound, KneeCheck, LivePredictedPair } from './knee-check.ts';

/**
 * Below this share of a core, each packet costs a wake-up of the process; a note says so if no run
 * was busier.
 */
const BUSY_ENOUGH = 0.6;
const HEADER = ['operation', 'bytes', 'median', '95 %', 'p99', 'alone', 'in place'] as const;

/** Renders a cost profile as a text table. */
export function renderProfile(profile: CostProfile): string {
  const { machine, inPlace } = profile;
  const rows: (readonly string[])[] = [HEADER];
  for (const [name, operation] of Object.entries(profile.operations)) {
    for (const [index, one] of operation.samples.entries()) {
      const first = index === 0;
      rows.push([
        first ? name : '',
        String(one.bytes),
        nanoseconds(one.nsMedian),
        `${nanoseconds(one.nsLow)}..${nanoseconds(one.nsHigh)}`,
        nanoseconds(one.nsP99),
        first ? costText(operation.alone) : '',
        first ? costText(operation.inPlace) : '',
      ]);
    }
  }
  const load = `load ${machine.loadBefore} before, ${machine.loadAfter} after`;
  return [
    `${machine.cpu}, ${machine.cores} cores, node ${machine.node}, ${profile.date}, ${load}`,
    '',
    ...table(rows),
    '',
    `In place (live, ${inPlace.scenario}): control x ${inPlace.controlFactor}, data x ${inPlace.dataFactor}`,
    ...table([
      ['packets/s', 'delivered/s', 'core, live', 'waited', 'core, alone', 'core, in place', ''],
      ...inPlace.points.map((point) => [
        wholeNumberText(point.ratePerSecond),
        wholeNumberText(point.deliveredPerSecond),
        percent(point.cpu),
        percent(point.waited),
        percent(point.aloneControl + point.aloneData),
        percent(point.predicted),
        point.isUsed ? 'used' : '',
      ]),
    ]),
    ...idleNote(profile),
    '',
  ].join('\n');
}

/** Printed if no run was busy enough to distinguish the cost of packets from that of wake-ups. */
function idleNote({ inPlace }: CostProfile): readonly string[] {
  const busiest = greatestOf(inPlace.points.map(({ cpu }) => cpu));
  if (busiest >= BUSY_ENOUGH) return [];
  return [
    `  the busiest run used ${percent(busiest)} of a core: the costs measured in live ` +
      'runs ' +
      'include idle wake-ups and',
    '  are too high; calibrate again when nothing else runs',
  ];
}

/**
 * The live and the predicted limits of each round side by side, and the medians compared with the
 * promised accuracy.
 */
export function renderKneeCheck(check: KneeCheck): string {
  const rows: (readonly string[])[] = [['', 'live', 'predicted', 'difference']];
  for (const [index, round] of check.rounds.entries()) {
    rows.push([`round ${index + 1}, data x ${round.dataFactor}`]);
    for (const { name, of, text } of LINES) rows.push(rowOf(`  ${name(round)}`, round[of], text));
  }
  return [
    ...table(rows),
    '',
    ...table([
      [`median of ${countWithNoun(check.rounds.length, 'round')}`, 'difference', 'within 15 %'],
      ...LINES.map(({ title, of }) => {
        const { difference, isInside } = check[of];
        return [`  ${title}`, differenceText(difference), isInside ? 'inside' : 'OUTSIDE'];
      }),
    ]),
    '',
    ...asWrittenNote(check),
    '',
  ].join('\n');
}

const perSecond = (value: number): string => `${wholeNumberText(value)}/s`;

/** The quantities that are compared. */
const LINES = [
  {
    title: 'highest rate delivered',
    name: (): string => 'highest rate delivered (99.9 %)',
    of: 'knee',
    text: perSecond,
  },
  {
    title: 'throughput',
    name: ({ ratePerSecond }: CheckRound): string => `throughput at ${perSecond(ratePerSecond)}`,
    of: 'throughput',
    text: perSecond,
  },
  {
    title: 'latency p50',
    name: ({ ratePerSecond }: CheckRound): string => `latency p50 at ${perSecond(ratePerSecond)}`,
    of: 'latencyP50Ns',
    text: (value: number): string => quantityText(value, 'ns'),
  },
  {
    title: 'processor time',
    name: ({ busyPerSecond }: CheckRound): string => `core at ${perSecond(busyPerSecond)}`,
    of: 'cpu',
    text: percent,
  },
] as const;

/**
 * States the prediction with the factor in the file, and that it includes any change of the
 * machine's speed since the file was made.
 */
function asWrittenNote({ asWritten, rounds }: KneeCheck): readonly string[] {
  const { dataFactor, ratePerSecond } = asWritten;
  const factors = rounds.map((round) => String(round.dataFactor)).join(', ');
  const knees = sortedAscending(rounds.map(({ live }) => live.ratePerSecond));
  const difference = relativeDifference(quantile(knees, 0.5) ?? null, ratePerSecond);
  const beside = `${perSecond(ratePerSecond)} (${differenceText(difference)})`;
  return [
    `  The file's own factor, data x ${dataFactor}, predicts ${beside}; beside the live runs`,
    `  it was ${factors}.`,
    ...(isWithinTolerance(difference)
      ? []
      : ['  The pace of the machine has changed since then: calibrate again.']),
  ];
}

function rowOf(
  name: string,
  { live, predicted, difference }: LivePredictedPair,
  text: (value: number) => string,
): readonly string[] {
  return [name, text(live), text(predicted), differenceText(difference)];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const cells of rows) {
    for (const [i, cell] of cells.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((cells) => {
    const text = cells.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    return `  ${text.join('  ')}`.trimEnd();
  });
}

function costText({ ns, nsPerByte }: { readonly ns: number; readonly nsPerByte: number }): string {
  return nsPerByte === 0 ? nanoseconds(ns) : `${nanoseconds(ns)} + ${nsPerByte} ns/B`;
}

function nanoseconds(ns: number): string {
  return ns < 1_000
    ? `${significantDigitsText(ns, 3)} ns`
    : `${significantDigitsText(ns / 1_000, 3)} us`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
