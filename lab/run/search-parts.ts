/**
 * What a search in a worker is given.
 *
 * @module
 */
import type { LabPlace } from './lab-engine.ts';
import type { LabSearch, LabStep, LabTask } from './lab-task.ts';
import type { LabAnswer, LentOrder } from './messages.ts';

/** What a search asks of the page. */
export interface SearchHelp {
  /** Has another worker carry out an order. */
  ask(order: LentOrder): Promise<LabAnswer>;
  tell(step: LabStep): void;
}

/** What a search of one kind is given. */
export interface SearchParts<Kind extends LabSearch['kind']> extends SearchHelp {
  readonly place: LabPlace;
  readonly task: LabTask;
  readonly search: Extract<LabSearch, { kind: Kind }>;
}
