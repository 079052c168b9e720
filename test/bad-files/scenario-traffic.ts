/**
 * Bad entries of `traffic`. `«` and `»` enclose the text that the caret must underline.
 *
 * @module
 */
import { PAIR, traffic } from './parts.ts';
import type { BadFile } from './row.ts';

const STEADY = 'kind: constant, rate: 1/s';

/** Pairs that cannot be drawn, and packets that are too long. */
export const BAD_TRAFFIC: readonly BadFile[] = [
  {
    title: 'a flow without a source',
    text: traffic(`to: gateway-211, ${STEADY}`).replace('{ to', '«{ to').replace('/s }', '/s }»'),
    code: 'E121',
    says: 'traffic[0].from: missing, expected the name of a node',
    hint: 'write from and to, or pairs and among',
  },
  {
    title: 'pairs among nobody',
    text: traffic(`pairs: 2, among: «"gatway-*"», ${STEADY}`),
    code: 'E124',
    says: 'traffic[0].among: pattern "gatway-*" matches no node',
    hint: 'did you mean "gateway*"? nodes: gateway-111, gateway-211, core-110, … 2 more',
  },
  {
    title: 'pairs among a node with a typing mistake',
    text: traffic(`pairs: 2, among: [gateway-111, «gateway-112»], ${STEADY}`),
    code: 'E106',
    says: 'traffic[0].among[1]: node "gateway-112" is not in net.yaml',
    hint: 'did you mean gateway-111?',
  },
  {
    title: 'pairs and a source',
    text: traffic(`from: gateway-111, «pairs»: 2, among: "gateway-*", ${STEADY}`),
    code: 'E112',
    says: 'traffic[0].pairs: from and pairs are in one entry',
    hint: 'write two entries',
  },
  {
    title: 'pairs without nodes',
    text: traffic(`pairs: 2, ${STEADY}`).replace('{ pairs', '«{ pairs').replace('/s }', '/s }»'),
    code: 'E121',
    says: 'traffic[0].among: missing, expected a pattern of nodes such as "bus-*"',
  },
  {
    title: 'nodes without a number of pairs',
    text: traffic(`among: "gateway-*", ${STEADY}`)
      .replace('{ among', '«{ among')
      .replace('/s }', '/s }»'),
    code: 'E121',
    says: 'traffic[0].pairs: missing, expected a number of pairs such as 30',
  },
  {
    title: 'no pair at all',
    text: traffic(`pairs: «0», among: "gateway-*", ${STEADY}`),
    code: 'E104',
    says: 'traffic[0].pairs: 0 is below the minimum 1',
  },
  {
    title: 'more pairs than there are',
    text: traffic(`pairs: «3», among: [gateway-111, gateway-211], ${STEADY}`),
    code: 'E104',
    says: 'traffic[0].pairs: 3 pairs, but 2 nodes have only 2',
    hint: 'a pair is drawn once, and a -> b is not b -> a',
  },
  {
    title: 'pairs of one node',
    text: traffic(`pairs: «1», among: gateway-111, ${STEADY}`),
    code: 'E104',
    says: 'traffic[0].pairs: 1 pairs, but 1 node has only 0',
  },
  {
    title: 'pairs of nodes that do not reach each other',
    text: traffic(`pairs: 2, among: «"gateway-*"», ${STEADY}`),
    code: 'E123',
    says: 'traffic[0].among: there is no path from gateway-111 to gateway-311',
  },
  {
    title: 'pairs of nodes with different protocols',
    text: traffic(`pairs: 2, among: «[gateway-111, core-110]», ${STEADY}`),
    code: 'E127',
    says: 'traffic[0].among: core-110 does not run gateway, which sends the packets of gateway-111',
    hint: 'core-110 runs scion',
  },
  {
    title: 'a packet longer than any buffer',
    text: traffic(`${PAIR}, ${STEADY}, size: «65537B»`),
    code: 'E104',
    says: 'traffic[0].size: 65537 B is above 65536 B, a buffer, and gateway does not say',
    hint: 'use a smaller size',
  },
  {
    title: 'a response longer than any buffer',
    text: traffic(`${PAIR}, kind: request-response, rate: 1/s, response: «1MiB»`),
    code: 'E104',
    says: 'traffic[0].response: 1048576 B is above 65536 B, a buffer',
  },
  {
    title: 'a packet of more than 16 MiB',
    text: traffic(`${PAIR}, ${STEADY}, size: «17MiB»`),
    code: 'E104',
    says: 'traffic[0].size: 17MiB is above the maximum 16MiB',
  },
  {
    title: 'a priority with a typing mistake',
    text: traffic(`${PAIR}, ${STEADY}, priority: «expedite»`),
    code: 'E104',
    says: 'traffic[0].priority: "expedite" is not known, expected one of bulk, normal, expedited',
    hint: 'did you mean expedited?',
  },
  {
    title: 'a lifetime of no time',
    text: traffic(`${PAIR}, ${STEADY}, lifetime: «0s»`),
    code: 'E104',
    says: 'traffic[0].lifetime: 0s is below the minimum 1ns',
  },
];
