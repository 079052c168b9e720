/**
 * Makes the file of a break smaller as long as it shows the same break: delta debugging over its lists
 * (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", TSE 28(2), 2002), then
 * smaller quantities.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';
import {
  formatTimeNs,
  mapsAtPath,
  parseTimeNs,
  type ScenarioData,
  type ScenarioDataMap,
  type ScenarioDataPath,
  withQuantityReduced,
  withValueAt,
} from './scenario-data.ts';

/** The scenario to shrink, and how smaller ones are tried. */
export interface ShrinkParts {
  readonly data: ScenarioData;
  /**
   * Tries files.
   * @returns the index of the first that shows the break; -1 if none does.
   */
  readonly firstThatHolds: (some: readonly ScenarioData[]) => Promise<number>;
  /** True if shrinking must end with the file so far. */
  readonly isOver: () => boolean;
  /** Called with each smaller file. */
  readonly onSmaller: (data: ScenarioData) => void;
  /**
   * Time between the last fault and the end of the warm-up, ns; undefined if the warm-up must not be
   * moved.
   */
  readonly recoverNs: number | undefined;
  /** True if flows must keep their rates, because the break is a limit on what the flows measured. */
  readonly keepsRates?: boolean;
}

/** Makes smaller variants of a file, the smallest first. */
type Step = (data: ScenarioData, parts: ShrinkParts) => readonly ScenarioData[];

/** For each action: the keys with a quantity that makes the fault stronger the larger it is. */
const STRENGTHS: Readonly<Record<string, readonly string[]>> = {
  set: ['loss', 'lossBurst', 'delay', 'corrupt', 'duplicate'],
  tap: ['replay', 'replayWithin', 'reorder', 'forge'],
  flood: ['rate'],
  clock: ['step', 'drift'],
  burst: ['times'],
};

/** The kinds of variants, in the order in which they are tried, until none of them helps any more. */
const STEPS: readonly Step[] = [
  fewerOf(['events']),
  withShorterWarmup,
  cutsOf(['duration']),
  fewerOf(['traffic']),
  fewerNodes,
  fewerOf(['topology', 'links']),
  smallerNetwork,
  fewerOptions,
  withWeakerFaults,
  slowerFlows,
  withRoundedTimes,
  firstSeed,
];

/**
 * Makes the scenario of a break smaller by delta debugging, as long as it shows the same break.
 * @returns the smallest file that was found when nothing makes it smaller or the time is over.
 */
export async function shrinkScenario(parts: ShrinkParts): Promise<ScenarioData> {
  let { data } = parts;
  let isSmaller = true;
  while (isSmaller && !parts.isOver()) {
    isSmaller = false;
    for (const step of STEPS) {
      let some = step(data, parts);
      while (some.length > 0 && !parts.isOver()) {
        const at = await parts.firstThatHolds(some);
        const smaller = some[at];
        if (smaller === undefined) break;
        data = smaller;
        isSmaller = true;
        parts.onSmaller(data);
        some = step(data, parts);
      }
    }
  }
  return data;
}

/**
 * Variants without some entries of the list at a path: without all, without each half, down to without
 * each single entry.
 */
function fewerOf(path: ScenarioDataPath): Step {
  return (data) => {
    const all = mapsAtPath(data, path);
    return chunks(all.length).map(([from, to]) =>
      withValueAt(data, path, [...all.slice(0, from), ...all.slice(to)]),
    );
  };
}

/** Variants in which the quantity at a path is reduced. */
function cutsOf(path: ScenarioDataPath): Step {
  return (data) => withQuantityReduced(data, path);
}

/** Variants in which flows have smaller rates. */
function slowerFlows(data: ScenarioData, { keepsRates }: ShrinkParts): readonly ScenarioData[] {
  if (keepsRates === true) return [];
  return mapsAtPath(data, ['traffic']).flatMap((_, at) =>
    withQuantityReduced(data, ['traffic', at, 'rate']),
  );
}

/** The variant with seed 1. */
function firstSeed(data: ScenarioData): readonly ScenarioData[] {
  const [seed] = data['seeds'] as readonly number[];
  return seed === 1 ? [] : [{ ...data, seeds: [1] }];
}

/** Ranges of the indices of a list, the longest first. */
function chunks(length: number): readonly (readonly [from: number, to: number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let size = length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < length; from += size) ranges.push([from, from + size]);
  }
  return ranges;
}

/** Variants of the scenario without some nodes, their links, and whatever names them. */
function fewerNodes(data: ScenarioData): readonly ScenarioData[] {
  const all = mapsAtPath(data, ['topology', 'nodes']);
  return chunks(all.length).map(([from, to]) => {
    const gone = new Set(all.slice(from, to).map(({ name }) => String(name)));
    const isLeft = (name: unknown): boolean => !gone.has(String(name));
    const links = mapsAtPath(data, ['topology', 'links']).filter(({ ends }) =>
      String(ends)
        .split('<->')
        .map((end) => end.trim())
        .every(isLeft),
    );
    const traffic = mapsAtPath(data, ['traffic']).filter(
      (one) => isLeft(one['from']) && isLeft(one['to']),
    );
    const options = Object.entries((data['options'] ?? {}) as ScenarioDataMap).filter(([key]) =>
      isLeft(key.split('/')[0]),
    );
    const topology = {
      ...(data['topology'] as ScenarioDataMap),
      nodes: all.filter(({ name }) => isLeft(name)),
      links,
    };
    const events = mapsAtPath(data, ['events']).map((event) => withoutNodes(event, isLeft));
    return {
      ...data,
      topology,
      ...(data['traffic'] === undefined ? {} : { traffic }),
      events,
      ...(data['options'] === undefined ? {} : { options: Object.fromEntries(options) }),
    };
  });
}

/** Variants of a generated network in which one number is smaller. */
function smallerNetwork(data: ScenarioData): readonly ScenarioData[] {
  const { generate = {} } = (data['topology'] ?? {}) as { readonly generate?: ScenarioDataMap };
  return Object.entries(generate).flatMap(([key, value]) => {
    if (typeof value !== 'number' || value <= 1) return [];
    const smaller = new Set([1, Math.floor(value / 2), value - 1]);
    return [...smaller].map((one) => withValueAt(data, ['topology', 'generate', key], one));
  });
}

function withoutNodes(event: ScenarioDataMap, isLeft: (name: unknown) => boolean): ScenarioDataMap {
  const { partition } = event;
  if (partition === undefined) return event;
  const { from, to } = partition as {
    readonly from: readonly string[];
    readonly to: readonly string[];
  };
  return { ...event, partition: { from: from.filter(isLeft), to: to.filter(isLeft) } };
}

/** Variants without one entry of `options`, or without one option of an entry. */
function fewerOptions(data: ScenarioData): readonly ScenarioData[] {
  const options = (data['options'] ?? {}) as Readonly<Record<string, ScenarioDataMap>>;
  return Object.entries(options).flatMap(([key, values]) => {
    const others = Object.entries(options).filter(([other]) => other !== key);
    const rests = Object.keys(values).map((gone) =>
      Object.fromEntries(Object.entries(values).filter(([name]) => name !== gone)),
    );
    return [
      { ...data, options: Object.fromEntries(others) },
      ...rests.map((rest) => ({ ...data, options: { ...options, [key]: rest } })),
    ];
  });
}

/** Variants of the scenario with shorter or weaker faults. */
function withWeakerFaults(data: ScenarioData): readonly ScenarioData[] {
  const strengths = Object.entries(STRENGTHS).flatMap(([action, keys]) =>
    keys.map((key) => [action, key]),
  );
  return mapsAtPath(data, ['events']).flatMap((_, at) =>
    [['for'], ...strengths].flatMap((path) => withQuantityReduced(data, ['events', at, ...path])),
  );
}

/** Variants in which times of faults are rounded down. */
function withRoundedTimes(data: ScenarioData): readonly ScenarioData[] {
  return mapsAtPath(data, ['events']).flatMap((event, at) =>
    ['at', 'for'].flatMap((key) => {
      const ns = parseTimeNs(event[key]);
      if (ns === undefined) return [];
      return [1e9, 1e8, 1e7, 1e6].flatMap((unit) => {
        // Times are never rounded up: nodes need their time to recover, and other variants would reduce
        // the result again.
        const rounded = Math.floor(ns / unit) * unit;
        if (rounded === ns || rounded <= 0) return [];
        return [withValueAt(data, ['events', at, key], formatTimeNs(rounded))];
      });
    }),
  );
}

/** The variant whose warm-up ends as soon after the last fault as possible. */
function withShorterWarmup(
  data: ScenarioData,
  { recoverNs }: ShrinkParts,
): readonly ScenarioData[] {
  const warmupNs = parseTimeNs(data['warmup']);
  const durationNs = parseTimeNs(data['duration']);
  if (recoverNs === undefined || warmupNs === undefined || durationNs === undefined) return [];
  const ends = mapsAtPath(data, ['events']).map(
    (event) => (parseTimeNs(event['at']) ?? 0) + (parseTimeNs(event['for']) ?? 0),
  );
  const lastNs = greatestOf([0, ...ends]);
  const soonestNs = lastNs + recoverNs;
  if (soonestNs >= warmupNs) return [];
  const duration = formatTimeNs(soonestNs + durationNs - warmupNs);
  return [{ ...data, warmup: formatTimeNs(soonestNs), duration }];
}
