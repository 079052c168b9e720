/**
 * A page that runs what it is given, one task after the other, and sends each outcome back: so that any browser can be
 * tried, without a protocol to steer it.
 *
 * @module
 */
import { LabRunner } from '../../lab/run/lab-runner.ts';
import type { LabTask } from '../../lab/run/lab-task.ts';
import { startLabWorker } from '../../lab/run/page-data.ts';

/** A task with its name. */
export interface NamedTask extends Omit<LabTask, 'files' | 'traced'> {
  readonly name: string;
}

async function runAll(): Promise<void> {
  const runner = new LabRunner(startLabWorker, navigator.hardwareConcurrency);
  const tasks = (await (await fetch('tasks')).json()) as readonly NamedTask[];
  for (const { name, ...task } of tasks) {
    const run = runner.run({ ...task, files: new Map(), traced: false }, () => undefined);
    const outcome = await run.outcome;
    const said =
      outcome.kind === 'done'
        ? { seeds: outcome.seeds, kpis: JSON.stringify(JSON.parse(outcome.report).kpis) }
        : outcome;
    await fetch('done', { method: 'POST', body: JSON.stringify({ name, said }) });
  }
  await fetch('end', { method: 'POST', body: navigator.userAgent });
}

void runAll();
