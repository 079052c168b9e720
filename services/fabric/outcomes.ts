/**
 * Outcomes by name, with their HTTP statuses: those of the node, and the server's own refusals.
 *
 * @module
 */

/** A refusal by this server itself (HTTP), not by the node, the peer or a service. */
export interface ServerRefusal {
  readonly outcome: ServerRefusalName;
  /** One sentence that says what is allowed. */
  readonly error: string;
}

const REFUSAL_STATUS = {
  'bad-frame': 400,
  'bad-parameter': 400,
  unauthorised: 401,
  'web-page': 403,
  'not-loopback': 403,
  'no-such-path': 404,
  'wrong-method': 405,
  'body-too-slow': 408,
  subscribed: 409,
  'too-large': 413,
  'wrong-host': 421,
  'upgrade-required': 426,
  busy: 429,
  closing: 503,
} as const;

/** Why the server refuses a request, as a name. */
export type ServerRefusalName = keyof typeof REFUSAL_STATUS;

/** HTTP status for each answer of the node, and for `no-answer` if it gave none in time. */
const NODE_STATUS: ReadonlyMap<string, number> = new Map([
  ['ok', 200],
  ['no-such-peer', 404],
  ['too-large', 413],
  ['not-private', 422],
  ['privacy-spent', 422],
  ['queue-full', 429],
  ['no-handler', 503],
  ['node-down', 503],
  ['overload', 503],
  ['closing', 503],
  ['busy', 429],
  ['deadline-over', 504],
  ['no-answer', 504],
]);
/** HTTP status of all other outcomes, such as `refused`: these come from the peer or a carrier. */
const OTHER_STATUS = 502;

/** Makes the answer that refuses a request. */
export function makeServerRefusal(outcome: ServerRefusalName, error: string): ServerRefusal {
  return { outcome, error };
}

/** The HTTP status of a refusal by the server. */
export function httpStatusOfServerRefusal({ outcome }: ServerRefusal): number {
  return REFUSAL_STATUS[outcome];
}

/** The HTTP status of an outcome that the node gave. */
export function httpStatusOfOutcome(outcome: string): number {
  return NODE_STATUS.get(outcome) ?? OTHER_STATUS;
}
