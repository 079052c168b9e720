/**
 * The field GF(2^16) with polynomial x^16 + x^12 + x^3 + x + 1 and generator x. Addition is xor.
 *
 * Multiplication looks up tables with secret indices, so that its time depends on secrets through
 * the caches: acceptable for a testbed, but not against an attacker on the same machine.
 *
 * @module
 */
const POLYNOMIAL = 0x1100b;
const ELEMENTS = 0x1_0000;
/** Order of the generator. */
export const GENERATOR_ORDER: number = ELEMENTS - 1;

/** Powers of the generator, twice, so that a sum of two logarithms needs no reduction. */
export const EXP_TABLE: Uint16Array = new Uint16Array(2 * GENERATOR_ORDER);
/** Logarithms to the base of the generator; entry 0 is meaningless. */
export const LOG_TABLE: Uint16Array = new Uint16Array(ELEMENTS);

for (let power = 0, value = 1; power < GENERATOR_ORDER; power += 1) {
  EXP_TABLE[power] = value;
  EXP_TABLE[power + GENERATOR_ORDER] = value;
  LOG_TABLE[value] = power;
  value <<= 1;
  if (value >= ELEMENTS) value ^= POLYNOMIAL;
}

/** The product of two elements. */
export function multiplyElements(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return EXP_TABLE[(LOG_TABLE[a] as number) + (LOG_TABLE[b] as number)] as number;
}

/**
 * The quotient of two elements.
 * @throws RangeError when the divisor is 0.
 */
export function divideElements(a: number, b: number): number {
  if (b === 0) throw new RangeError('division by 0 in GF(2^16)');
  if (a === 0) return 0;
  return EXP_TABLE[(LOG_TABLE[a] as number) + GENERATOR_ORDER - (LOG_TABLE[b] as number)] as number;
}
