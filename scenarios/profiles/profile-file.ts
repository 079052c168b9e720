/**
 * Reads cost profiles and converts them to the costs that the engine charges
 * (docs/spec/processor-model.md).
 *
 * @module
 */
import type { CpuProfile, HandlerCosts, OperationCost } from '../../engine/net/cpu-profile.ts';
import { resolvePath } from '../../engine/pure/paths.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';
import { ConfigIssueCollector } from '../../topologies/files/problems.ts';
import { displayPath, readSource } from '../../topologies/files/source.ts';
import type { CpuChoice } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { type CostProfile, type ProfileOperation, profileSchema } from './profile-schema.ts';

/**
 * Path of the profile that `npm run calibrate` writes and `cpu: calibrated` reads, relative to the
 * working folder.
 */
export const DEFAULT_PROFILE_PATH = 'runs/calibration.json';

const LIMIT_BYTES = 1e6;

/** A profile with the file that it came from. */
export interface ProfileWithFile {
  readonly profile: CostProfile;
  /** Name of the file in messages. */
  readonly file: string;
  readonly path: string;
  readonly sha256: string;
}

/**
 * Reads a cost profile of processors.
 * @param path Relative to the working folder; {@link DEFAULT_PROFILE_PATH} if absent.
 * @throws Refusal if there is no such file, ConfigError if it does not fit the schema.
 */
export function readProfile(
  files: MachineFiles,
  path: string = DEFAULT_PROFILE_PATH,
): ProfileWithFile {
  const place = resolvePath(files.folder, path);
  if (!files.exists(place)) {
    throw new Refusal(
      `cpu: calibrated needs a cost profile, and there is no ${displayPath(place, files)}: ` +
        'measure this machine with npm run calibrate, or name one with --cpu-profile FILE',
    );
  }
  const source = readSource(place, {
    files,
    limitBytes: LIMIT_BYTES,
    tooLargeHint: 'npm run calibrate writes a new one',
    overrides: [],
  });
  const problems = new ConfigIssueCollector();
  const profile = problems.check(source, profileSchema, source.data);
  problems.throwIfAny();
  if (profile === undefined) throw new ConfigError([]);
  return { profile, file: source.file, path: place, sha256: source.sha256 };
}

/** The parts of a profile that a scenario uses. */
export function cpuChoice(
  read: ProfileWithFile,
  machines: CpuChoice['machines'],
  which: 'alone' | 'inPlace' = 'inPlace',
): CpuChoice {
  const { profile, file, sha256 } = read;
  return {
    profile: makeEngineCosts(profile, which, file),
    receiveBuffer: profile.receiveBuffer,
    machines,
    file,
    sha256,
    cpuModel: profile.machine.cpu,
    date: profile.date.slice(0, 10),
  };
}

/** Converts the costs of a profile to the form in which the engine charges them. */
export function makeEngineCosts(
  profile: Pick<CostProfile, 'operations'>,
  which: 'alone' | 'inPlace',
  profileName: string,
): CpuProfile {
  const crypto: Record<string, OperationCost> = {};
  const jobs: Record<string, OperationCost> = {};
  const handlers: Record<string, Record<string, OperationCost>> = {};
  const sockets: Record<string, OperationCost> = {};
  for (const [key, operation] of Object.entries(profile.operations)) {
    const cost = operation[which];
    const [kind = '', first = '', second] = key.split('.');
    if (kind === 'crypto') crypto[first] = cost;
    else if (kind === 'job') jobs[key.slice('job.'.length)] = cost;
    else if (kind === 'handler' && second !== undefined) {
      handlers[first] = { ...handlers[first], [second]: cost } satisfies HandlerCosts;
    } else sockets[kind] = cost;
  }
  return { name: profileName, ...sockets, crypto, jobs, handlers };
}

/** The costs in place: the costs of the benchmarks times the factor of their lane. */
export function inPlaceOperationCosts(
  operations: Readonly<Record<string, Pick<ProfileOperation, 'lane' | 'alone' | 'samples'>>>,
  factors: { readonly control: number; readonly data: number },
): Record<string, ProfileOperation> {
  const placed: Record<string, ProfileOperation> = {};
  for (const [key, operation] of Object.entries(operations)) {
    const factor = factors[operation.lane];
    const { ns, nsPerByte } = operation.alone;
    const inPlace = {
      ns: roundToTenths(ns * factor),
      nsPerByte: roundToThousandths(nsPerByte * factor),
    };
    placed[key] = { ...operation, inPlace };
  }
  return placed;
}

/** Rounds a number to a multiple of 0.1. */
export function roundToTenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Rounds a number to a multiple of 0.001. */
export function roundToThousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
