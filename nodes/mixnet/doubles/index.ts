/**
 * DEFECTIVE DOUBLES, never for real traffic: wrong variants of the protocol. A scenario that runs
 * such a double misses a limit, which proves that the limit can fail.
 *
 * @module
 */
import { type ArrivalOutcome, type Behaviour, CORRECT_BEHAVIOUR } from '../behaviour.ts';
import type { ClientOptions, DeliveredLog } from '../client/index.ts';
import type { MixnetOptions } from '../config.ts';
import type { TagGuard } from '../replay/index.ts';

/** A defective node loses one packet or message out of this many. */
const LOST_EACH = 10;

type Word = NonNullable<MixnetOptions['double']>;
type ClientWord = NonNullable<ClientOptions['double']>;

/** A replay guard that considers every tag new. */
const UNGUARDED: TagGuard = {
  enter: (_tag, onSynced) => {
    onSynced();
    return undefined;
  },
  retire: () => undefined,
};

/** A log that remembers no delivered message after a restart. */
const UNRECORDED: DeliveredLog = {
  reload: () => [],
  add: (_name, done) => done(),
  expire: () => undefined,
};

/** The defect for each value of the option `double` of a node. */
const OF_NODES: Readonly<Record<Word, Partial<Behaviour>>> = {
  forgetful: { replays: () => UNGUARDED },
  lossy: { arrivals: () => losing('refused') },
  swallowing: { arrivals: () => losing('vanishes'), spools: ninetenths },
  eager: { delayFactor: 0.5 },
  hasty: { delayFactor: 0.9 },
  late: { delayFactor: 1.5 },
  silent: { provesDelays: false },
  unpadded: { framesOf: (waiting) => waiting },
  partisan: { provedEpoch: (epoch) => epoch + 1 },
  credulous: { checkProofs: () => undefined },
};

/** The defect for each value of the option `client.double`. */
const OF_CLIENTS: Readonly<Record<ClientWord, Partial<Behaviour>>> = {
  chatty: { sendsAtOnce: true },
  wayward: { openNeighbours: () => undefined },
  forgetful: { deliveries: () => UNRECORDED },
};

/**
 * The defect for each value of the options `double` and `client.double`. Both options have a value
 * `forgetful`; this table has the defect of the option `double`.
 */
export const DEFECTS_BY_DOUBLE: Readonly<Record<string, Partial<Behaviour>>> = {
  ...OF_CLIENTS,
  ...OF_NODES,
};

/** Returns the behaviour of a node with these options. */
export function behaviourOf({ double, client }: MixnetOptions): Behaviour {
  return {
    ...CORRECT_BEHAVIOUR,
    ...(double && OF_NODES[double]),
    ...(client.double && OF_CLIENTS[client.double]),
  };
}

function losing(how: ArrivalOutcome): () => ArrivalOutcome {
  const isLost = oneIn(LOST_EACH);
  return () => (isLost() ? how : 'taken');
}

function ninetenths(): () => boolean {
  const isLost = oneIn(LOST_EACH);
  return () => !isLost();
}

/** Returns a function that is true at its first call, and at every n-th call after that. */
function oneIn(n: number): () => boolean {
  let calls = 0;
  return () => calls++ % n === 0;
}
