/**
 * Which clients a round invites, and with how many inputs it closes: it can invite more clients than needed and ignore
 * late ones (Bonawitz et al. 2019, "Towards federated learning at scale", sections 2.2 and 4.3).
 *
 * @module
 */
import { z } from 'zod';
import { shareSchema } from '../_kit/options.ts';
import { INVITED_PER_WANTED_MAX } from './geometry.ts';

/** Which clients take part in a round. */
export const clientSelectionConfig = z.union([
  z.literal('all'),
  /** A fixed number, chosen at random among those that are ready; `over` times as many are invited. */
  z.strictObject({
    /** Number of clients that a round wants, chosen at random among the ready ones. */
    fixed: z.int().min(1),
    /** Number of invited clients divided by `fixed`; absent: 1. */
    over: z.number().min(1).max(INVITED_PER_WANTED_MAX).optional(),
  }),
  /** Each client with this chance, independently of the others (Poisson sampling). */
  z.strictObject({
    /** Chance of each client to be invited, independently of the others. */
    probability: shareSchema(),
  }),
]);

/** The checked option `select`: which clients take part in a round. */
export type ClientSelection = z.output<typeof clientSelectionConfig>;

/** Subtracted before rounding up, since in doubles 1.1 times 30 is a little more than 33. */
const ROUNDING = 1e-9;

/** Number of clients that a round wants; 0 if the option fixes none. */
export function wantedClientCount(select: ClientSelection): number {
  return typeof select === 'object' && 'fixed' in select ? select.fixed : 0;
}

/** Number of clients that a round invites; 0 if the option fixes none. */
export function invitedClientCount(select: ClientSelection): number {
  const wanted = wantedClientCount(select);
  const { over = 1 } = typeof select === 'object' && 'fixed' in select ? select : {};
  return Math.ceil(wanted * over - ROUNDING);
}

/** Number of inputs at which a round stops waiting; undefined if it waits for all invited clients. */
export function countQuorumInputs({
  select,
  quorum,
}: {
  readonly select: ClientSelection;
  readonly quorum?: number | undefined;
}): number | undefined {
  if (quorum !== undefined) return quorum;
  return invitedClientCount(select) > wantedClientCount(select)
    ? wantedClientCount(select)
    : undefined;
}

/** The numbers of clients that decide whether a quorum is possible. */
export interface QuorumConditions {
  /** Number of clients of the largest round. */
  readonly invited: number;
  /** Fewest inputs of a round, or of a sum. */
  readonly minimum: number;
  /** Number of shares that open a secret; absent if nothing is hidden, or if only neighbours hold them. */
  readonly threshold?: number | undefined;
  readonly isPrivate: boolean;
  readonly hasGroups: boolean;
}

/** Why a round cannot close at a quorum, and what to write; undefined if it can. */
export function quorumProblem(
  quorum: number,
  { invited, minimum, threshold = 0, isPrivate, hasGroups }: QuorumConditions,
): { readonly message: string; readonly hint: string } | undefined {
  if (isPrivate) {
    return {
      message:
        'a round that closes at a quorum takes the fastest, and the account assumes that each client is as likely as another',
      hint: 'without over and quorum; a round may still have a deadline',
    };
  }
  if (hasGroups) {
    const hint = 'groups: none, or neither over nor quorum';
    return { message: 'a quorum of a round that has groups', hint };
  }
  if (quorum > invited) {
    const message = `a quorum of ${quorum} of ${invited} clients`;
    return { message, hint: `quorum: ${invited}, or less` };
  }
  if (quorum < minimum) {
    const message = `a quorum of ${quorum}, and ${minimum} inputs that a round needs`;
    return { message, hint: `quorum: ${minimum}, or more` };
  }
  if (quorum >= threshold) return undefined;
  const message = `a quorum of ${quorum}, and shares of ${threshold} of ${invited} clients that open what the others leave`;
  return { message, hint: 'invite fewer, or lower secureAggregation.threshold' };
}
