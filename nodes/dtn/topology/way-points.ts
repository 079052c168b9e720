/**
 * Walks of nodes from files of other programs, and when two of them meet. A walk is a list of legs
 * without gaps from time 0 on; after the last one its node rests.
 *
 * @module
 */
import { z } from 'zod';
import type { ImportResult } from '../../../engine/host/importer.ts';
import { bitsPerSecondSchema, durationNsSchema, metresSchema } from '../../_kit/options.ts';
import { nodeNamePrefixParameter } from './contact-list.ts';
import {
  buildMeetingNetwork,
  eachNodePair,
  LONGEST_RUN_NS,
  MEETING_NODES_MAX,
  type MeetingPair,
} from './meeting-network.ts';
import { meetingsOfWalks, type WalkLeg } from './walk-meetings.ts';

const NS_PER_S = 1e9;
/**
 * Largest product of the number of legs of all walks and the number of nodes: each leg is compared
 * with the legs of every other node.
 */
const COMPARED_MAX = 200_000_000;
const FARTHEST_M = 1e9;
const MEETINGS_MAX = 2_000_000;

/** The parameters of importers of walks. */
export const walkImportParameters = z.strictObject({
  prefix: nodeNamePrefixParameter,
  range: metresSchema()
    .refine((m) => m > 0, { message: 'is 0' })
    .default(100)
    .meta({ description: 'Distance up to which two nodes are linked. Default 100m.' }),
  rate: bitsPerSecondSchema()
    .refine((bps) => bps > 0, { message: 'is 0' })
    .default(1e6)
    .meta({ description: 'Rate of each link; movements have none. Default 1Mbit/s.' }),
  delay: durationNsSchema()
    .default(0)
    .meta({ description: 'One-way delay of each link. Default 0s.' }),
  until: durationNsSchema()
    .refine((ns) => ns > 0 && ns <= LONGEST_RUN_NS, { message: 'is not between 1 ns and 104 days' })
    .optional()
    .meta({ description: 'End of the last meetings. Default: the last instant of the file.' }),
});

/** Parameters of an importer of walks. */
export type WalkImportParameters = z.output<typeof walkImportParameters>;

/** The message about a position that cannot be read. */
export const BAD_POSITION_MESSAGE: string = 'the place is not two numbers of metres, up to 1e9';

/** Latest instant of a way point, s. */
export const LATEST_WAY_POINT_S = 8.9e6;

/** True if both coordinates, in metres, are within {@link FARTHEST_M}. */
export function isValidPosition(x: number, y: number): boolean {
  return Math.abs(x) <= FARTHEST_M && Math.abs(y) <= FARTHEST_M;
}

/** The walk of one node, leg by leg. */
export class Walk {
  readonly legs: WalkLeg[] = [];
  /** The place and the instant at which the last leg ends. */
  #at = 0;
  #x: number;
  #y: number;

  constructor(x: number, y: number) {
    this.#x = x;
    this.#y = y;
  }

  /** The last instant of the walk, s. */
  get endS(): number {
    return this.#at;
  }

  /** Adds a rest until an instant. If the last leg would end later, cuts it at that instant. */
  restUntil(seconds: number): void {
    if (seconds < this.#at) this.#cut(seconds);
    else this.#add(seconds, this.#x, this.#y);
  }

  /** Adds a leg straight to a place. */
  goTo(x: number, y: number, arrival: number): void {
    this.#add(arrival, x, y);
  }

  /** Distance from the end of the last leg to a position, m. */
  distanceTo(x: number, y: number): number {
    return Math.sqrt((x - this.#x) * (x - this.#x) + (y - this.#y) * (y - this.#y));
  }

  /** The legs, followed by a rest that lasts for ever. */
  finish(): readonly WalkLeg[] {
    const rest = { start: this.#at, end: Number.POSITIVE_INFINITY, x: this.#x, y: this.#y };
    return [...this.legs, { ...rest, dx: 0, dy: 0 }];
  }

  #add(end: number, x: number, y: number): void {
    const duration = end - this.#at;
    if (duration > 0) {
      const [dx, dy] = [(x - this.#x) / duration, (y - this.#y) / duration];
      this.legs.push({ start: this.#at, end, x: this.#x, y: this.#y, dx, dy });
    }
    this.#at = end;
    this.#x = x;
    this.#y = y;
  }

  #cut(end: number): void {
    const last = this.legs.pop();
    if (last === undefined) return;
    const { start, x, y, dx, dy } = last;
    this.#at = start;
    this.#x = x;
    this.#y = y;
    this.#add(end, x + dx * (end - start), y + dy * (end - start));
  }
}

/** Makes the network of some walks, or returns the mistakes in them. */
export function networkOfWalks(
  walks: ReadonlyMap<string, Walk>,
  parameters: WalkImportParameters,
  warnings: readonly string[],
): ImportResult {
  const all = [...walks.values()].map((walk) => walk.finish());
  const names = [...walks.keys()].map((id) => `${parameters.prefix}${id}`);
  const lastS = [...walks.values()].reduce((last, { endS }) => Math.max(last, endS), 0);
  const until = parameters.until ?? Math.min(LONGEST_RUN_NS, Math.round(lastS * NS_PER_S));
  const excess = tooMuch(all, until);
  if (excess !== undefined) return wrong(excess);
  const pairs: MeetingPair[] = [];
  let count = 0;
  for (const [a, b] of eachNodePair(names.length)) {
    const limits = { range: parameters.range, until };
    const meetings = meetingsOfWalks(all[a] ?? [], all[b] ?? [], limits);
    count += meetings.length;
    if (count > MEETINGS_MAX) return wrong(`more than ${MEETINGS_MAX} meetings`);
    pairs.push({ ends: [names[a] ?? '', names[b] ?? ''], meetings });
  }
  const nodes = names.map((name) => ({ name }));
  const topology = buildMeetingNetwork(nodes, pairs, parameters);
  const alone = count === 0 ? [`no two nodes come within ${parameters.range} m`] : [];
  return { kind: 'network', topology, warnings: [...warnings, ...alone] };
}

/** Says, before walks are compared, which limit they exceed, if any. */
function tooMuch(all: readonly (readonly WalkLeg[])[], until: number): string | undefined {
  const legs = all.reduce((sum, { length }) => sum + length, 0);
  if (all.length > MEETING_NODES_MAX)
    return `${all.length} nodes, the limit is ${MEETING_NODES_MAX}`;
  if (legs * all.length > COMPARED_MAX) {
    return `${all.length} nodes with ${legs} ways, the limit is ${COMPARED_MAX} of both together`;
  }
  return until === 0 ? 'nothing moves, expected until: in the topology' : undefined;
}

function wrong(message: string): ImportResult {
  return { kind: 'mistakes', mistakes: [{ start: 0, end: 1, message }] };
}
