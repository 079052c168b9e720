/**
 * Makes a search in a worker: it decides what is to be run, by the code of the command line, and has other workers run it.
 *
 * @module
 */
import { hunt, shrink } from './fault-searches.ts';
import { failureAnswer, type LabPlace } from './lab-engine.ts';
import type { LabFound } from './lab-task.ts';
import type { LabAnswer, LabSearchOrder } from './messages.ts';
import type { SearchHelp } from './search-parts.ts';
import { sweep } from './sweep.ts';

/** Makes a search. @returns the answer that ends it; never throws. */
export async function makeSearch(
  place: LabPlace,
  order: LabSearchOrder,
  help: SearchHelp,
): Promise<LabAnswer> {
  try {
    return { kind: 'found', found: await found(place, order, help) };
  } catch (error) {
    return failureAnswer(error, 0);
  }
}

function found(
  place: LabPlace,
  { task, search }: LabSearchOrder,
  help: SearchHelp,
): Promise<LabFound> {
  switch (search.kind) {
    case 'sweep':
      return sweep({ ...help, place, task, search });
    case 'hunt':
      return hunt({ ...help, place, task, search });
    case 'shrink':
      return shrink({ ...help, place, task, search });
  }
}
