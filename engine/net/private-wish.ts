/**
 * The wish `private` of a message: a protocol that cannot keep it does not get the message
 * (docs/spec/stacking.md#wishes).
 *
 * @module
 */
import type { RequestContent } from '../host/host.ts';

/** A drop reason and outcome of every protocol: the sender wishes for a privacy that the protocol cannot keep. */
export const NOT_PRIVATE = 'not-private';

/** A protocol of a host that is asked to send a message. */
interface AskedProtocol {
  /** True if it keeps the wish `private`, or refuses it itself. */
  readonly keepsPrivate: boolean;
  countDrop(reason: string): void;
}

/** True, after counting a drop, if the sender of a request wishes for a privacy that a protocol cannot keep. */
export function dropsPrivate(
  member: AskedProtocol,
  { wishes }: Pick<RequestContent, 'wishes'>,
): boolean {
  if (wishes?.private !== true || member.keepsPrivate) return false;
  member.countDrop(NOT_PRIVATE);
  return true;
}
