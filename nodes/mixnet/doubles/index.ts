/**
 * DEFECTIVE DOUBLES, never for traffic: wrong variants of the protocol. A scenario that runs one misses a limit, which
 * proves that the limit can fail.
 *
 * @module
 */
import { type ArrivalOutcome, type Behaviour, CORRECT_BEHAVIOUR } from '../behaviour.ts';
import type { ClientOptions, DeliveredLog } from '../client/index.ts';
import type { MixnetOptions } from '../config.ts';
import type { TagGuard } from '../replay/index.ts';

/** One packet or message in this many is lost. */
const LOST_EACH = 10;

type Word = NonNullable<MixnetOptions['double']>;
type ClientWord = NonNullable<ClientOptions['double']>;

/** Takes every tag for new. */
const UNGUARDED: TagGuard = {
  enter: (_tag, onSynced) => {
    onSynced();
    return undefined;
  },
  retire: () => undefined,
};

/** Forgets on restart what it delivered. */
const UNRECORDED: DeliveredLog = {
  reload: () => [],
  add: (_name, done) => done(),
  expire: () => undefined,
};

/** Defects by the word of the option `double` of a node. */
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

/** Defects by the word of the option `client.double`. */
const OF_CLIENTS: Readonly<Record<ClientWord, Partial<Behaviour>>> = {
  chatty: { sendsAtOnce: true },
  wayward: { openNeighbours: () => undefined },
  forgetful: { deliveries: () => UNRECORDED },
};

/** Doubles of nodes and of clients, by word. */
export const DOUBLES: Readonly<Record<string, Partial<Behaviour>>> = { ...OF_CLIENTS, ...OF_NODES };

/** What a node with these options does. */
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

/** True at the first call, and at every n-th after it. */
function oneIn(n: number): () => boolean {
  let calls = 0;
  return () => calls++ % n === 0;
}
