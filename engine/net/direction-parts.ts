/**
 * Makes the parts of a direction that its specification asks for: queue, impairments, bucket,
 * contact plan. A part whose specification is the same object is kept, with its state.
 *
 * @module
 */
import { assert } from '../core/assert.ts';
import { ContactPlan } from './contact-plan.ts';
import type { LinkDirectionContext, LinkDirectionView } from './direction-context.ts';
import { DROP_CODEL } from './drop-reasons.ts';
import { Impairments } from './impairment/impairments.ts';
import { linkDirectionProblems } from './link-check.ts';
import { LINK_DIRECTION_DEFAULTS, type LinkDirectionSpec } from './link-spec.ts';
import { LinkTokenBucket } from './link-token-bucket.ts';
import { CODEL_INTERVAL_NS, CODEL_TARGET_NS, CoDel } from './queue/codel.ts';
import { DropTail } from './queue/drop-tail.ts';
import { PriorityQueue } from './queue/priority.ts';
import type { QueueDiscipline } from './queue/queue-discipline.ts';

/** The fields of a direction whose values change with its specification. */
export interface ChangedParts {
  readonly mtu: number;
  readonly overhead: number;
  readonly bucket: LinkTokenBucket | undefined | 'unchanged';
  readonly contacts: ContactPlan | undefined | 'unchanged';
}

const INFINITE = Number.POSITIVE_INFINITY;

function queue(
  context: LinkDirectionContext,
  spec: LinkDirectionSpec,
  drop: (packet: number, reason: number) => void,
): QueueDiscipline {
  const { table, scheduler } = context;
  const wanted = spec.queue ?? {
    kind: 'drop-tail',
    limitPackets: LINK_DIRECTION_DEFAULTS.limitPackets,
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
        maxPacketBytes: wanted.maxPacketBytes ?? spec.mtu ?? LINK_DIRECTION_DEFAULTS.mtu,
        limitPackets: wanted.limitPackets ?? INFINITE,
      };
      return new CoDel(table, scheduler, options, (packet) => drop(packet, DROP_CODEL));
    }
  }
}

function rest(
  context: LinkDirectionContext,
  view: LinkDirectionView,
  old: LinkDirectionSpec | undefined,
  spec: LinkDirectionSpec,
): ChangedParts {
  const wrong = linkDirectionProblems(spec).find((problem) => problem.severity === 'error');
  assert(wrong === undefined, `link ${view.linkId}: ${wrong?.path} ${wrong?.message}`);
  const { tokenBucket, contacts } = spec;
  const isSameBucket = old !== undefined && old.tokenBucket === tokenBucket;
  const isSamePlan = old !== undefined && old.contacts === contacts;
  return {
    mtu: spec.mtu ?? LINK_DIRECTION_DEFAULTS.mtu,
    overhead: spec.overheadBytes ?? LINK_DIRECTION_DEFAULTS.overheadBytes,
    bucket: isSameBucket ? 'unchanged' : tokenBucket && new LinkTokenBucket(tokenBucket),
    contacts: isSamePlan ? 'unchanged' : contacts && new ContactPlan(contacts, context),
  };
}

/** The impairments of a direction; made once, so that their streams continue after a change. */
function impairments(context: LinkDirectionContext, view: LinkDirectionView): Impairments {
  return new Impairments({ seed: context.seed, node: `link/${view.linkId}/${view.name}` });
}

/**
 * True if packets in the pipe still arrive after the direction went down
 * (docs/spec/link-model.md#changes-while-packets-are-under-way).
 */
function keepsPipe(spec: LinkDirectionSpec): boolean {
  const byDefault = spec.contacts === undefined ? 'lost' : 'delivered';
  return (spec.inFlight ?? byDefault) === 'delivered';
}

/** Functions that make the parts of one direction from its specification, and that say whether its pipe is kept. */
export const directionPartFactories = { queue, rest, impairments, keepsPipe };
