/**
 * SCION control service: the options of a hostile AS.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../../_kit/options.ts';
import { TICK_NS } from '../geometry.ts';

/** The kinds of messages that a hostile AS sends to its neighbours. */
export const CONTROL_ATTACK_KINDS = {
  expired: 'beacons that began a day ago',
  'false-signature': 'beacons with a false signature',
  'lying-registration': 'segments that the neighbour has never made',
  replayed: 'the first beacon again and again',
  spliced: 'beacons from which the entry of an AS was cut',
} as const;

/** A kind of message that a hostile AS sends. */
export type ControlAttackKind = keyof typeof CONTROL_ATTACK_KINDS;

const KINDS = Object.keys(CONTROL_ATTACK_KINDS) as [ControlAttackKind, ...ControlAttackKind[]];

/** Schema of the options of a hostile AS. */
export const attackConfig = z.strictObject({
  /** The kinds of messages that the hostile AS sends. */
  kinds: z.array(z.enum(KINDS)).max(KINDS.length).default(KINDS),
  /** Time between two messages of one kind over one interface. */
  every: durationNsSchema()
    .refine((ns) => ns >= TICK_NS, { message: 'is less than 500ms' })
    .default(2 * TICK_NS),
});

/** The checked options of a hostile AS. */
export type AttackOptions = z.output<typeof attackConfig>;
