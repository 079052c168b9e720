/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import {
  type BulkBehaviour,
  type BulkStore,
  CORRECT_BEHAVIOUR,
  type ReceivedPacketHandler,
} from '../behaviour.ts';
import type { BulkOptions } from '../config.ts';

/** A defective node damages or loses one of every `DEFECTIVE_EACH` packets. */
const DEFECTIVE_EACH = 100;
/** Delay after which a defective node handles a `flush`, ns. */
const LATE_NS = 16_000_000_000;

type Word = NonNullable<BulkOptions['double']>;

/** For each value of the option `double`, what that deliberately defective variant does wrong. */
export const DEFECTS_BY_DOUBLE: Readonly<Record<Word, Partial<BulkBehaviour>>> = {
  flip: {
    deliver: (next) => {
      const isDefective = oneIn(DEFECTIVE_EACH);
      return (peer, packet) => {
        if (isDefective()) packet[0] = (packet[0] ?? 0) ^ 1;
        next(peer, packet);
      };
    },
  },
  mute: { flush: () => undefined },
  late: { flush: (answer, after) => after(LATE_NS, answer) },
  forgetful: { inbox: forgotten },
  careless: { outbox: forgotten },
  swallowing: {
    handOver: (next): ReceivedPacketHandler => {
      const isDefective = oneIn(DEFECTIVE_EACH);
      return (peer, packet) => {
        if (!isDefective()) next(peer, packet);
      };
    },
  },
};

/** The behaviour of a node with these options: the correct one, unless they name a double. */
export function behaviourOf({ double }: BulkOptions): BulkBehaviour {
  return double === undefined
    ? CORRECT_BEHAVIOUR
    : { ...CORRECT_BEHAVIOUR, ...DEFECTS_BY_DOUBLE[double] };
}

/** A store in which nothing is found again after a restart. */
function forgotten(store: BulkStore): BulkStore {
  return {
    get: (): undefined => undefined,
    put: (key, value) => store.put(key, value),
    sync: (done) => store.sync(done),
  };
}

/** Makes a function that returns true at every n-th call. */
function oneIn(n: number): () => boolean {
  let calls = 0;
  return () => {
    calls += 1;
    return calls % n === 0;
  };
}
