/**
 * Navigator: classes of messages, which say what matters to a message.
 *
 * @module
 */
import type { WayWishes } from '../_kit/way-chooser.ts';
import type { WeightingName } from './weighting.ts';

/** The classes of messages. */
export const MESSAGE_CLASSES = ['realtime', 'bulk', 'private', 'tolerant'] as const;
/** One of {@link MESSAGE_CLASSES}. */
export type MessageClass = (typeof MESSAGE_CLASSES)[number];

/** The weighting of each class, unless the options name one. */
export const WEIGHTING_OF_CLASS: Readonly<Record<MessageClass, WeightingName>> = {
  realtime: 'real-time',
  bulk: 'balanced',
  private: 'privacy',
  tolerant: 'energy',
};

/** Lowest priority of messages that are in a hurry. */
const REALTIME_PRIORITY = 2;

/** The class of a message, by what its sender wishes; `tolerant` for a packet without messages. */
export function classOfWishes(wishes: WayWishes | undefined): MessageClass {
  if (wishes === undefined) return 'tolerant';
  if (wishes.private === true) return 'private';
  if (wishes.priority >= REALTIME_PRIORITY) return 'realtime';
  return wishes.priority === 0 ? 'bulk' : 'tolerant';
}
