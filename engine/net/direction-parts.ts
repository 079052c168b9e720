/**
 * Makes the parts of a direction that its specification asks for: queue, impairments, bucket,
 * contact plan. A part whose specification is the same object is kept, with its state.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import { ContactPlan } from './contact-plan.ts';
import type { DirectionContext, DirectionView } from './direction-context.ts';
import { CODEL } from './drop-reasons.ts';
import { Impairments } from './impairment/impairments.ts';
import { checkDirection } from './link-check.ts';
import { DIRECTION_DEFAULTS, type DirectionSpec } from './link-spec.ts';
import { CODEL_INTERVAL_NS, CODEL_TARGET_NS, CoDel } from './queue/codel.ts';
import { DropTail } from './queue/drop-tail.ts';
import { PriorityQueue } from './queue/priority.ts';
import type { QueueDiscipline } from './queue/queue-discipline.ts';
import { TokenBucket } from './token-bucket.ts';

/** Parts that a changed specification replaces. */
export interface ChangedParts {
  readonly mtu: number;
  readonly overhead: number;
  readonly bucket: TokenBucket | undefined | 'unchanged';
  readonly contacts: ContactPlan | undefined | 'unchanged';
}

const INFINITE = Number.POSITIVE_INFINITY;

function queue(
  context: DirectionContext,
  spec: DirectionSpec,
  drop: (packet: number, reason: number) => void,
): QueueDiscipline {
  const { table, scheduler } = context;
  const wanted = spec.queue ?? {
    kind: 'drop-tail',
    limitPackets: DIRECTION_DEFAULTS.limitPackets,
  };
  switch (wanted.kind) {
    case 'drop-tail':
      return new DropTail(table, wanted.limitPackets ?? INFINITE, wanted.limitBytes ?? INFINITE);
    case 'priority':
      return new PriorityQueue(table, wanted.classes, wanted);
    case 'codel': {
      const options = {
        targetNs: wanted.targetNs ?? CODEL_TARGET_NS,
        intervalNs: wanted.intervalNs ?? CODEL_INTERVAL_NS,
        maxPacketBytes: wanted.maxPacketBytes ?? spec.mtu ?? DIRECTION_DEFAULTS.mtu,
        limitPackets: wanted.limitPackets ?? INFINITE,
      };
      return new CoDel(table, scheduler, options, (packet) => drop(packet, CODEL));
    }
  }
}

function rest(
  context: DirectionContext,
  view: DirectionView,
  old: DirectionSpec | undefined,
  spec: DirectionSpec,
): ChangedParts {
  const wrong = checkDirection(spec).find((problem) => problem.severity === 'error');
  assert(wrong === undefined, `link ${view.linkId}: ${wrong?.path} ${wrong?.message}`);
  const { tokenBucket, contacts } = spec;
  const isSameBucket = old !== undefined && old.tokenBucket === tokenBucket;
  const isSamePlan = old !== undefined && old.contacts === contacts;
  return {
    mtu: spec.mtu ?? DIRECTION_DEFAULTS.mtu,
    overhead: spec.overheadBytes ?? DIRECTION_DEFAULTS.overheadBytes,
    bucket: isSameBucket ? 'unchanged' : tokenBucket && new TokenBucket(tokenBucket),
    contacts: isSamePlan ? 'unchanged' : contacts && new ContactPlan(contacts, context),
  };
}

/** The impairments of a direction; made once, so that their streams continue after a change. */
function impairments(context: DirectionContext, view: DirectionView): Impairments {
  return new Impairments({ seed: context.seed, node: `link/${view.linkId}/${view.name}` });
}

/**
 * True if packets in the pipe still arrive after the direction went down
 * (docs/spec/link-model.md#changes-while-packets-are-under-way).
 */
function keepsPipe(spec: DirectionSpec): boolean {
  const byDefault = spec.contacts === undefined ? 'lost' : 'delivered';
  return (spec.inFlight ?? byDefault) === 'delivered';
}

/** The functions that make the parts. */
export const directionParts = { queue, rest, impairments, keepsPipe };
