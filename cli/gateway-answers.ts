/**
 * What a running gateway answers to its operator, reduced to the parts that are printed.
 *
 * @module
 */
import { z } from 'zod';

const path = z.object({
  name: z.string(),
  health: z.string(),
  rttNs: z.number(),
  loss: z.number(),
  measuredAgoNs: z.number(),
  source: z.string().default('unknown'),
  sourceAgeNs: z.number().default(-1),
  isRevoked: z.boolean().default(false),
});
const peer = z.object({
  name: z.string(),
  isdAs: z.string(),
  inUse: z.string().optional(),
  why: z.string().optional(),
  lastSwitch: z
    .object({
      agoNs: z.number(),
      from: z.string().optional(),
      to: z.string().optional(),
      isFault: z.boolean(),
      why: z.string(),
    })
    .optional(),
  session: z.object({ epoch: z.number().optional(), ageNs: z.number().optional() }),
});
/** The part of a gateway's answer to `status` that is printed. */
export const statusSchema = z.object({
  reasons: z.array(z.string()),
  warnings: z.array(z.string()),
  peers: z.array(peer.extend({ paths: z.array(path) })),
});
/** The part of a gateway's answer to `explain` that is printed. */
export const decisionSchema = peer.extend({
  /** Present if the question named an IP address. */
  address: z.string().optional(),
  whyPeer: z.string().default(''),
  classes: z
    .array(
      z.object({
        name: z.string(),
        keys: z.array(z.string()),
        path: z.string().optional(),
        why: z.string(),
      }),
    )
    .default([]),
  reasons: z.array(z.string()),
  warnings: z.array(z.string()),
  search: z.object({ combined: z.number(), revoked: z.number(), excluded: z.number() }),
  strategy: z.string(),
  candidates: z.array(
    path.extend({
      isInUse: z.boolean(),
      score: z.number(),
      share: z.number(),
      why: z.string(),
    }),
  ),
});

/** A gateway's answer to `status`. */
export type GatewayStatus = z.output<typeof statusSchema>;
/** A gateway's answer to `explain`. */
export type PathDecision = z.output<typeof decisionSchema>;
/** A peer, as both answers state it. */
export type PrintedPeer = z.output<typeof peer>;
/** A path, as both answers state it. */
export type PrintedPath = z.output<typeof path>;
