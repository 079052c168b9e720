/**
 * Worker thread of a hunt: opens a field once, and tries attempts on it; and files with a break, while
 * it is made smaller.
 *
 * @module
 */
import { installClockGuard } from '../../engine/live/clock-guard.ts';
import { STACK_FRAMES_MAX } from '../../engine/live/stack-places.ts';
import { openScenario } from '../../scenarios/open/open.ts';
import { ProtocolRegistry } from '../../scenarios/open/registry.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import type { Attempt, TriedAttempt } from './attempt.ts';
import { openField } from './field.ts';
import { AttemptTrier, tryScenario } from './try-attempt.ts';

/** What a thread is asked for. */
export type HuntJob =
  | {
      readonly kind: 'attempt';
      readonly file: string;
      readonly set: Readonly<Record<string, string>>;
      readonly attempt: Attempt;
    }
  /** A scenario file as it is, with its first seed. */
  | { readonly kind: 'file'; readonly path: string; readonly isAlways: boolean };

/** The field of this thread, by the job that asked for it. */
let open: { readonly key: string; readonly trier: AttemptTrier } | undefined;

/** Tries what a job asks for. @returns undefined if its file cannot be opened. */
export async function runHuntJob(job: HuntJob): Promise<TriedAttempt | undefined> {
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  installClockGuard();
  if (job.kind === 'file') return await tryFile(job);
  const key = JSON.stringify([job.file, job.set]);
  if (open?.key !== key) {
    open = { key, trier: new AttemptTrier(await openField(job.file, job.set)) };
  }
  return open.trier.try(job.attempt);
}

async function tryFile({
  path,
  isAlways,
}: Extract<HuntJob, { kind: 'file' }>): Promise<TriedAttempt | undefined> {
  const registry = new ProtocolRegistry();
  try {
    const { scenario } = await openScenario(path, {}, registry);
    const always = new Set(isAlways ? scenario.kpis.map(({ metric }) => metric) : []);
    const [seed = 1] = scenario.seeds;
    return { ...tryScenario({ scenario, registry, seed, always }), events: [] };
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
