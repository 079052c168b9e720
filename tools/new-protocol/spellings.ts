/**
 * The spellings of a protocol's name in code, and how ping's are replaced by them.
 *
 * @module
 */

/** A name in the spellings of the code. */
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
export function spell(kebab: string): Spellings {
  const camel = kebab.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const pascal = camel.charAt(0).toUpperCase() + camel.slice(1);
  return { kebab, camel, pascal, upper: kebab.replaceAll('-', '_').toUpperCase() };
}

/** Puts another name in the place of ping's. */
export function rename(text: string, { kebab, camel, pascal, upper }: Spellings): string {
  return text
    .replace(/\bping(?=[A-Z])/g, camel)
    .replace(/\bping\b/g, kebab)
    .replaceAll('Ping', pascal)
    .replaceAll('PING', upper);
}
