/**
 * Checks what a worker says before the page reads it: a user's protocol can send messages in the name of the engine.
 *
 * @module
 */
import type { LabAnswer, LabOrder, LabSearchOrder } from './messages.ts';

type Order = LabOrder | LabSearchOrder;
type Parts = Readonly<Record<string, unknown>>;

const ANSWERS: Readonly<Record<string, Order['kind']>> = {
  ask: 'search',
  found: 'search',
  tried: 'try',
  planned: 'plan',
  ran: 'run',
  judged: 'judge',
};

/** True if a message can be an answer to an order, and has the parts that the page reads. */
export function isAnswerTo(order: Order, message: unknown): message is LabAnswer {
  const said = partsOf(message);
  const { kind } = said;
  const belongsTo = typeof kind === 'string' && Object.hasOwn(ANSWERS, kind) ? ANSWERS[kind] : null;
  if (belongsTo !== null && belongsTo !== order.kind) return false;
  switch (kind) {
    case 'progress':
      return isEach(said['progress'], 'number', ['seed', 'virtualMs', 'ofMs']);
    case 'ask':
      return partsOf(partsOf(said['order'])['task'])['files'] instanceof Map;
    case 'found':
      return isEach(said['found'], 'string', ['kind']);
    case 'planned':
      return isListOf(said['runs'], (one) => isEach(one, 'number', ['seed']));
    case 'ran':
      return isEach(partsOf(said['done'])['planned'], 'number', ['seed']);
    case 'judged':
      return isVerdict(said['verdict']);
    case 'problems':
      return isListOf(said['problems'], isProblem);
    case 'refused':
      return isEach(said, 'string', ['text']);
    default:
      return typeof kind === 'string';
  }
}

function isVerdict(verdict: unknown): boolean {
  const { seeds } = partsOf(verdict);
  const isSeed = (one: unknown): boolean => {
    const { trace } = partsOf(one);
    return isEach(one, 'number', ['seed']) && (trace === null || trace instanceof Uint8Array);
  };
  return isEach(verdict, 'string', ['report', 'html', 'junit']) && isListOf(seeds, isSeed);
}

function isProblem(problem: unknown): boolean {
  const { hint } = partsOf(problem);
  const isText = isEach(problem, 'string', ['file', 'text']);
  const isPlace = isEach(problem, 'number', ['line', 'column', 'endColumn']);
  return isText && isPlace && (hint === null || typeof hint === 'string');
}

function isListOf(list: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(isOne);
}

function isEach(value: unknown, type: 'number' | 'string', names: readonly string[]): boolean {
  const parts = partsOf(value);
  return names.every((name) => typeof parts[name] === type);
}

function partsOf(value: unknown): Parts {
  return typeof value === 'object' && value !== null ? (value as Parts) : {};
}
