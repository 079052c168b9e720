/**
 * Checks the messages of a worker before the page reads them: a user's protocol in the worker can forge messages of the
 * engine.
 *
 * @module
 */
import { SHRUNK_NAME, TRACES_BYTES_MAX } from './lab-task.ts';
import type { LabAnswer, LabOrder, LabSearchOrder } from './messages.ts';

type Order = LabOrder | LabSearchOrder;
type Parts = Readonly<Record<string, unknown>>;

/** Most runs of a plan: 256 seeds, each perhaps with a twin. */
const PLANNED_MAX = 512;
/** The kind of result of each kind of search. */
const FOUND = { sweep: 'swept', hunt: 'hunted', shrink: 'shrunk' } as const;

/** True if a message can be an answer to an order, and has the parts that the page reads. */
export function isAnswerTo(order: Order, message: unknown): message is LabAnswer {
  const said = partsOf(message);
  switch (said['kind']) {
    case 'problems':
      return isListOf(said['problems'], isProblem);
    case 'refused':
      return isEach(said, 'string', ['text']);
    default:
      return isResultOf(order, said);
  }
}

function isResultOf(order: Order, said: Parts): boolean {
  switch (`${order.kind} ${String(said['kind'])}`) {
    case 'plan planned':
      return isListOf(said['runs'], isPlanned) && (said['runs'] as []).length <= PLANNED_MAX;
    case 'run progress': {
      const isNumbers = isEach(said['progress'], 'number', ['seed', 'virtualMs', 'ofMs']);
      return isNumbers && isOfSeed(order, said['progress']);
    }
    case 'run ran': {
      const { planned, trace } = partsOf(said['done']);
      const most = order.kind === 'run' ? order.recordBytesMax : 0;
      return isOfSeed(order, planned) && isPlanned(planned) && isTrace(trace, most);
    }
    case 'judge judged':
      return isVerdict(said['verdict']);
    case 'try tried':
      return true;
    case 'search step': {
      const { of, smallest = '' } = partsOf(said['step']);
      const isCounted = isEach(said['step'], 'number', ['done']);
      return isCounted && isNullOr(of, 'number') && typeof smallest === 'string';
    }
    case 'search ask':
      return isEach(said, 'number', ['id']) && isDelegated(partsOf(said['order']));
    case 'search found':
      return order.kind === 'search' && isFound(FOUND[order.search.kind], partsOf(said['found']));
    default:
      return false;
  }
}

function isDelegated({ kind, planned, task, job }: Parts): boolean {
  if (kind === 'run') return isPlanned(planned);
  const { files } = partsOf(task);
  if (kind !== 'try' || !(files instanceof Map) || typeof job !== 'object') return false;
  const smaller: unknown = files.get(SHRUNK_NAME);
  return smaller === undefined || smaller instanceof Uint8Array;
}

function isFound(kind: string, found: Parts): boolean {
  if (found['kind'] !== kind) return false;
  const isText = (one: unknown): boolean => typeof one === 'string';
  switch (kind) {
    case 'swept': {
      const { sweep, places } = found;
      const { seeds, rows } = partsOf(sweep);
      const isRow = (row: unknown): boolean => {
        const { parameters, kpis, broke = '' } = partsOf(row);
        return isText(broke) && typeof parameters === 'object' && isListOf(kpis, isObject);
      };
      const isNumber = (one: unknown): boolean => typeof one === 'number';
      const isNamed =
        isText(found['path']) && isEach(sweep, 'string', ['name', 'question', 'reproduce']);
      return (
        isNamed &&
        [seeds, places].every((list) => isListOf(list, isNumber)) &&
        isListOf(rows, isRow)
      );
    }
    case 'hunted': {
      const isBreak = (one: unknown): boolean => {
        const { found: what, attempt } = partsOf(one);
        return isObject(attempt) && isEach(what, 'string', ['kind', 'place', 'text']);
      };
      const isCounted = isEach(found, 'number', ['tried', 'reached', 'lastNew']);
      const areBreaks = isListOf(found['breaks'], isBreak) && isListOf(found['known'], isText);
      return isCounted && areBreaks && isText(found['command']);
    }
    default:
      return isText(found['left']) && isNullOr(found['text'], 'string');
  }
}

function isPlanned(planned: unknown): boolean {
  const { isTwin, overrides } = partsOf(planned);
  return isEach(planned, 'number', ['seed']) && typeof isTwin === 'boolean' && isObject(overrides);
}

function isOfSeed(order: Order, said: unknown): boolean {
  return order.kind === 'run' && partsOf(said)['seed'] === order.planned.seed;
}

function isVerdict(verdict: unknown): boolean {
  const { seeds } = partsOf(verdict);
  const isSeed = (one: unknown): boolean =>
    isEach(one, 'number', ['seed']) && isTrace(partsOf(one)['trace'], TRACES_BYTES_MAX);
  return isEach(verdict, 'string', ['report', 'html', 'junit']) && isListOf(seeds, isSeed);
}

function isTrace(trace: unknown, most: number): boolean {
  return trace === null || (trace instanceof Uint8Array && trace.length <= most);
}

function isProblem(problem: unknown): boolean {
  const { hint } = partsOf(problem);
  const isText = isEach(problem, 'string', ['file', 'text']);
  const isPlace = isEach(problem, 'number', ['line', 'column', 'endColumn']);
  return isText && isPlace && isNullOr(hint, 'string');
}

function isNullOr(value: unknown, type: 'number' | 'string'): boolean {
  return value === null || typeof value === type;
}

function isListOf(list: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(isOne);
}

function isEach(value: unknown, type: 'number' | 'string', names: readonly string[]): boolean {
  const parts = partsOf(value);
  return names.every((name) => typeof parts[name] === type);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function partsOf(value: unknown): Parts {
  return isObject(value) ? (value as Parts) : {};
}
