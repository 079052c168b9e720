/**
 * Turns the measurements of a run into its report: every KPI judged over all seeds, the invariants of
 * the run, totals, and the data of the charts. Pure: the same input gives the same report.
 *
 * @module
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { MetricDefinition } from '../engine/host/measure.ts';
import { carriedReportPart } from './carried.ts';
import { CPU_NOT_MODELLED } from './cpu-note.ts';
import { earlyEndText, findWorstEnding, markKpiInconclusive } from './early-end.ts';
import { keepLongestGaps } from './fault-gaps.ts';
import { faultWindowsReportPart } from './fault-windows-part.ts';
import { findClockKind, judgeKpi } from './kpi.ts';
import { memoryReportPart } from './memory.ts';
import {
  countUnaccountedMessages,
  MESSAGE_CONSERVATION_INVARIANT,
  messagesReportPart,
} from './messages.ts';
import { summariseMetrics } from './metric-summary.ts';
import type {
  JudgeInput,
  KpiSpec,
  PacketTotals,
  RunCompletion,
  RunMode,
  SeedResult,
  TwinJudgeInput,
} from './model.ts';
import { networkOfSeedIfAny } from './networks.ts';
import {
  budgetWarnings,
  hasPrivacySpending,
  privacyBudgetReportPart,
  seedsWithFallingEpsilon,
} from './privacy-budget.ts';
import { privacyReportPart } from './privacy-part.ts';
import {
  type KpiResult,
  REPORT_SCHEMA_VERSION,
  type Report,
  type ReportFault,
} from './report-schema.ts';
import { NOTHING_ARRIVES_RULE } from './rules.ts';
import { seedNamesText } from './seed-names.ts';
import { findMetricDefinition } from './series.ts';
import { summariseSeries } from './series-summary.ts';
import { shownFlows } from './shown-flows.ts';
import { sumCountsByName } from './sum-counts.ts';
import { timingReportPart } from './timing.ts';
import { judgeTwinDifference, twinReportPart } from './twin.ts';

/** Name of the invariant whose violation is a bug of orrery (exit code 3). */
export const PACKET_CONSERVATION_INVARIANT = 'conservation of packets';

/** Judges a finished run and makes its report. */
export function judgeRun(input: JudgeInput): Report {
  const { scenario, mode } = input;
  const seeds = measuredSeeds(input, input.seeds);
  const twin = twinOf(input);
  const all = [...seeds, ...(twin?.seeds ?? [])];
  const kpis = judgeKpis(input, seeds, twin);
  const packets = totalPackets(seeds);
  const invariants = [
    ...checkInvariants(seeds, packets, input.arrives),
    ...twinInvariants(twin, input.arrives),
  ];
  const ending = findWorstEnding(all);
  const shownSeed = shownSeedOf(kpis, seeds);
  const wallSeconds = input.wallMs / 1e3;
  const events = total(seeds, (seed) => seed.events);
  const privacy = privacyReportPart(seeds, shownSeed);
  const privacyBudget = privacyBudgetReportPart(seeds);
  const shown = shownFlows(seeds);
  const isMet = kpis.every((kpi) => kpi.pass) && invariants.every((one) => one.pass);
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    pass: isMet && ending === 'complete',
    ending,
    scenario,
    mode,
    ...(input.layout === undefined ? {} : { layout: input.layout }),
    clock: findClockKind('', mode),
    crypto: input.crypto,
    ...(input.remarks === undefined ? {} : { remarks: input.remarks }),
    cpu: input.cpu,
    ...(input.cpuProfileSha256 === undefined ? {} : { cpuProfileSha256: input.cpuProfileSha256 }),
    seeds: seeds.map((seed) => seed.seed),
    fingerprint: combineFingerprints(seeds, twin),
    perSeed: seeds.map((seed) => describeSeed(seed, input.networks)),
    virtualSeconds: total(seeds, (seed) => seed.virtualNs) / 1e9,
    measuredSeconds: total(seeds, (seed) => seed.measuredNs) / 1e9,
    wallSeconds,
    events,
    eventsPerWallSecond: wallSeconds > 0 ? events / wallSeconds : 0,
    ...timingReportPart(all),
    ...memoryReportPart(all),
    environment: input.environment,
    kpis,
    invariants,
    metrics: summariseMetrics(input.definitions, seeds, mode),
    faults: keepLongestGaps(seeds.flatMap(faultsOf)),
    ...faultWindowsReportPart(seeds),
    packets,
    ...messagesReportPart(seeds),
    ...refusalsPart(seeds),
    nodeDrops: sumCountsByName(seeds.map((seed) => Object.entries(seed.nodeDrops))),
    series: summariseSeries(shown.seeds, shownSeed),
    ...(shown.leftOut === 0 ? {} : { flowsLeftOut: shown.leftOut }),
    shownSeed,
    warnings: [...collectWarnings(seeds, twin), ...budgetWarnings(seeds)],
    ...(privacy === undefined ? {} : { privacy }),
    ...(privacyBudget === undefined ? {} : { privacyBudget }),
    ...(input.against === undefined ? {} : { against: input.against }),
    ...(input.networks === undefined ? {} : { networks: [...input.networks] }),
    ...(twin === undefined ? {} : { twin: twinReportPart(twin, seeds, input) }),
    ...carriedReportPart(seeds),
    ...(input.interactive === undefined ? {} : { interactive: input.interactive }),
    reproduce: input.reproduce,
    overrides: input.overrides,
  };
}

function refusalsPart(seeds: readonly SeedResult[]): Pick<Report, 'refusals'> {
  const refusals = sumCountsByName(seeds.map((seed) => Object.entries(seed.refusals ?? {})));
  return Object.keys(refusals).length === 0 ? {} : { refusals };
}

/**
 * The exit code that follows from a report (docs/spec/run-files.md, "Exit codes"): 3 for a violated
 * invariant, 5 time limit, 130 interrupted, 1 missed, 0 met. Determinism (4) and files (2) are not
 * known here.
 */
export function chooseExitCode(report: Report): 0 | 1 | 3 | 5 | 130 {
  const ours = [PACKET_CONSERVATION_INVARIANT, MESSAGE_CONSERVATION_INVARIANT];
  if (report.invariants.some((one) => ours.includes(one.name) && !one.pass)) return 3;
  if (report.ending === 'time-limit') return 5;
  if (report.ending === 'interrupted') return 130;
  return report.pass ? 0 : 1;
}

/**
 * The limits by which a run of this mode is judged: limits marked `onlyVirtual` count in virtual
 * time only.
 */
export function kpisForMode<Spec extends KpiSpec>(
  mode: RunMode,
  kpis: readonly Spec[],
): readonly Spec[] {
  return mode === 'sim' ? kpis : kpis.filter(({ onlyVirtual }) => onlyVirtual !== true);
}

/** Judges every KPI and every limit on a difference; none counts as met if a run ended early. */
function judgeKpis(
  input: JudgeInput,
  seeds: readonly SeedResult[],
  twin: TwinJudgeInput | undefined,
): KpiResult[] {
  const { scenario, mode, definitions, networks } = input;
  const ends = [...seeds, ...(twin?.seeds ?? [])].map(({ seed, ending, virtualNs: reachedNs }) => ({
    seed,
    ending,
    reachedNs,
  }));
  const { durationNs, warmupNs } = scenario;
  const earlyEnd = earlyEndText(ends, durationNs);
  const base = { definitions, seeds, mode, warmupNs, networks };
  const kindOf = (spec: KpiSpec): MetricDefinition | undefined =>
    findMetricDefinition(definitions, spec.metric);
  const open = (kpi: KpiResult, definition: MetricDefinition | undefined): KpiResult =>
    earlyEnd === undefined ? kpi : markKpiInconclusive(kpi, definition?.kind, earlyEnd);
  const plain = kpisForMode(mode, input.kpis).map((spec) => {
    const definition = kindOf(spec);
    return open(judgeKpi({ ...base, spec, definition }), definition);
  });
  if (twin === undefined) return plain;
  // A difference may still change in either direction, so after an early end no miss of a
  // difference is final.
  const differences = kpisForMode(mode, twin.kpis).map((spec) =>
    open(
      judgeTwinDifference({ ...base, spec, definition: kindOf(spec), twins: twin.seeds }),
      undefined,
    ),
  );
  return [...plain, ...differences];
}

/**
 * Removes the metrics of processor work if the processor was not modelled: their zeros would meet
 * any limit.
 */
function measuredSeeds(
  { cpu, definitions }: Pick<JudgeInput, 'cpu' | 'definitions'>,
  seeds: readonly SeedResult[],
): readonly SeedResult[] {
  const unknown = definitions.flatMap(({ name, needs }) => (needs === 'processor' ? name : []));
  if (cpu !== CPU_NOT_MODELLED || unknown.length === 0) return seeds;
  return seeds.map((seed) => {
    const known = Object.entries(seed.metrics).filter(([name]) => !unknown.includes(name));
    return { ...seed, metrics: Object.fromEntries(known) };
  });
}

function twinOf(input: JudgeInput): TwinJudgeInput | undefined {
  const { twin } = input;
  return twin === undefined ? undefined : { ...twin, seeds: measuredSeeds(input, twin.seeds) };
}

/** The invariants that the twin violates; those that it keeps are not reported. */
function twinInvariants(
  twin: TwinJudgeInput | undefined,
  arrives: JudgeInput['arrives'],
): Report['invariants'] {
  if (twin === undefined) return [];
  const { seeds } = twin;
  return checkInvariants(seeds, totalPackets(seeds), arrives)
    .filter(({ pass }) => !pass)
    .map((one) => ({ ...one, detail: `in the twin: ${one.detail}` }));
}

function total(seeds: readonly SeedResult[], numberOf: (seed: SeedResult) => number): number {
  let sum = 0;
  for (const seed of seeds) sum += numberOf(seed);
  return sum;
}

function describeSeed(
  seed: SeedResult,
  networks: JudgeInput['networks'],
): Report['perSeed'][number] {
  const network = networkOfSeedIfAny(networks, seed.seed);
  return {
    seed: seed.seed,
    ...(network === undefined ? {} : { network }),
    fingerprint: seed.fingerprint,
    virtualSeconds: seed.virtualNs / 1e9,
    measuredSeconds: seed.measuredNs / 1e9,
    wallSeconds: seed.wallMs / 1e3,
    events: seed.events,
    ending: seed.ending,
    ...(seed.done === undefined ? {} : { done: doneOf(seed.done) }),
    ...(seed.checkpoints === undefined ? {} : { checkpoints: seed.checkpoints }),
  };
}

function doneOf(done: RunCompletion): NonNullable<Report['perSeed'][number]['done']> {
  return done.by === 'done' ? done : { by: done.by, unfinished: [...done.unfinished] };
}

/**
 * The fingerprint of a run: that of its only seed; else SHA-256 over lines `seed:fingerprint`, with
 * those of the twin last, shortened to the length of a fingerprint.
 */
function combineFingerprints(
  seeds: readonly SeedResult[],
  twin: TwinJudgeInput | undefined,
): string {
  const only = seeds[0];
  if (seeds.length === 1 && only !== undefined && twin === undefined) return only.fingerprint;
  const all = [...seeds, ...(twin?.seeds ?? [])];
  const lines = all.map((seed) => `${seed.seed}:${seed.fingerprint}\n`).join('');
  return bytesToHex(sha256(utf8ToBytes(lines))).slice(0, 16);
}

function faultsOf(seed: SeedResult): ReportFault[] {
  return seed.faults.map((fault) => ({ seed: seed.seed, ...fault }));
}

function totalPackets(seeds: readonly SeedResult[]): PacketTotals {
  return {
    sent: total(seeds, (seed) => seed.packets.sent),
    duplicated: total(seeds, (seed) => seed.packets.duplicated),
    injected: total(seeds, (seed) => seed.packets.injected),
    delivered: total(seeds, (seed) => seed.packets.delivered),
    inFlight: total(seeds, (seed) => seed.packets.inFlight),
    drops: sumCountsByName(seeds.map((seed) => Object.entries(seed.packets.drops))),
  };
}

/** Number of packets that were dropped for any reason. */
export function droppedPackets(packets: PacketTotals): number {
  let dropped = 0;
  for (const count of Object.values(packets.drops)) dropped += count;
  return dropped;
}

/** The verdict on the conservation of messages; none if messages were not accounted for. */
function messageVerdict(seeds: readonly SeedResult[]): Verdict[] {
  const { messages } = messagesReportPart(seeds);
  if (messages === undefined) return [];
  const bad = seeds.filter(
    (seed) => seed.messages !== undefined && countUnaccountedMessages(seed.messages) !== 0,
  );
  const good = `${messages.submitted} submitted, each accounted for`;
  const detail = bad.length === 0 ? good : `broken in ${namesOf(bad)}`;
  return [{ name: MESSAGE_CONSERVATION_INVARIANT, pass: bad.length === 0, detail }];
}

/**
 * Packets that entered (sent, duplicated, injected) minus those accounted for (delivered, dropped, in
 * flight); 0 if the balance is right.
 */
function imbalance(packets: PacketTotals): number {
  const { sent, duplicated, injected, delivered, inFlight } = packets;
  return sent + duplicated + injected - delivered - droppedPackets(packets) - inFlight;
}

function checkInvariants(
  seeds: readonly SeedResult[],
  packets: PacketTotals,
  arrives: JudgeInput['arrives'],
): Report['invariants'] {
  const unbalanced = seeds.filter((seed) => imbalance(seed.packets) !== 0);
  const missing = seeds.filter((seed) => seed.faults.some((fault) => fault.targets.length === 0));
  const verdict = (name: string, bad: readonly SeedResult[], good: string): Verdict => ({
    name,
    pass: bad.length === 0,
    detail: bad.length === 0 ? good : `broken in ${namesOf(bad)}`,
  });
  return [
    verdict(PACKET_CONSERVATION_INVARIANT, unbalanced, `${packets.sent} sent, each accounted for`),
    ...messageVerdict(seeds),
    arrives === 'nothing' ? silenceVerdict(seeds) : receivedVerdict(seeds),
    verdict('faults hit something', missing, 'every fault touched a link or node'),
    ...(hasPrivacySpending(seeds)
      ? [verdict('privacy budget only grows', seedsWithFallingEpsilon(seeds), 'no epsilon falls')]
      : []),
  ];
}

/**
 * each seed that ran to its end must have delivered packets; otherwise its limits prove
 * nothing, whether packets were lost or none were sent.
 */
function receivedVerdict(seeds: readonly SeedResult[]): Verdict {
  const idle = seeds.filter((seed) => seed.ending === 'complete' && isIdle(seed));
  const silent = idle.filter(isSilent);
  const lost = idle.filter((seed) => !isSilent(seed));
  const reasons = [
    lost.length === 0
      ? []
      : [
          `packets were sent, none was received: ${namesOf(lost)} (arrives: nothing, if none shall)`,
        ],
    silent.length === 0
      ? []
      : [`nothing was sent after the warm-up, so the limits prove nothing: ${namesOf(silent)}`],
  ].flat();
  const detail = idle.length === 0 ? 'every seed delivered packets' : reasons.join('; ');
  return { name: 'packets received', pass: idle.length === 0, detail };
}

/** The verdict on a run with `arrives: nothing`. If nothing was sent either, the run proves nothing. */
function silenceVerdict(seeds: readonly SeedResult[]): Verdict {
  const complete = seeds.filter((seed) => seed.ending === 'complete');
  const heard = complete.filter((seed) => !isIdle(seed));
  const silent = complete.filter(isSilent);
  const detail =
    heard.length > 0
      ? `something arrived: ${namesOf(heard)}`
      : silent.length > 0
        ? `nothing was sent after the warm-up: ${namesOf(silent)}`
        : 'packets were sent, and none was received';
  return { name: NOTHING_ARRIVES_RULE, pass: heard.length === 0 && silent.length === 0, detail };
}

function namesOf(seeds: readonly SeedResult[]): string {
  return seedNamesText(seeds.map(({ seed }) => seed));
}

/**
 * True if nothing reached an application after the warm-up. In a run without flows, the packets on
 * its links count instead, which the streams of a live run do not use.
 */
function isIdle(seed: SeedResult): boolean {
  const received = Object.entries(seed.metrics).flatMap(([name, data]) =>
    name.endsWith('.throughput') && data.kind === 'counter' ? [data.value] : [],
  );
  if (received.length === 0) return seed.packets.delivered === 0;
  return received.every((count) => count === 0);
}

/**
 * True if there was nothing to receive: no flow sent after the warm-up, or the run has no flows and
 * no link sent.
 */
function isSilent(seed: SeedResult): boolean {
  const sent = Object.entries(seed.metrics).flatMap(([name, data]) =>
    name.endsWith('.delivery') && data.kind === 'ratio' ? [data.denominator] : [],
  );
  if (sent.length === 0) return seed.packets.sent === 0;
  return sent.every((count) => count === 0);
}

type Verdict = Report['invariants'][number];

/** The seed to inspect: the worst one for the first missed KPI, or else for the first KPI. */
function shownSeedOf(kpis: readonly KpiResult[], seeds: readonly SeedResult[]): number {
  const ordered = [...kpis.filter((kpi) => !kpi.pass), ...kpis];
  const worst = ordered.find((kpi) => kpi.worstSeed !== undefined)?.worstSeed;
  return worst ?? seeds[0]?.seed ?? 0;
}

/** Warnings with the seeds that have them, each text once; warnings of the twin alone come last. */
function collectWarnings(
  seeds: readonly SeedResult[],
  twin: TwinJudgeInput | undefined,
): Report['warnings'] {
  const known = new Set(seeds.flatMap(({ warnings }) => warnings));
  const ofTwin = (twin?.seeds ?? []).map((seed) => {
    const own = seed.warnings.filter((text) => !known.has(text)).map((text) => `twin: ${text}`);
    return { ...seed, warnings: own };
  });
  const byText = new Map<string, number[]>();
  for (const seed of [...seeds, ...ofTwin]) {
    for (const text of new Set(seed.warnings)) {
      byText.set(text, [...(byText.get(text) ?? []), seed.seed]);
    }
  }
  return [...byText].map(([text, affected]) => ({ text, seeds: affected }));
}
