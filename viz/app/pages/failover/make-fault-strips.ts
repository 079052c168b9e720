/**
 * Makes the strips of a fault from the fetched data, each with a sentence that states its finding.
 *
 * @module
 */
import { countWithNoun, quantityText } from '../../../../reports/format.ts';
import { kpiName } from '../../../../reports/kpi-text.ts';
import { curveStrips } from './curves.ts';
import { stripLimitText } from './draw.ts';
import {
  busiestPathLane,
  type LaneWindow,
  linkStateLane,
  machineLane,
  pathMachineNames,
  type StateLane,
} from './lanes.ts';
import { findFlowEnds, readFlowName, type StripsData } from './scene.ts';
import {
  effectDelayNs,
  effectDelaySpread,
  type FaultCase,
  FIRST_PACKET_EFFECT,
  findGap,
  gapKpi,
  type SeedSpread,
  spreadOfValues,
} from './story.ts';
import type { MarkedInstant, Strip } from './strips.ts';

const TARGETS_MAX = 4;

/**
 * Makes a strip for each quantity around the fault: links, probes, path, throughput, loss, latency
 * and gap.
 */
export function makeFaultStrips(scene: StripsData): readonly Strip[] {
  const strips = [
    linkStrip(scene),
    probeStrip(scene),
    pathStrip(scene),
    ...curveStrips(scene),
    gapStrip(scene),
  ];
  return strips.filter((strip) => strip !== undefined);
}

function linkStrip(scene: StripsData): Strip {
  const { shown, ofSeed } = scene;
  const word = /\b(down|crash\w*|partition\w*)\b/.test(shown.text) ? 'down' : 'impaired';
  const targets = shown.targets.slice(0, TARGETS_MAX);
  const lanes = targets.map((target) =>
    linkStateLane(
      { target, word },
      ofSeed.filter((one) => one.targets.includes(target)),
      spanOf(scene),
    ),
  );
  const more = shown.targets.length - targets.length;
  const end =
    shown.endNs === undefined ? '' : ` for ${quantityText(shown.endNs - shown.beginNs, 'ns')}`;
  return {
    ...{ kind: 'lanes', name: shown.targets.length === 1 ? 'link or node' : 'links or nodes' },
    finding: `${shown.text}${end}${more > 0 ? `, and ${more} more` : ''}`,
    ...{ lanes, others: [], spread: undefined },
  };
}

function probeStrip(scene: StripsData): Strip | undefined {
  const { info, material, shown } = scene;
  const ends = findFlowEnds(info, scene.suffix);
  const { history } = material;
  const finding = effectFinding(scene, 'detected');
  if (info === undefined || history === undefined) {
    if (effectDelaySpread(scene.same, 'detected') === undefined) return undefined;
    return { ...effectLanes(scene, 'detected', []), name: 'probes', finding };
  }
  const span = spanOf(scene);
  const bfd = shown.targets.slice(0, TARGETS_MAX).flatMap((target) =>
    info.nodes.flatMap(({ name }, node) => {
      const lane = machineLane(
        history,
        { node, machine: `bfd ${target}`, label: `BFD at ${name}` },
        span,
      );
      return lane === undefined ? [] : [lane];
    }),
  );
  const health =
    ends === undefined
      ? []
      : pathMachineNames(info, history, ends).healths.flatMap(({ machine, label }) => {
          const lane = machineLane(history, { node: ends.source, machine, label }, span);
          return lane === undefined ? [] : [lane];
        });
  const lanes = [...bfd, ...health];
  if (lanes.length === 0 && effectDelaySpread(scene.same, 'detected') === undefined)
    return undefined;
  return { ...effectLanes(scene, 'detected', lanes), name: 'probes', finding };
}

function pathStrip(scene: StripsData): Strip | undefined {
  const { info, material } = scene;
  const ends = findFlowEnds(info, scene.suffix);
  const { history, paths } = material;
  const span = spanOf(scene);
  const traced =
    info === undefined || history === undefined || ends === undefined
      ? undefined
      : machineLane(
          history,
          { node: ends.source, machine: pathMachineNames(info, history, ends).chosen, label: '' },
          span,
        );
  const lane = traced ?? busiestPathLane(paths, span);
  const words = effectFinding(scene, 'switched');
  const how =
    traced === undefined && lane !== undefined
      ? `path of most packets in ${quantityText(paths[0]?.stepNs ?? 0, 'ns')}; `
      : '';
  if (lane === undefined && effectDelaySpread(scene.same, 'switched') === undefined)
    return undefined;
  const lanes = lane === undefined ? [] : [lane];
  return { ...effectLanes(scene, 'switched', lanes), name: 'path', finding: `${how}${words}` };
}

/**
 * Makes the content of a strip with lanes: the lanes of the shown seed, and marks at the instant of
 * one effect in each of the other seeds.
 */
function effectLanes(
  { same, shown }: StripsData,
  effect: string,
  lanes: readonly StateLane[],
): Omit<Extract<Strip, { kind: 'lanes' }>, 'name' | 'finding'> {
  const others = same
    .filter(({ seed }) => seed !== shown.seed)
    .flatMap((one): MarkedInstant[] => {
      const afterNs = effectDelayNs(one, effect);
      if (afterNs === undefined) return [];
      return [{ afterNs, text: `seed ${one.seed} ${effect} +${quantityText(afterNs, 'ns')}` }];
    });
  // The marks of the other seeds are drawn on lanes, so an empty lane is added if there is none.
  const held = lanes.length > 0 || others.length === 0 ? lanes : [{ label: '', segments: [] }];
  return { kind: 'lanes', lanes: held, others, spread: effectDelaySpread(same, effect) };
}

/**
 * Formats a finding such as `detected +68.2 ms; median of 30 seeds 70 ms, 10 to 90 % 60 to 85 ms`.
 */
function effectFinding({ shown, same }: StripsData, effect: string): string {
  const delay = effectDelayNs(shown, effect);
  const own =
    delay === undefined ? `not ${effect} in this seed` : `${effect} +${quantityText(delay, 'ns')}`;
  const spread = effectDelaySpread(same, effect);
  if (spread === undefined || spread.n < 2) return own;
  return `${own}; ${spreadWords(spread)}`;
}

/** Formats a spread such as `median of 30 seeds 70 ms, 10 to 90 % 60 to 85 ms`. */
function spreadWords({ n, low, median, high }: SeedSpread): string {
  return `median of ${countWithNoun(n, 'seed')} ${quantityText(median, 'ns')}, 10 to 90 % ${quantityText(low, 'ns')} to ${quantityText(high, 'ns')}`;
}

/**
 * Makes the strip of gaps in deliveries: the gap of each seed as the KPI measures it or, if the
 * report has no gaps, the time from the fault to the first packet.
 */
function gapStrip(scene: StripsData): Strip | undefined {
  const { same, shown, report } = scene;
  const flow = readFlowName(scene);
  const isKnown = findGap(shown, flow) !== undefined;
  const lengthOf = (one: FaultCase): number | undefined =>
    isKnown ? findGap(one, flow)?.gapNs : effectDelayNs(one, FIRST_PACKET_EFFECT);
  const spread = spreadOfValues(same.map(lengthOf));
  if (spread === undefined) return undefined;
  const kpi = gapKpi(report);
  const seeds = same
    .filter((one) => lengthOf(one) !== undefined)
    .sort((a, b) => (lengthOf(a) ?? 0) - (lengthOf(b) ?? 0))
    .map((one) => ({
      ...{ seed: one.seed, effects: one.effects, isShown: one.seed === shown.seed },
      gapNs: findGap(one, flow)?.gapNs,
    }));
  return {
    ...{ kind: 'gaps', name: isKnown ? 'gap' : 'first packet' },
    finding: isKnown ? gapFinding(scene, spread) : effectFinding(scene, FIRST_PACKET_EFFECT),
    ...{ seeds, spread },
    limit:
      kpi === undefined || !isKnown || !kpi.metric.endsWith('.failover')
        ? undefined
        : { value: kpi.limit, text: `${stripLimitText(kpi.limit, kpi.unit)} for ${kpiName(kpi)}` },
  };
}

/**
 * Formats a finding such as `75.5 ms between arrivals, drawn from the fault on; first packet +80.6
 * ms`.
 */
function gapFinding(scene: StripsData, spread: SeedSpread): string {
  const gap = findGap(scene.shown, readFlowName(scene));
  const own = `${quantityText(gap?.gapNs ?? 0, 'ns')} between arrivals minus the nominal spacing, drawn from the fault on`;
  const first = effectDelayNs(scene.shown, FIRST_PACKET_EFFECT);
  const packet = first === undefined ? '' : `; first packet +${quantityText(first, 'ns')}`;
  return `${own}${packet}${spread.n < 2 ? '' : `; ${spreadWords(spread)}`}`;
}

function spanOf({ shown, fromNs, toNs }: StripsData): LaneWindow {
  return { zeroNs: shown.beginNs, fromNs, toNs };
}
