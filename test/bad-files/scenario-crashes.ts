/**
 * Bad events that crash nodes. `«` and `»` enclose the text that the caret must underline.
 *
 * @module
 */
import { event, LINK } from './parts.ts';
import type { BadFile } from './row.ts';

/** Crashes that touch nothing, or that contradict themselves. */
export const BAD_CRASHES: readonly BadFile[] = [
  {
    title: 'a crash of nobody',
    text: event('at: 5s, crash: «"gatway-*"»'),
    code: 'E124',
    says: 'events[0].crash: pattern "gatway-*" matches no node',
    hint: 'did you mean "gateway*"?',
  },
  {
    title: 'a crash of a list with a typing mistake',
    text: event('at: 5s, crash: ["gateway-*", «core-11»]'),
    code: 'E106',
    says: 'events[0].crash[1]: node "core-11" is not in net.yaml',
    hint: 'did you mean core-110?',
  },
  {
    title: 'a crash of more nodes than there are',
    text: event('at: 5s, crash: "gateway-*", count: «4»'),
    code: 'E104',
    says: 'events[0].count: 4 nodes, but crash selects only 3',
    hint: 'nodes: gateway-111, gateway-211, gateway-311',
  },
  {
    title: 'a number of nodes for a cut',
    text: event(`at: 5s, ${LINK}, set: { up: false }, «count»: 2`),
    code: 'E101',
    says: 'events[0].count: does not fit the action set',
    hint: 'it belongs to crash',
  },
  {
    title: 'random times for a partition',
    text: event(
      '«random»: { up: 5s, down: 1s }, partition: { from: [gateway-111], to: [gateway-211] }',
    ),
    code: 'E112',
    says: 'events[0].random: needs links or nodes with up and down times of their own',
    hint: 'write at or every',
  },
  {
    title: 'random times for a hop of a path in use',
    text: event(
      '«random»: { up: 5s, down: 1s }, link: { activePath: "gateway-111 -> gateway-211" }, hold: true',
    ),
    code: 'E112',
    says: 'events[0].random: needs links or nodes with up and down times of their own, and this hold',
  },
  {
    title: 'two crashes of one node by pattern',
    text: event(
      'at: 5s, crash: "gateway-*" }\n  - «{ at: 6s, for: 1s, crash: gateway-211 }',
    ).replace(/gateway-211 } }/, 'gateway-211 }»'),
    code: 'E112',
    says: 'events[1]: node is already down since 5s (line 5)',
  },
];
