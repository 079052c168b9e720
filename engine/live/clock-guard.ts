/**
 * A guard on the clocks, timers and random numbers of the system while a user's protocol runs in
 * virtual time: a run that reads them cannot be repeated. Such a call throws an error that says
 * what to use instead.
 *
 * The engine itself may make such calls, even while a node has called the engine: the call stack,
 * which is read only during calls of nodes, shows who the caller is. Functions that were copied
 * from their objects before the guard was set are not guarded, and reads of files are not guarded
 * either.
 *
 * @module
 */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
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

const TIME = 'host.now(), or host.clock() for calendar time';
const CHANCE = "host.random('purpose')";
const BYTES = 'host.randomBytes(length)';
const LATER = 'host.after(delay, fire)';

/** The guarded functions with their objects, and what a node should use instead. */
const GUARDED: readonly (readonly [object, string, readonly string[], string])[] = [
  [Math, 'Math.', ['random'], CHANCE],
  [performance, 'performance.', ['now'], TIME],
  [process, 'process.', ['hrtime', 'uptime'], TIME],
  [globalThis, '', ['setTimeout', 'setInterval', 'setImmediate'], LATER],
  [timers, '', ['setTimeout', 'setInterval', 'setImmediate'], LATER],
  [globalThis.crypto, 'crypto.', ['getRandomValues', 'randomUUID'], BYTES],
  [
    crypto,
    'crypto.',
    ['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID'],
    BYTES,
  ],
];

let run: GuardedRun | undefined;
let isSet = false;

/** Installs the guard permanently in this thread; it rejects nothing before {@link guardNodesOfRun}. */
export function installClockGuard(): void {
  if (isSet) return;
  isSet = true;
  for (const [owner, prefix, names, instead] of GUARDED) {
    for (const name of names) guardFunction(owner, name, { call: `${prefix}${name}()`, instead });
  }
  guardBigint();
  guardDate();
  syncBuiltinESMExports();
}

/**
 * Keeps the nodes of a run from reading this machine's clocks and random numbers.
 * @returns a function that ends the guard of this run; the run that was guarded before, if any, is then guarded again.
 */
export function guardNodesOfRun(guarded: GuardedRun): () => void {
  installClockGuard();
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

function guardBigint(): void {
  guardFunction(process.hrtime, 'bigint', { call: 'process.hrtime.bigint()', instead: TIME });
}

/**
 * Guards `Date`: making a date from given numbers is allowed, but reading the present date is
 * refused.
 */
function guardDate(): void {
  guardFunction(Date, 'now', { call: 'Date.now()', instead: TIME });
  const original = Date;
  globalThis.Date = new Proxy(original, {
    construct(target, args: [], newTarget: object): object {
      if (args.length === 0 && run?.isNodeCode() === true) {
        refuse({ call: 'new Date()', instead: TIME }, undefined);
      }
      const made = newTarget === globalThis.Date ? target : newTarget;
      return Reflect.construct(target, args, made as typeof Date) as object;
    },
    apply(target): string {
      if (run?.isNodeCode() === true) refuse({ call: 'Date()', instead: TIME }, undefined);
      return target();
    },
  });
}

/** Throws if the caller is the code of a user's protocol. */
function refuse({ call, instead }: Forbidden, above: Call | undefined): void {
  const kept = Error.stackTraceLimit;
  Error.stackTraceLimit = STACK_FRAMES_MAX;
  const error = new AmbientInputError(
    `${call} is not the same in every run: in virtual time use ${instead}`,
  );
  if (above !== undefined) Error.captureStackTrace(error, above);
  Error.stackTraceLimit = kept;
  const places = listStackFrameLocations(error.stack ?? '').filter(
    ({ file }) => !OWN_FILE.test(file),
  );
  const caller = places.find(({ file }) => run?.owners.isOurs(file) || run?.owners.isTheirs(file));
  if (caller !== undefined && run?.owners.isTheirs(caller.file) === true) throw error;
}

const OWN_FILE = /\/engine\/live\/clock-guard\.[jt]s$/;
