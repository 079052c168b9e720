/**
 * Options that name a shipped plug-in, or a module of the user that is a plug-in: `selection: ./my-selection.ts`.
 *
 * Nodes do not import modules of users: the loader finds and loads the module, and passes it to the node
 * (`NodeSetup.userModule`).
 *
 * @module
 */
import { z } from 'zod';
import type { UserModuleOption } from '../../engine/host/user-module.ts';
import { isUserModulePath } from '../../engine/pure/user-module-path.ts';
import { QUANTITY_SCHEMAS } from './options.ts';

/**
 * Makes the zod schema of an option whose value is the name of a shipped plug-in, or the path of a module.
 * @param shipped Names of the plug-ins that are shipped.
 */
export function plugInSchema(
  shipped: readonly string[],
  userModule: UserModuleOption,
): z.ZodType<string> {
  const words = `${shipped.map((name) => `\`${name}\``).join(', ')} or the path of a module`;
  const schema = z.string().superRefine((text, context) => {
    if (shipped.includes(text) || isUserModulePath(text)) return;
    const message = `${text} is not known, expected one of ${shipped.join(', ')}, or a path such as ./mine.ts`;
    context.addIssue({ code: 'custom', message });
  });
  return schema.register(QUANTITY_SCHEMAS, { words, units: {} }).meta({ userModule });
}
