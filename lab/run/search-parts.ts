/**
 * The parts that a search in a worker is given.
 *
 * @module
 */
import type { LabContext } from './lab-engine.ts';
import type { LabSearch, LabStep, LabTask } from './lab-task.ts';
import type { DelegatedOrder, LabAnswer } from './messages.ts';

/** The functions by which a search uses the page. */
export interface SearchHelp {
  /** Has another worker carry out an order. */
  ask(order: DelegatedOrder): Promise<LabAnswer>;
  tell(step: LabStep): void;
}

/** The parts of a search of one kind. */
export interface SearchParts<Kind extends LabSearch['kind']> extends SearchHelp {
  readonly context: LabContext;
  readonly task: LabTask;
  readonly search: Extract<LabSearch, { kind: Kind }>;
}
