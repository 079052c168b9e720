/**
 * Discrete Fourier transform of complex vectors whose length is a power of two (Cooley and Tukey
 * 1965), in place; its roots of unity come from engine/pure, so the bits are the same everywhere.
 *
 * @module
 */
import { cosine, sine } from '../../../engine/pure/sine.ts';

/** A complex vector, in two arrays of equal length. */
export interface ComplexVector {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Replaces a vector by its transform.
 * @param vector Length a power of two.
 */
export function forwardFft(vector: ComplexVector): void {
  transform(vector.real, vector.imaginary);
}

/**
 * The inverse of {@link forwardFft}, including the division by the length.
 * @param vector Length a power of two.
 */
export function inverseFft(vector: ComplexVector): void {
  const { real, imaginary } = vector;
  // The transform of a vector whose real and imaginary parts are swapped is its inverse transform
  // (swapped back), except for the division.
  transform(imaginary, real);
  const { length } = real;
  for (let at = 0; at < length; at += 1) {
    real[at] = (real[at] as number) / length;
    imaginary[at] = (imaginary[at] as number) / length;
  }
}

/**
 * Raises each element to a power, by squaring.
 * @param vector Replaced by the result.
 * @param power Whole, at least 1.
 */
// hot: 21 multiplications per element for a million steps.
export function raiseEachToPower({ real, imaginary }: ComplexVector, power: number): void {
  for (let at = 0; at < real.length; at += 1) {
    let baseReal = real[at] as number;
    let baseImaginary = imaginary[at] as number;
    let resultReal = 1;
    let resultImaginary = 0;
    for (let rest = power; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) {
        const product = resultReal * baseReal - resultImaginary * baseImaginary;
        resultImaginary = resultReal * baseImaginary + resultImaginary * baseReal;
        resultReal = product;
      }
      const square = baseReal * baseReal - baseImaginary * baseImaginary;
      baseImaginary = 2 * baseReal * baseImaginary;
      baseReal = square;
    }
    real[at] = resultReal;
    imaginary[at] = resultImaginary;
  }
}

function transform(real: Float64Array, imaginary: Float64Array): void {
  const { length } = real;
  reverseBits(real, imaginary);
  const roots = rootsOfUnity(length);
  for (let half = 1; half < length; half *= 2) butterflies(real, imaginary, { half, roots });
}

interface Roots {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** Computes exp(-2 pi i k / length) for each k below half the length. */
function rootsOfUnity(length: number): Roots {
  const half = length / 2;
  const cosines = new Float64Array(half);
  const sines = new Float64Array(half);
  for (let at = 0; at < half; at += 1) {
    const angle = (2 * Math.PI * at) / length;
    cosines[at] = cosine(angle);
    sines[at] = -sine(angle);
  }
  return { cosines, sines };
}

// hot: the whole time of a transform is spent here.
function butterflies(
  real: Float64Array,
  imaginary: Float64Array,
  { half, roots }: { readonly half: number; readonly roots: Roots },
): void {
  const { cosines, sines } = roots;
  const { length } = real;
  const stride = length / (2 * half);
  for (let start = 0; start < length; start += 2 * half) {
    for (let k = 0; k < half; k += 1) {
      const rootReal = cosines[k * stride] as number;
      const rootImaginary = sines[k * stride] as number;
      const low = start + k;
      const high = low + half;
      const highReal = real[high] as number;
      const highImaginary = imaginary[high] as number;
      const turnedReal = highReal * rootReal - highImaginary * rootImaginary;
      const turnedImaginary = highReal * rootImaginary + highImaginary * rootReal;
      const lowReal = real[low] as number;
      const lowImaginary = imaginary[low] as number;
      real[high] = lowReal - turnedReal;
      imaginary[high] = lowImaginary - turnedImaginary;
      real[low] = lowReal + turnedReal;
      imaginary[low] = lowImaginary + turnedImaginary;
    }
  }
}

/** Moves element i to the index whose bits are those of i in reverse order. */
function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const { length } = real;
  let target = 0;
  for (let at = 0; at < length; at += 1) {
    if (at < target) {
      swap(real, at, target);
      swap(imaginary, at, target);
    }
    let bit = length >>> 1;
    while (bit > 0 && (target & bit) !== 0) {
      target ^= bit;
      bit >>>= 1;
    }
    target |= bit;
  }
}

function swap(values: Float64Array, first: number, second: number): void {
  const value = values[first] as number;
  values[first] = values[second] as number;
  values[second] = value;
}
