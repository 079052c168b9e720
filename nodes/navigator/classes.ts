/**
 * Navigator: classes of messages; the class of a message says which properties of a way matter to
 * it.
 *
 * @module
 */
import type { WayWishes } from '../_kit/way-chooser.ts';
import type { WeightingName } from './weighting.ts';

/** The classes of messages. */
export const MESSAGE_CLASSES = ['realtime', 'bulk', 'private', 'tolerant'] as const;
/** One of {@link MESSAGE_CLASSES}. */
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/** For each class, the weighting that is used unless the options name one. */
export const WEIGHTING_OF_CLASS: Readonly<Record<MessageClass, WeightingName>> = {
  realtime: 'real-time',
  bulk: 'balanced',
  private: 'privacy',
  tolerant: 'energy',
};

/** Messages of this priority or a higher one are in the class `realtime`. */
const REALTIME_PRIORITY = 2;

/**
 * The class of a message, from the wishes of its sender; `tolerant` for a packet without messages.
 */
export function classOfWishes(wishes: WayWishes | undefined): MessageClass {
  if (wishes === undefined) return 'tolerant';
  if (wishes.private === true) return 'private';
  if (wishes.priority >= REALTIME_PRIORITY) return 'realtime';
  return wishes.priority === 0 ? 'bulk' : 'tolerant';
}
