/**
 * The share of the offered traffic that a run carried, if nodes refused packets as `overload` or the
 * kernel lost packets in front of a process: a sentence for the first line of the verdict.
 *
 * @module
 */
import { CPU_NOT_MODELLED } from './cpu-note.ts';
import { significantDigitsText, wholeNumberText } from './format.ts';
import type { CarriedTraffic, SeedResult } from './model.ts';
import type { Report } from './report-schema.ts';

/** The drop reason of packets that a node refuses because it is overloaded (engine/net/sim-host.ts). */
const OVERLOAD = 'overload';
/**
 * Drop reason of a live run: the kernel discarded a datagram because the receive buffer of a slow
 * process was full.
 */
const KERNEL = 'kernel';
/** If less than this share of the offered traffic was rejected, nothing is reported. */
const SHARE_MIN = 0.001;
/** Significant digits of the carried rate, unless it would then read like the offered rate. */
const CARRIED_DIGITS = 2;
/** Largest number of significant digits that tell the carried rate apart from the offered rate. */
const CARRIED_DIGITS_MAX = 5;
/** Significant digits of the offered rate. */
const ASKED_DIGITS = 3;
/** Rates of at least this many packets per second are written as whole numbers. */
const WHOLE_MIN = 10;
/** A link was full if it was sending for this share of the whole run, warm-up and drain included. */
const FULL_SHARE = 0.8;

/** The offered and carried rates; undefined if almost nothing was rejected. */
export function carriedReportPart(seeds: readonly SeedResult[]): {
  readonly carried?: CarriedTraffic;
} {
  const shed = seeds.reduce((sum, seed) => sum + shedIn(seed), 0);
  const measured = seeds.reduce((sum, { measuredNs }) => sum + measuredNs, 0) / 1e9;
  const perSecond = (ending: string): number => countOf(seeds, ending) / measured;
  const offeredPerSecond = perSecond('.offered');
  if (measured <= 0 || shed < SHARE_MIN * offeredPerSecond * measured || shed === 0) return {};
  const acceptedPerSecond = perSecond('.accepted');
  const carriedPerSecond = perSecond('.throughput');
  // If nearly all traffic arrived, the refused packets were either sent again or carried no
  // message, so there is nothing to report.
  if (carriedPerSecond >= (1 - SHARE_MIN) * offeredPerSecond) return {};
  const fullLink = seeds.flatMap(({ busiestLink }) => busiestLink ?? []).find(isFull)?.name;
  return {
    carried: {
      offeredPerSecond,
      acceptedPerSecond,
      carriedPerSecond,
      ...(fullLink === undefined ? {} : { fullLink }),
      shed,
    },
  };
}

function isFull({ share }: { readonly share: number }): boolean {
  return share >= FULL_SHARE;
}

function shedIn({ nodeDrops, packets }: SeedResult): number {
  return (nodeDrops[OVERLOAD] ?? 0) + (packets.drops[KERNEL] ?? 0);
}

/** `this machine carries about 7,100/s of the 10,000/s asked`; empty if nothing was rejected. */
export function carriedRateTexts(
  report: Pick<Report, 'carried' | 'cpu' | 'mode'>,
): readonly string[] {
  const text = carriedRateText(report);
  return text === undefined ? [] : [text.full];
}

/** The sentence about the carried rate, and a shorter form for narrow lines. */
export function carriedRateText({
  carried,
  cpu,
  mode,
}: Pick<Report, 'carried' | 'cpu' | 'mode'>):
  | { readonly full: string; readonly brief: string }
  | undefined {
  if (carried === undefined) return undefined;
  const { carriedPerSecond, offeredPerSecond, fullLink } = carried;
  // If the model gives processors no cost, only the network can be the bottleneck, so the sentence
  // names the network.
  const machine = cpu === CPU_NOT_MODELLED ? (fullLink ?? 'the network') : 'the modelled machine';
  const who = mode === 'live' ? 'this machine' : machine;
  const asked = rate(offeredPerSecond, ASKED_DIGITS);
  let digits = CARRIED_DIGITS;
  // With too few digits, `about 10,000/s of the 10,000/s asked` would look as if nothing was wrong.
  while (rate(carriedPerSecond, digits) === asked && digits < CARRIED_DIGITS_MAX) digits += 1;
  const carries = carriedPerSecond === 0 ? 'none' : `about ${rate(carriedPerSecond, digits)}`;
  return {
    full: `${who} carries ${carries} of the ${asked} asked`,
    brief: `carries ${carries} of ${asked} asked`,
  };
}

/**
 * A rate as text: whole packets per second; below ten with decimals, so that a small rate is not
 * shown as 0.
 */
function rate(perSecond: number, digits: number): string {
  const rounded = Number(perSecond.toPrecision(digits));
  return `${rounded < WHOLE_MIN ? significantDigitsText(rounded, CARRIED_DIGITS) : wholeNumberText(rounded)}/s`;
}

function countOf(seeds: readonly SeedResult[], ending: string): number {
  let sum = 0;
  for (const { metrics } of seeds) {
    for (const [name, data] of Object.entries(metrics)) {
      if (name.endsWith(ending) && data.kind === 'counter') sum += data.value;
    }
  }
  return sum;
}
