/**
 * Spells the name of a protocol in the forms that code uses, and replaces the name of ping in a
 * text.
 *
 * @module
 */

/** A name in all forms that code uses. */
export interface Spellings {
  /** `my-mix` */
  readonly kebab: string;
  /** `myMix` */
  readonly camel: string;
  /** `MyMix` */
  readonly pascal: string;
  /** `MY_MIX` */
  readonly upper: string;
}

/** Spells a kebab-case name. */
export function spellName(kebab: string): Spellings {
  const camel = kebab.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
  return { kebab, camel, pascal, upper: kebab.replaceAll('-', '_').toUpperCase() };
}

/** Replaces each form of ping's name by the same form of another name. */
export function renamePing(text: string, { kebab, camel, pascal, upper }: Spellings): string {
  return text
    .replace(/\bping(?=[A-Z])/g, camel)
    .replace(/\bping\b/g, kebab)
    .replaceAll('Ping', pascal)
    .replaceAll('PING', upper);
}
