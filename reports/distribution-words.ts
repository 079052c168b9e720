/**
 * A distribution in one sentence, for every emitter alike: its modes where it has a few values, each named
 * by the path that carried it, else its median and its tail; always with as many digits as tell the
 * values apart.
 *
 * @module
 */
import { inScale, scaleOf, significant, whole } from './format.ts';
import type { MetricSummary, Report } from './report-schema.ts';

type Points = NonNullable<MetricSummary['quantiles']>;
/** What is needed of a metric. */
type Summary = Pick<MetricSummary, 'unit' | 'count' | 'min' | 'max' | 'quantiles'>;

/** A value that many samples have, or nearly have. */
export interface Mode {
  /** Smallest and largest of the stored quantiles in it. */
  readonly low: number;
  readonly high: number;
  /** Share of all samples: it lies between two stored quantiles on each side. */
  readonly least: number;
  readonly most: number;
}

/** A mode, and what carried it. */
export interface ModeShare extends Mode {
  readonly share: number;
  /** False where only the stored quantiles around it are known. */
  readonly isExact: boolean;
  /** Names of paths; none where no node chooses paths. */
  readonly paths: readonly string[];
}

/** What says which path carried what. */
type Told = Pick<Report, 'series' | 'scenario'>;

/** Fewer samples than this beyond a quantile: it is not told. */
const SURE = 10;
/** Fewer samples have no modes. */
const COUNT_MIN = 100;
/** More values than this are a continuous distribution. */
const MODES_MAX = 4;
/** A mode is narrower than this share of the gap beside it. */
const NARROW = 0.1;
/** What lies beyond this is the tail, and no mode. */
const BULK = 0.99;
/** A path carried a step of a series when so many of its packets took it. */
const CARRIED = 0.95;
const DIGITS_MAX = 9;
const PATH = 'path:';

/** True when at least ten of n samples lie beyond the quantile. */
export function isSure(p: number, n: number): boolean {
  // 1 - 0.99 is a little more than 0.01 in binary, 1 - 0.9 a little less than 0.1.
  return (1 - p) * n >= SURE - 1e-6;
}

/** Values of one unit in one scale, with as many digits as tell different ones apart, `least` or more. */
export function quantitiesApart(
  values: readonly number[],
  unit: string,
  least = 3,
): readonly string[] {
  const scale = scaleOf(Math.max(...values), unit);
  const suffix = scale.suffix === '' ? '' : ` ${scale.suffix}`;
  const written = (digits: number): readonly string[] =>
    values.map((value) => inScale(value, scale, { digits }));
  const kinds = new Set(values).size;
  let digits = least;
  while (digits < DIGITS_MAX && new Set(written(digits)).size < kinds) digits += 1;
  return written(digits).map((text) => `${text}${suffix}`);
}

/**
 * The values of a distribution of few values, from left to right; none where it is continuous or has one
 * value only.
 */
export function modesOf({ quantiles = [], count }: Summary): readonly Mode[] {
  const bulk = quantiles.filter(({ p }) => p <= BULK);
  const [first, last] = [bulk[0]?.value, bulk.at(-1)?.value];
  if (count < COUNT_MIN || first === undefined || last === undefined) return [];
  const groups = grouped(bulk, (last - first) / (2 * MODES_MAX));
  if (groups.length < 2 || groups.length > MODES_MAX) return [];
  const modes = groups.map((group, at): Mode => {
    const [from, to] = [group[0], group.at(-1)];
    const [before, after] = [groups[at - 1]?.at(-1)?.p ?? 0, groups[at + 1]?.[0]?.p ?? 1];
    const [begin, end] = [
      at === 0 ? 0 : (from?.p ?? 0),
      at === groups.length - 1 ? 1 : (to?.p ?? 1),
    ];
    return {
      low: from?.value ?? 0,
      high: to?.value ?? 0,
      least: end - begin,
      most: after - before,
    };
  });
  const isApart = modes.every(({ low, high }, at) => {
    const gaps = [
      low - (modes[at - 1]?.high ?? -Infinity),
      (modes[at + 1]?.low ?? Infinity) - high,
    ];
    return high - low <= NARROW * Math.min(...gaps);
  });
  return isApart ? modes : [];
}

/** Modes with their shares and the paths that carried them, from left to right. */
export function modeShares(metric: Summary, report: Told): readonly ModeShare[] {
  const modes = modesOf(metric);
  const paths = pathsOfModes(modes, report);
  const carried = sharesOfPaths(report);
  return modes.map((mode, at) => {
    const own = paths[at] ?? [];
    const share = own.reduce((sum, path) => sum + (carried.get(path) ?? 0), 0);
    // Paths count what was sent, the distribution what arrived: both agree where little is lost.
    const isExact = share >= mode.least - 0.01 && share <= mode.most + 0.01;
    return { ...mode, paths: own, isExact, share: isExact ? share : (mode.least + mode.most) / 2 };
  });
}

/** `gateway.latency: 34 % by via-110-310-210 at 10.06 ms, 66 % by via-120-320-220 at 12.06 ms`. */
export function distributionFinding(name: string, metric: Summary, report: Told): string {
  const shares = modeShares(metric, report);
  return `${name}: ${shares.length > 0 ? modesText(metric, shares) : tailText(metric)}`;
}

/** `half below 10.3 ms, one in 1 000 above 41.7 ms`. */
function tailText(metric: Summary): string {
  const { unit, count, quantiles = [], min = 0, max = 0 } = metric;
  const median = quantileAt(quantiles, count, 0.5) ?? max;
  const tail = tailOf(metric);
  if (min === max) return `${plain(count)} at ${quantitiesApart([max], unit)[0]}`;
  if (tail === undefined) return `half below ${quantitiesApart([median], unit)[0]}`;
  if (tail.value === median) return `at least half at ${quantitiesApart([median], unit)[0]}`;
  const [half, beyond] = quantitiesApart([median, tail.value], unit);
  return `half below ${half}, one in ${whole(tail.oneIn)} above ${beyond}`;
}

function plain(count: number): string {
  return count === 1 ? '1 sample' : `all ${whole(count)} samples`;
}

function modesText(metric: Summary, shares: readonly ModeShare[]): string {
  const values = shares.map(({ low, high }) => (low + high) / 2);
  const tail = tailOf(metric);
  const [before, last] = [shares.at(-2)?.high ?? 0, shares.at(-1)?.high ?? 0];
  const isBeyond = tail !== undefined && tail.value - last > (last - before) * NARROW;
  const texts = quantitiesApart(isBeyond ? [...values, tail.value] : values, metric.unit, 4);
  const parts = shares.map(({ share, isExact, paths }, at) => {
    const by = paths.length === 0 ? '' : ` by ${paths.join(' and ')}`;
    return `${isExact ? '' : 'about '}${percent(share)}${by} at ${texts[at]}`;
  });
  const beyond = isBeyond ? [`one in ${whole(tail.oneIn)} above ${texts.at(-1)}`] : [];
  return [...parts, ...beyond].join(', ');
}

function percent(share: number): string {
  return `${significant(100 * share, 2)} %`;
}

/** The farthest quantile that the number of samples justifies. */
function tailOf({
  quantiles = [],
  count,
}: Summary): { readonly value: number; readonly oneIn: number } | undefined {
  const p = [0.999, 0.99, 0.95, 0.9].find((one) => isSure(one, count));
  const value = p === undefined ? undefined : quantileAt(quantiles, count, p);
  return p === undefined || value === undefined
    ? undefined
    : { value, oneIn: Math.round(1 / (1 - p)) };
}

function quantileAt(points: Points, n: number, p: number): number | undefined {
  if (n * (1 - p) < 1 - 1e-6) return undefined;
  return points.find((point) => point.p >= p - 1e-12)?.value;
}

/** Neighbours nearer than `gap` stand together. */
function grouped(points: Points, gap: number): readonly Points[] {
  const groups: Points[number][][] = [];
  for (const point of points) {
    const last = groups.at(-1);
    const before = last?.at(-1)?.value;
    if (last === undefined || before === undefined || point.value - before > gap)
      groups.push([point]);
    else last.push(point);
  }
  return groups;
}

/** Share of each path of all packets that were sent after the warm-up. */
function sharesOfPaths({ series, scenario }: Told): ReadonlyMap<string, number> {
  const sums = series.flatMap(({ name, mean, stepNs }): readonly (readonly [string, number])[] => {
    if (!name.startsWith(PATH)) return [];
    const measured = mean.slice(Math.ceil(scenario.warmupNs / stepNs));
    const sum = measured.reduce<number>((total, value) => total + (value ?? 0), 0);
    return [[name.slice(PATH.length), sum]];
  });
  const all = sums.reduce((total, [, sum]) => total + sum, 0);
  return new Map(sums.map(([path, sum]) => [path, all === 0 ? 0 : sum / all]));
}

/** Which paths have the latency of each mode: that of the times at which one path carried all packets. */
function pathsOfModes(modes: readonly Mode[], { series }: Told): readonly (readonly string[])[] {
  const latency = series.find(({ name }) => name === 'latency.p95')?.shownSeed ?? [];
  const paths = series.filter(({ name }) => name.startsWith(PATH));
  const owners: string[][] = modes.map(() => []);
  for (const { name, shownSeed } of paths) {
    const isAlone = (step: number): boolean => {
      const own = shownSeed[step] ?? 0;
      const all = paths.reduce((sum, path) => sum + (path.shownSeed[step] ?? 0), 0);
      return own > 0 && own >= CARRIED * all;
    };
    const own = latency.filter((value, step): value is number => value !== null && isAlone(step));
    const usual = own.sort((a, b) => a - b)[Math.floor(own.length / 2)];
    if (usual === undefined) continue;
    const far = modes.map(({ low, high }) => Math.abs((low + high) / 2 - usual));
    owners[far.indexOf(Math.min(...far))]?.push(name.slice(PATH.length));
  }
  return owners;
}
