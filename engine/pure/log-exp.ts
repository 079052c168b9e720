/**
 * Our own natural logarithm and exponential, from + - * / only, so that the bits are the same on
 * every machine and Node version (docs/spec/random-streams.md; they follow fdlibm's e_log.c and
 * e_exp.c).
 *
 * For everything that a run must repeat: sampling, and what protocols compute. Reports use `Math.log`.
 *
 * @module
 */
const view = new DataView(new ArrayBuffer(8));

/** Makes a double from the two words of its bit pattern. */
function fromBits(high: number, low: number): number {
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}

const LN2HI = fromBits(0x3fe62e42, 0xfee00000);
const LN2LO = fromBits(0x3dea39ef, 0x35793c76);
const INVLN2 = fromBits(0x3ff71547, 0x652b82fe);

const L1 = fromBits(0x3fe55555, 0x55555593);
const L2 = fromBits(0x3fd99999, 0x9997fa04);
const L3 = fromBits(0x3fd24924, 0x94229359);
const L4 = fromBits(0x3fcc71c5, 0x1d8e78af);
const L5 = fromBits(0x3fc74664, 0x96cb03de);
const L6 = fromBits(0x3fc39a09, 0xd078c69f);
const L7 = fromBits(0x3fc2f112, 0xdf3e5244);

const P1 = fromBits(0x3fc55555, 0x5555553e);
const P2 = fromBits(0xbf66c16c, 0x16bebd93);
const P3 = fromBits(0x3f11566a, 0xaf25de2c);
const P4 = fromBits(0xbebbbd41, 0xc5d26bf1);
const P5 = fromBits(0x3e663769, 0x72bea4d0);

const TWO_54 = 18_014_398_509_481_984;
const SMALLEST_NORMAL = fromBits(0x00100000, 0);

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
double[0] = 1;
// Every supported platform is little-endian, where index 1 is the high word.
if (words[1] !== 0x3ff00000) throw new Error('log and exp need a little-endian machine');

/**
 * Natural logarithm, error <= 0.77 ulp.
 *
 * @param x Positive and finite.
 * @throws RangeError otherwise.
 * @example log(0.5) // -0.6931471805599453
 */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) throw new RangeError(`log of ${x}`);
  const isSubnormal = x < SMALLEST_NORMAL;
  double[0] = isSubnormal ? x * TWO_54 : x;
  const high = words[1] as number;
  const fraction = high & 0xfffff;
  const carry = (fraction + 0x95f64) & 0x100000;
  words[1] = fraction | (carry ^ 0x3ff00000);
  const k = (isSubnormal ? -54 : 0) + (high >>> 20) - 1023 + (carry >>> 20);
  const f = (double[0] as number) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 = w * (L2 + w * (L4 + w * L6));
  const t2 = z * (L1 + w * (L3 + w * (L5 + w * L7)));
  const r = t2 + t1;
  const h = 0.5 * f * f;
  return k * LN2HI - (h - (s * (h + r) + k * LN2LO) - f);
}

/**
 * Exponential function.
 *
 * @param x Magnitude below 700.
 * @throws RangeError otherwise.
 * @example exp(1) // 2.718281828459045
 */
export function exp(x: number): number {
  if (!(x > -700 && x < 700)) throw new RangeError(`exp of ${x}`);
  const k = Math.floor(x * INVLN2 + 0.5);
  const hi = x - k * LN2HI;
  const lo = k * LN2LO;
  const r = hi - lo;
  const t = r * r;
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  const y = 1 - (lo - (r * c) / (2 - c) - hi);
  return y * powerOfTwo(k);
}

/**
 * 2^k for a normal result, written into the exponent field: `**` is implementation-defined
 * (ECMA-262).
 */
function powerOfTwo(k: number): number {
  words[0] = 0;
  words[1] = (k + 1023) << 20;
  return double[0] as number;
}
