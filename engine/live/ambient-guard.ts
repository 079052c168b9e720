/**
 * A guard on the clocks, timers and random numbers of a machine while a user's protocol runs in virtual time: a run that
 * reads them cannot be repeated. Such a call throws an error that says what to use instead. Which functions these are
 * differs between Node (clock-guard.ts) and a browser's tab.
 *
 * The engine itself may make such calls, even while a node has called the engine: the call stack, which is read only
 * during calls of nodes, shows who the caller is. Functions that were copied from their objects before the guard was
 * set are not guarded, and reads of files are not guarded either.
 *
 * @module
 */
import { type FileOwners, listStackFrameLocations, STACK_FRAMES_MAX } from './stack-locations.ts';

/** Thrown at the forbidden call, so that the report names its line. */
class AmbientInputError extends Error {
  override readonly name = 'AmbientInputError';
}

/** The run whose nodes must not make forbidden calls. */
export interface GuardedRun {
  /** True while code of a node runs. */
  readonly isNodeCode: () => boolean;
  readonly owners: Pick<FileOwners, 'isOurs' | 'isTheirs'>;
}

type Call = (...args: never[]) => unknown;

/** What nodes must use instead of ambient clocks, timers and random numbers, as text for messages. */
export const AMBIENT_REPLACEMENTS = {
  time: 'host.now(), or host.clock() for calendar time',
  chance: "host.random('purpose')",
  bytes: 'host.randomBytes(length)',
  later: 'host.after(delay, fire)',
} as const;

/** Functions to guard: their object, its name in messages, their names, and what a node should use instead. */
export type GuardedFunctions = readonly [object, string, readonly string[], string];

/** Functions to guard that every machine has. */
const EVERYWHERE: readonly GuardedFunctions[] = [
  [Math, 'Math.', ['random'], AMBIENT_REPLACEMENTS.chance],
  [performance, 'performance.', ['now'], AMBIENT_REPLACEMENTS.time],
  [globalThis, '', ['setTimeout', 'setInterval'], AMBIENT_REPLACEMENTS.later],
  [globalThis.crypto, 'crypto.', ['getRandomValues', 'randomUUID'], AMBIENT_REPLACEMENTS.bytes],
];

let run: GuardedRun | undefined;
let isSet = false;

/**
 * Installs the guard permanently in this thread, once; it rejects nothing before {@link guardRun}.
 * @param more Functions to guard besides those that every machine has.
 * @returns false if it was installed before.
 */
export function installAmbientGuard(more: readonly GuardedFunctions[]): boolean {
  if (isSet) return false;
  isSet = true;
  for (const [owner, prefix, names, instead] of [...EVERYWHERE, ...more]) {
    for (const name of names) guardFunction(owner, name, { call: `${prefix}${name}()`, instead });
  }
  guardDate();
  return true;
}

/**
 * Keeps the nodes of a run from reading this machine's clocks and random numbers.
 * @returns a function that ends the guard of this run; the run that was guarded before, if any, is then guarded again.
 */
export function guardRun(guarded: GuardedRun): () => void {
  const outer = run;
  run = guarded;
  return (): void => {
    run = outer;
  };
}

interface Forbidden {
  readonly call: string;
  readonly instead: string;
}

function guardFunction(owner: object, name: string, forbidden: Forbidden): void {
  const original = Reflect.get(owner, name) as Call | undefined;
  const isFixed = Object.getOwnPropertyDescriptor(owner, name)?.configurable === false;
  if (original === undefined || isFixed) return;
  const guarded = function (this: unknown, ...args: never[]): unknown {
    if (run?.isNodeCode() === true) refuse(forbidden, guarded);
    return Reflect.apply(original, this ?? owner, args);
  };
  // Copies properties of the function, such as hrtime.bigint and the promises of timers.
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
  Object.defineProperty(owner, name, { value: guarded, configurable: true, writable: true });
}

/** Guards `Date`: making a date from given numbers is allowed, but reading the present date is refused. */
function guardDate(): void {
  guardFunction(Date, 'now', { call: 'Date.now()', instead: AMBIENT_REPLACEMENTS.time });
  const original = Date;
  const construct = (target: DateConstructor, args: [], newTarget: object): object => {
    if (args.length === 0 && run?.isNodeCode() === true) {
      refuse({ call: 'new Date()', instead: AMBIENT_REPLACEMENTS.time }, construct as Call);
    }
    const made = newTarget === globalThis.Date ? target : newTarget;
    return Reflect.construct(target, args, made as typeof Date) as object;
  };
  const apply = (target: DateConstructor): string => {
    if (run?.isNodeCode() === true) {
      refuse({ call: 'Date()', instead: AMBIENT_REPLACEMENTS.time }, apply as Call);
    }
    return target();
  };
  globalThis.Date = new Proxy(original, { construct, apply });
}

/** Throws if the caller is the code of a user's protocol. @param guard The function that the caller has called. */
function refuse({ call, instead }: Forbidden, guard: Call): void {
  const kept = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  const error = new AmbientInputError(
    `${call} is not the same in every run: in virtual time use ${instead}`,
  );
  Error.captureStackTrace(error, guard);
  Error.stackTraceLimit = kept;
  const caller = listStackFrameLocations(error.stack ?? '').find(
    ({ file }) => run?.owners.isOurs(file) || run?.owners.isTheirs(file),
  );
  if (caller !== undefined && run?.owners.isTheirs(caller.file) === true) throw error;
}
