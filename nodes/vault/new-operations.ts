/**
 * Vault: the bodies of the operations of a replica's own application.
 *
 * @module
 */
import type { VaultRefusal } from './changes.ts';
import type { OrSet } from './crdt/or-set.ts';
import type { VaultState } from './crdt/vault-state.ts';
import { COUNTER_TOTAL_MAX, KEY_BYTES_MAX } from './geometry.ts';
import type { DotName, OperationBody } from './operation-body.ts';
import { coveredDots, seenErasures } from './operation-effects.ts';

const UNPAIRED = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/** What an application asks for, with values sealed. */
export type Intent =
  | { readonly kind: 'write'; readonly value: Uint8Array | null }
  | { readonly kind: 'increment'; readonly by: number }
  | { readonly kind: 'add' | 'remove'; readonly element: string }
  | { readonly kind: 'remove-field'; readonly element: string }
  | { readonly kind: 'write-field'; readonly element: string; readonly value: Uint8Array }
  | { readonly kind: 'erase' };

/** The body of an operation of this actor that does what is asked for. */
export function bodyFor(
  state: VaultState<unknown>,
  { actor, key }: { readonly actor: string; readonly key: string },
  intent: Intent,
): OperationBody | VaultRefusal {
  switch (intent.kind) {
    case 'write':
      return { ...intent, erasures: seenErasures(state, key) };
    case 'increment':
      return incremented(state, { actor, key }, intent.by);
    case 'add':
    case 'remove': {
      const { kind, element } = intent;
      return dotted(state.sets.get(key), { actor, element }, (dot) =>
        kind === 'add' ? { kind, ...dot } : { kind, element, covered: dot.covered },
      );
    }
    case 'write-field':
    case 'remove-field': {
      const { element } = intent;
      const erasures = seenErasures(state, key);
      return dotted(state.maps.get(key), { actor, element }, (dot) =>
        intent.kind === 'write-field'
          ? { ...intent, ...dot, erasures }
          : { kind: intent.kind, element, covered: dot.covered },
      );
    }
    case 'erase':
      return intent;
  }
}

/** Makes a body from the actor's next dot and the dots that the element has. */
function dotted(
  set: OrSet<unknown> | undefined,
  { actor, element }: { readonly actor: string; readonly element: string },
  body: (dot: {
    readonly element: string;
    readonly count: number;
    readonly covered: readonly DotName[];
  }) => OperationBody,
): OperationBody | VaultRefusal {
  const count = set?.context.next(actor) ?? 1;
  if (!Number.isSafeInteger(count)) return 'counter-full';
  return body({ element, count, covered: coveredDots(set, element) });
}

/** True for text that a key, a field or an element may be. */
export function isVaultText(text: string): boolean {
  // A UTF-16 code unit takes one to three bytes of UTF-8.
  if (text === '' || text.length > KEY_BYTES_MAX || UNPAIRED.test(text)) return false;
  return 3 * text.length <= KEY_BYTES_MAX || encoder.encode(text).length <= KEY_BYTES_MAX;
}

function incremented(
  state: VaultState<unknown>,
  { actor, key }: { readonly actor: string; readonly key: string },
  by: number,
): OperationBody | VaultRefusal {
  if (!Number.isSafeInteger(by)) return 'invalid';
  const before = state.counters.get(key)?.totals.get(actor) ?? { added: 0, taken: 0 };
  const added = before.added + Math.max(by, 0);
  const taken = before.taken + Math.max(-by, 0);
  if (Math.max(added, taken) > COUNTER_TOTAL_MAX) return 'counter-full';
  return { kind: 'increment', added, taken };
}
