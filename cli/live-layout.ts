/**
 * Where the nodes of a live run are: on one event loop of this process, on several, in processes of
 * their own, or where a deployment file says.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { defaultLoopCount, type LoopScenario } from '../runner/distributed/processes/loops.ts';
import { FlagError } from './exit.ts';

/** The flags that determine where nodes run. */
export interface LayoutFlags {
  readonly processes?: 'node' | 'machine';
  readonly deployment?: string;
  readonly loops?: number;
}

/** The number of event loops that was chosen. */
export interface LoopChoice {
  /** Number of event loops in this process. */
  readonly loops: number;
  /** The number to name in the command that repeats the run; absent if it is the default. */
  readonly repeat?: number;
}

/**
 * Refuses flags that contradict each other about where nodes run.
 * @throws FlagError if several of these flags are given, since each determines where all nodes run.
 */
export function refuseTwoLayouts({ processes, deployment, loops }: LayoutFlags): void {
  const given = [
    ...(loops === undefined ? [] : ['--loops']),
    ...(processes === undefined ? [] : ['--processes']),
    ...(deployment === undefined ? [] : ['--deployment']),
  ];
  const [one, other] = given;
  if (one === undefined || other === undefined) return;
  const why =
    deployment === undefined
      ? '--loops applies to this process only'
      : 'the nodes of a deployment are started elsewhere';
  throw new FlagError(`${one} and ${other} exclude each other`, one, `leave one out: ${why}`);
}

/**
 * The requested number of event loops; by default as many as the file's traffic needs, or one if
 * `--precision` is given.
 * @param isPrecisionGiven True if `--precision` is on the command line.
 */
export function chooseLoops(
  flags: LayoutFlags,
  scenario: LoopScenario,
  isPrecisionGiven: boolean,
): LoopChoice {
  const { loops, processes, deployment } = flags;
  const nodes = scenario.topology.hosts.length;
  if (loops !== undefined) {
    if (loops <= nodes) return { loops, repeat: loops };
    const what = nodes === 1 ? '1 node' : `${nodes} nodes`;
    throw new FlagError(
      `--loops: the topology has only ${what}, for ${loops} loops`,
      String(loops),
      `write a whole number from 1 to ${nodes}`,
    );
  }
  if (processes !== undefined || deployment !== undefined) return { loops: 1 };
  // All senders to a host of a cloud share its access link, so all nodes have to run on one loop.
  if (scenario.topology.clouds.length > 0) return { loops: 1 };
  // This scenario has so little traffic that it would get one loop even on a machine with unlimited
  // cores.
  if (defaultLoopCount(scenario, Number.POSITIVE_INFINITY) === 1) return { loops: 1 };
  const chosen = isPrecisionGiven ? 1 : defaultLoopCount(scenario, availableParallelism());
  return { loops: chosen, repeat: chosen };
}
