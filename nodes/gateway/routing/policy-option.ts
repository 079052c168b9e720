/**
 * Gateway: the option `routing`: the text of a routing policy. The value stays a text, because
 * options are compared and copied.
 *
 * @module
 */
import { z } from 'zod';
import { parseRoutingPolicy } from './policy.ts';

/** Schema of the text of a routing policy. */
export const routingPolicySchema = z.string().superRefine((text, context) => {
  const read = parseRoutingPolicy(text);
  if (!('reason' in read)) return;
  const { line, column, reason, words } = read;
  const expected = words === undefined ? '' : `, expected ${words.join(', ')}`;
  const message = `line ${line}, column ${column}: ${reason}${expected}`;
  context.addIssue({ code: 'custom', message });
});
