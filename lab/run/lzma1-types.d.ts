/** The part of lzma1 that the Lab uses. The package's own types are sources that break the rules of tsconfig.json. */
export function decompress(data: Uint8Array): Uint8Array;
