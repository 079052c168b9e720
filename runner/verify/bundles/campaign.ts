/**
 * Sends many messages among real agents that meet by chance and have stores of limited size.
 *
 * @module
 */
import type { DrawBelow } from '../../../engine/host/generator.ts';
import { dtnConfig } from '../../../nodes/dtn/index.ts';
import { drawExponentialTime, nodeNamesAndPairs } from './chance.ts';
import type { RouterName } from './delay-chains.ts';
import { MeetingAgents } from './meetings.ts';

const NS_PER_S = 1_000_000_000;
const NODES = 10;
const EVERY_SECONDS = 3_600;
const MESSAGES = 400;
/** Mean time between two messages, s. */
const GAP_SECONDS = 60;
const LIFETIME_SECONDS = 3_600;
const COPIES = 4;
const BYTES = 100;

/** The router, and the settings of a network that are varied. */
export interface RouterTrial {
  readonly router: RouterName;
  /** Largest number of bundles in a store. */
  readonly kept: number;
  /** See {@link MeetingAgents.everyLost}. */
  readonly everyLost?: number;
  /** See {@link MeetingAgents.everySwapped}. */
  readonly everySwapped?: number;
}

/** The fates of the messages of a trial, as counts. */
export interface RouterTrialResult {
  readonly accepted: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly held: number;
  /** Deliveries of messages that had been delivered before. */
  readonly doubled: number;
}

/** Sends messages and lets nodes meet. Messages and meetings are the same for every router. */
export function runRouterTrial(
  { router, kept, everyLost = 0, everySwapped = 0 }: RouterTrial,
  draw: DrawBelow,
): RouterTrialResult {
  const { names, pairs } = nodeNamesAndPairs(NODES);
  const { store } = dtnConfig.parse({});
  const options = {
    ...{ router, copies: COPIES, lifetime: LIFETIME_SECONDS * NS_PER_S },
    store: { ...store, bundles: kept, perSource: 1 },
  };
  const net = new MeetingAgents(options, 1e12, names);
  net.everyLost = everyLost;
  net.everySwapped = everySwapped;
  const gap = (meanSeconds: number): number => drawExponentialTime(meanSeconds, draw);
  let seconds = 0;
  let nextSend = gap(GAP_SECONDS);
  let nextMeeting = gap(EVERY_SECONDS / pairs.length);
  for (let sent = 0; sent < MESSAGES; ) {
    seconds = Math.min(nextSend, nextMeeting);
    net.run(Math.max(0, Math.round(seconds * NS_PER_S) - net.now));
    if (nextSend <= nextMeeting) {
      const from = draw(NODES);
      const to = (from + 1 + draw(NODES - 1)) % NODES;
      net.send(`n${from}`, `n${to}`, BYTES);
      sent += 1;
      nextSend += gap(GAP_SECONDS);
    } else {
      const [a, b] = pairs[draw(pairs.length)] as readonly [string, string];
      net.touch(a, b);
      nextMeeting += gap(EVERY_SECONDS / pairs.length);
    }
  }
  return {
    accepted: net.accepted,
    delivered: net.delivered.length,
    dropped: net.drops.length,
    held: net.holding.reduce((sum, held) => sum + held, 0),
    doubled: net.delivered.length - new Set(net.deliveredNumbers).size,
  };
}
