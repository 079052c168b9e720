/**
 * `npm run speed`: measures short benchmarks and compares them with the recorded speeds (bench/gate/recorded.json), as
 * multiples of calibration loops in the same process, so that results of different machines are comparable
 * (ADR 0063). A line is red below 0.6 of its recorded speed, if it stays so in three measurements.
 *
 * `npm run speed -- --record` writes the record of this kind of machine, the median of three measurements; with names
 * of benchmarks, only their lines.
 * `npm run speed -- replay store` measures only these benchmarks. Closes with a line `N passed, N failed`.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { printTotalsAndSetExitCode } from '../../tools/checks.ts';
import { currentCommit } from '../../tools/requirements/source-state.ts';
import { type BenchResult, spreadOf } from '../bench-result.ts';
import { loopRatio } from '../ratio.ts';
import {
  bestScore,
  isSameLine,
  RED_BELOW,
  recordedLinesFor,
  recordsSchema,
  type ScoredSpeed,
  type Speed,
  type SpeedRecord,
} from './score.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BENCH = fileURLToPath(new URL('../main.ts', import.meta.url));
const RECORDED = fileURLToPath(new URL('./recorded.json', import.meta.url));
/** Benchmarks that take only seconds, at least one for each part of the engine and of the protocols. */
const BENCHES = [
  'hold-alone',
  'chain',
  'random-network',
  'router',
  'replay',
  'store',
  'frame',
  'mix',
  'dtn',
  'fabric',
  'federated-round',
  'privacy-steps',
  'trace',
];
/** Lines that are not judged: figures that depend on the disk of the machine. */
const LEFT_OUT = /disk of this machine|on disk/;
/** The flag that measures the defective double instead, which has to fail. */
const DOUBLE = '--double';
const ATTEMPTS = 3;
const CPU = cpus()[0]?.model ?? 'unknown';
const BAD_ARGUMENT = 2;
const HELP = `npm run speed [-- NAME ...] [--record]: short benchmarks beside their recorded speeds

Names: ${BENCHES.slice(0, 6).join(', ')},
       ${BENCHES.slice(6).join(', ')}

  --record   write what is measured into bench/gate/recorded.json, for
             this kind of machine
`;

function main(args: readonly string[]): void {
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = [
    ...names.filter((name) => !BENCHES.includes(name)),
    ...args.filter((arg) => arg.startsWith('--') && arg !== '--record' && arg !== DOUBLE),
  ];
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    return;
  }
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(', ')}\n\n${HELP}`);
    process.exitCode = BAD_ARGUMENT;
    return;
  }
  const benches = names.length > 0 ? names : BENCHES;
  if (args.includes('--record')) record(benches);
  else compare(benches, args.includes(DOUBLE));
}

function compare(benches: readonly string[], isDouble: boolean): void {
  const recorded = recordedLinesFor(recordsSoFar(), CPU);
  let passed = 0;
  let failed = 0;
  for (const bench of benches) {
    const own = recorded.filter(
      (one) => one.bench === bench && (!isDouble || /^window/.test(one.name)),
    );
    const scores = settled(own, (): readonly Speed[] => measure(bench, isDouble));
    for (const { speed, score } of scores) {
      const isGood = score >= RED_BELOW;
      console.log(`${isGood ? 'ok    ' : 'FAILED'}  ${score.toFixed(2)}  ${bench}: ${speed.name}`);
      if (isGood) passed += 1;
      else failed += 1;
    }
  }
  printTotalsAndSetExitCode({ passed, failed });
}

/** Measures a benchmark again as long as a line of it is red; the best score of each line counts. */
function settled(recorded: readonly Speed[], take: () => readonly Speed[]): readonly ScoredSpeed[] {
  let best = scored(take(), recorded);
  for (let attempt = 1; attempt < ATTEMPTS && best.some(isRed); attempt += 1) {
    const again = scored(take(), recorded);
    best = best.map((one) => {
      const other = again.find(({ speed }) => isSameLine(speed, one.speed));
      return other !== undefined && other.score > one.score ? other : one;
    });
  }
  return best;
}

function isRed({ score }: ScoredSpeed): boolean {
  return !(score >= RED_BELOW);
}

function scored(measured: readonly Speed[], recorded: readonly Speed[]): readonly ScoredSpeed[] {
  const lines = recorded.filter(
    (one, at) => recorded.findIndex((other) => isSameLine(other, one)) === at,
  );
  return lines.map((line) => {
    const same = recorded.filter((one) => isSameLine(one, line));
    const speed = measured.find((one) => isSameLine(one, line));
    // A recorded line that was not measured fails: the benchmark has changed and must be recorded anew.
    return speed === undefined ? { speed: line, score: 0 } : bestScore(speed, same);
  });
}

function recordsSoFar(): readonly SpeedRecord[] {
  return recordsSchema.parse(JSON.parse(readFileSync(RECORDED, 'utf8'))).records;
}

function record(benches: readonly string[]): void {
  const before = recordsSoFar();
  const own = before.find(({ cpu }) => cpu === CPU)?.speeds ?? [];
  const speeds = BENCHES.flatMap((bench) => {
    if (!benches.includes(bench)) return own.filter((one) => one.bench === bench);
    const rounds = Array.from({ length: ATTEMPTS }, () => measure(bench));
    return (rounds[0] ?? []).map((first): Speed => {
      const same = rounds.flatMap((round) => round.filter((one) => isSameLine(one, first)));
      return {
        ...first,
        ratio: rounded(spreadOf(same.map(({ ratio }) => ratio)).value),
        memoryRatio: rounded(spreadOf(same.map(({ memoryRatio }) => memoryRatio)).value),
      };
    });
  });
  const facts = {
    date: new Date().toISOString().slice(0, 10),
    commit: currentCommit(ROOT),
    cpu: CPU,
    node: process.version,
  };
  const records = [...before.filter(({ cpu }) => cpu !== CPU), { ...facts, speeds }];
  writeFileSync(RECORDED, `${JSON.stringify({ records }, undefined, 2)}\n`);
  console.log(`bench/gate/recorded.json: ${speeds.length} speeds of ${CPU}`);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

interface Alone {
  readonly results: readonly BenchResult[];
  readonly pace: readonly [number, number];
  readonly memoryPace: number;
}

/** Makes one measurement, in a separate process. */
function measure(bench: string, isDouble = false): readonly Speed[] {
  const name = isDouble ? `${bench}-double` : bench;
  const child = spawnSync(process.execPath, [...process.execArgv, BENCH, name, '--alone'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(`bench ${name} ended with ${child.status}`);
  const { results, pace, memoryPace } = JSON.parse(child.stdout) as Alone;
  const mean = (pace[0] + pace[1]) / 2;
  return results.flatMap((one): Speed[] => {
    const ratio = loopRatio(one, mean);
    const memoryRatio = loopRatio(one, memoryPace);
    if (ratio === null || memoryRatio === null || LEFT_OUT.test(one.name)) return [];
    const kind = /\/(s|min)$/.test(one.unit) ? 'rate' : 'time';
    return [{ bench, name: one.name, kind, ratio, memoryRatio }];
  });
}

main(process.argv.slice(2));
