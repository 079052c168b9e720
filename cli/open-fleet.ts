/**
 * Connects this process to a fleet, whose workers then make its runs.
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import { FleetExecutor } from '../runner/fleet/fleet-executor.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import type { SweepCombination } from '../runner/sweep/run-sweep.ts';
import type { ExitCode } from './exit.ts';
import { openQueue, scenarioNameForFleet } from './queue-flag.ts';

/** A fleet to which this process is connected. */
export interface FleetConnection {
  readonly fleet: FleetExecutor;
  /** Prints runs with two different results. @returns exit code 4 if there are any. */
  tellConflicts(): readonly ExitCode[];
  close(): Promise<void>;
}

/**
 * Connects to the queue of a fleet of workers.
 * @param isFresh True to make every run anew, even if the fleet has its result already.
 */
export async function connectToFleet(
  queue: QueueAddress,
  commit: string,
  isFresh: boolean,
): Promise<FleetConnection> {
  const engine = await openQueue(queue);
  const fileOf = ({ scenario }: SweepCombination): string => scenarioNameForFleet(scenario.file);
  const fleet = await FleetExecutor.open(engine, commit, { fileOf, isFresh }).catch(
    async (error: unknown) => {
      await engine.close();
      throw error;
    },
  );
  return {
    fleet,
    tellConflicts: () => tellConflicts(fleet),
    close: async (): Promise<void> => {
      fleet.close();
      await engine.close();
    },
  };
}

function tellConflicts(fleet: FleetExecutor): readonly ExitCode[] {
  const conflicts = fleet.takeConflicts();
  for (const { id, fingerprints } of conflicts) {
    const found = oneLine(fingerprints.join(', '));
    process.stderr.write(`orrery: not deterministic: ${id} has the fingerprints ${found}\n`);
  }
  return conflicts.length === 0 ? [] : [4];
}
