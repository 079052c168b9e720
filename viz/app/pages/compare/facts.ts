/**
 * The inputs of two runs: hashes of input files, overrides, program and machine.
 *
 * @module
 */
import { countWithNoun } from '../../../../reports/format.ts';
import { INPUT_COPY_FILE_NAMES } from '../../../../reports/input-copies.ts';
import type { Report } from '../../../../reports/report-schema.ts';
import { seedText } from './words.ts';

/** One input of both runs, as texts. */
export interface ComparedFact {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly isSame: boolean;
}

/** Lists all inputs of both runs; inputs that differ come first. */
export function comparedFacts(a: Report, b: Report): readonly ComparedFact[] {
  const [ofA, ofB] = [valuesOf(a), valuesOf(b)];
  const names = [...new Set([...ofA.keys(), ...ofB.keys()])];
  const facts = names.map((name): ComparedFact => {
    const [left, right] = [ofA.get(name) ?? 'not set', ofB.get(name) ?? 'not set'];
    return { name, a: left, b: right, isSame: left === right };
  });
  return [...facts.filter(({ isSame }) => !isSame), ...facts.filter(({ isSame }) => isSame)];
}

/** An input file that differs between the runs. */
export interface DifferingFile {
  /** Name of the copy of the file in the folder of a run. */
  readonly copy: string;
  /** `scenarios/failover.yaml`, or both names if the file is named differently in the two runs. */
  readonly title: string;
  readonly names: readonly [a: string, b: string];
}

/**
 * Lists the input files whose hashes differ. If the scenario itself contains the topology, the
 * topology is not a separate file.
 */
export function differingFiles(a: Report, b: Report): readonly DifferingFile[] {
  const [left, right] = [a.scenario, b.scenario];
  const file = (copy: string, ...names: readonly [string, string]): DifferingFile => {
    const title = names[0] === names[1] ? names[0] : `A ${names[0]}, B ${names[1]}`;
    return { copy, title, names };
  };
  const isOwn = left.topologyFile !== left.file && right.topologyFile !== right.file;
  return [
    ...(left.sha256 === right.sha256
      ? []
      : [file(INPUT_COPY_FILE_NAMES.scenario, left.file, right.file)]),
    ...(left.topologySha256 === right.topologySha256 || !isOwn
      ? []
      : [file(INPUT_COPY_FILE_NAMES.topology, left.topologyFile, right.topologyFile)]),
  ];
}

/** Returns the command that shows how the files differ; undefined if their hashes are equal. */
export function diffCommand(a: Report, b: Report): string | undefined {
  const files = differingFiles(a, b).map(({ names }) => names);
  if (files.length === 0) return undefined;
  const isSameName = files.every(([left, right]) => left === right);
  const [before, after] = [commitOf(a), commitOf(b)];
  if (isSameName && before !== after) {
    return `git diff ${before} ${after} -- ${files.map(([name]) => name).join(' ')}`;
  }
  return files.map(([left, right]) => `diff ${left} ${right}`).join('; ');
}

/** Says how many of the seeds that both runs have ended with equal fingerprints. */
export function fingerprintText(a: Report, b: Report): string {
  const ofA = new Map(a.perSeed.map(({ seed, fingerprint }) => [seed, fingerprint]));
  const common = b.perSeed.filter(({ seed }) => ofA.has(seed));
  if (common.length === 0) return 'A and B have no seed in common.';
  const same = common.filter(({ seed, fingerprint }) => ofA.get(seed) === fingerprint).length;
  if (same === common.length) {
    const seeds = same === 1 ? 'The common seed' : `All ${countWithNoun(same, 'common seed')}`;
    return `${seeds} ended with the same fingerprint: the same events in both.`;
  }
  return `${same} of ${countWithNoun(common.length, 'common seed')} ended with the same fingerprint.`;
}

/**
 * Returns the commit of the program that wrote a report, without the `+` that marks uncommitted
 * changes.
 */
function commitOf({ environment }: Report): string {
  return environment.commit.replace(/\+$/, '');
}

function valuesOf(report: Report): ReadonlyMap<string, string> {
  const { scenario, environment } = report;
  return new Map([
    ['scenario', `${scenario.file} ${scenario.sha256.slice(0, 12)}`],
    ['topology', `${scenario.topologyFile} ${scenario.topologySha256.slice(0, 12)}`],
    ...(scenario.data ?? []).map((hash, at) => [`data ${at + 1}`, hash.slice(0, 12)] as const),
    ...Object.entries(report.overrides).map(([path, value]) => [`set ${path}`, value] as const),
    ['duration', `${scenario.durationNs / 1e9} s`],
    ['warm-up', `${scenario.warmupNs / 1e9} s`],
    ['seeds', seedText(report.seeds)],
    ['mode', report.mode],
    ['commit', environment.commit],
    ['node', environment.node],
    ['system', environment.os],
    ['processor', environment.cpu],
    ['crypto', report.crypto],
    ['cpu model', report.cpu],
  ]);
}
