/**
 * Leads a search in a worker: decides which runs to make, by the code of the command line, and has other workers make
 * them.
 *
 * @module
 */
import { hunt, shrink } from './fault-searches.ts';
import { failureAnswer, type LabContext } from './lab-engine.ts';
import type { LabFound } from './lab-task.ts';
import type { LabAnswer, LabSearchOrder } from './messages.ts';
import type { SearchHelp } from './search-parts.ts';
import { sweep } from './sweep.ts';

/** Makes a search. @returns the answer that ends it; never throws. */
export async function makeSearch(
  context: LabContext,
  order: LabSearchOrder,
  help: SearchHelp,
): Promise<LabAnswer> {
  try {
    return { kind: 'found', found: await found(context, order, help) };
  } catch (error) {
    return failureAnswer(error, 0);
  }
}

function found(
  context: LabContext,
  { task, search }: LabSearchOrder,
  help: SearchHelp,
): Promise<LabFound> {
  switch (search.kind) {
    case 'sweep':
      return sweep({ ...help, context, task, search });
    case 'hunt':
      return hunt({ ...help, context, task, search });
    case 'shrink':
      return shrink({ ...help, context, task, search });
  }
}
