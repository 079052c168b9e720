/**
 * The strips of the failover page as plain data, and a table of their values.
 *
 * @module
 */
import type { TableData } from '../../../format/drawing.ts';
import type { BandBin, Bin } from './bins.ts';
import type { StateLane } from './lanes.ts';
import type { Overlay } from './overlay.ts';
import type { Effect, SeedSpread } from './story.ts';

/** The limit of a KPI, drawn as a line across a strip. */
export interface StripLimit {
  readonly value: number;
  readonly text: string;
}

/** The data of one seed in the strip of gaps. */
export interface SeedGap {
  readonly seed: number;
  readonly effects: readonly Effect[];
  /** The gap in deliveries as the KPI measures it, ns; undefined if the report does not have it. */
  readonly gapNs: number | undefined;
  readonly isShown: boolean;
}

/** A marked instant on a strip, ns after the fault, with its text. */
export interface MarkedInstant {
  readonly afterNs: number;
  readonly text: string;
}

interface Heading {
  readonly name: string;
  /** A sentence that states what the strip shows, written after the name. */
  readonly finding: string;
}

/** A strip: lanes of states, a curve, the gap of each seed, or nothing to draw. */
export type Strip = Heading &
  (
    | {
        readonly kind: 'lanes';
        readonly lanes: readonly StateLane[];
        /** The instants of the same effect in the other seeds, drawn faintly. */
        readonly others: readonly MarkedInstant[];
        readonly spread: SeedSpread | undefined;
      }
    | {
        readonly kind: 'curve';
        readonly unit: string;
        readonly bins: readonly Bin[];
        readonly band: readonly BandBin[];
        /** The curves of all seeds; undefined if the report has no values around faults. */
        readonly overlay: Overlay | undefined;
        readonly limit: StripLimit | undefined;
        readonly style: 'steps' | 'bars';
      }
    | {
        readonly kind: 'gaps';
        readonly seeds: readonly SeedGap[];
        readonly spread: SeedSpread | undefined;
        readonly limit: StripLimit | undefined;
      }
    /** A strip without a drawing; its finding says why. */
    | { readonly kind: 'missing' }
  );

/** Makes a table of everything that the strips draw; times are in ns after the fault. */
export function tableOf(strips: readonly Strip[], seed: number): TableData {
  return {
    columns: ['strip', 'of seed', 'what', 'from ns', 'to ns', 'value', 'unit'],
    rows: strips.flatMap((strip) => rowsOf(strip, seed)),
  };
}

type Row = TableData['rows'][number];

function rowsOf(strip: Strip, seed: number): readonly Row[] {
  const { name } = strip;
  switch (strip.kind) {
    case 'lanes':
      return strip.lanes.flatMap(({ label, segments }) =>
        segments.map(
          ({ fromNs, toNs, state }): Row => [
            ...[name, seed, label],
            ...[Math.round(fromNs), Math.round(toNs), state, ''],
          ],
        ),
      );
    case 'curve':
      return curveRows(strip, seed);
    case 'gaps':
      return strip.seeds.flatMap((one) => [
        ...(one.gapNs === undefined
          ? []
          : [[...[name, one.seed, 'gap between arrivals'], ...[null, null, one.gapNs, 'ns']]]),
        ...one.effects.map(
          (effect): Row => [
            ...[name, one.seed, effect.name],
            ...[0, effect.afterNs, effect.afterNs, 'ns'],
          ],
        ),
      ]);
    case 'missing':
      return [];
  }
}

/**
 * Makes the rows of a curve: first the shown seed, then the summary over the seeds, then the other
 * seeds.
 */
function curveRows(strip: Strip & { readonly kind: 'curve' }, seed: number): readonly Row[] {
  const { name, unit, overlay, bins } = strip;
  const rowsOfBins = (who: Row[number], what: string, list: readonly Bin[]): readonly Row[] =>
    list.map(({ fromNs, toNs, value }) => [name, who, what, fromNs, toNs, value, unit]);
  const own = rowsOfBins(seed, '', bins);
  if (overlay === undefined) return own;
  const others = overlay.seeds.filter((one) => one.seed !== seed);
  return [
    ...own,
    ...rowsOfBins('all', 'median', overlay.median),
    ...strip.band.flatMap(({ fromNs, toNs, low, high }): Row[] => [
      [name, 'all', '10 %', fromNs, toNs, low, unit],
      [name, 'all', '90 %', fromNs, toNs, high, unit],
    ]),
    ...others.flatMap((one) => rowsOfBins(one.seed, '', one.bins)),
  ];
}
