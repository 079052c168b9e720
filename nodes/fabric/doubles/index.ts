/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { NAVIGATOR_DEFECTS_BY_DOUBLE } from '../../navigator/index.ts';
import { type Behaviour, CORRECT_BEHAVIOUR } from '../behaviour.ts';
import type { FabricOptions } from '../config.ts';
import type { Outbox } from '../outgoing/outbox.ts';

const NS_PER_MS = 1_000_000;
/** Two more time-outs than a correct node waits for; each lasts twice as long as the one before. */
const PATIENT_TIMEOUTS = 5;

type Word = NonNullable<FabricOptions['double']>;

/** For each value of the option `double`, what that deliberately defective variant does wrong. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, Partial<Behaviour>>> = {
  'by-millisecond': { handoverRule: firstOfMillisecond },
  forgetful: { remembersHandled: false },
  'silent-fallback': {
    beforeSending: (way, outbox) => {
      if (way > 0) pretend(outbox);
    },
  },
  'fixed-window': { isFixedWindow: true },
  'resend-all': { lost: (message) => message.repeat() },
  'own-tally': { yesOf: (yes) => yes + 1 },
  ...NAVIGATOR_DEFECTS_BY_DOUBLE,
  patient: { isLost: ({ timeouts }) => timeouts >= PATIENT_TIMEOUTS },
};

/** The behaviour of a node with these options: correct, or that of its double. */
export function behaviourOf({ double }: Pick<FabricOptions, 'double'>): Behaviour {
  return double === undefined
    ? CORRECT_BEHAVIOUR
    : { ...CORRECT_BEHAVIOUR, ...DEFECTS_BY_DOUBLE[double] };
}

/** A rule that is true for the first message of each millisecond only. */
function firstOfMillisecond(): (now: Nanoseconds) => boolean {
  let lastMs = -1;
  return (now) => {
    const ms = Math.floor(now / NS_PER_MS);
    const isFirst = ms !== lastMs;
    lastMs = ms;
    return isFirst;
  };
}

/** Marks messages as sent without sending them. */
function pretend(outbox: Outbox<unknown>): void {
  for (let message = outbox.next(); message !== undefined; message = outbox.next()) {
    message.entrusted(0, message.bytes.length);
    message.sentEnd = message.bytes.length;
  }
}
