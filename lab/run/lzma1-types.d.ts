/** What the Lab uses of lzma1, whose own types are sources that do not keep the rules of tsconfig.json. */
export function decompress(data: Uint8Array): Uint8Array;
