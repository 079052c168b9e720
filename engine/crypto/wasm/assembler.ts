/**
 * The few WebAssembly instructions that the modules in this folder need, as functions that nest like the
 * expressions that they encode, and the encoding of a module (WebAssembly core specification 2.0,
 * section 5, "Binary Format").
 *
 * There are instructions for integers and, for floating point, only operations that IEEE 754 rounds exactly, so that
 * every machine computes the same bits. Nothing is validated here: V8 validates a module when it loads it.
 *
 * @module
 */

/** Encoded instructions; an expression leaves its value on the stack. */
export type WasmCode = readonly number[];

/** Value type: 32-bit integer (section 5.3). */
export const I32 = 0x7f;
/** Value type: 64-bit integer (section 5.3). */
export const I64 = 0x7e;
/** Value type: 128-bit vector (section 5.3). */
export const V128 = 0x7b;

/** A function of the module: parameters and locals share one numbering, parameters first. */
export interface WasmFunction {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  /** The local variables: pairs of a count and a value type. */
  readonly locals: readonly (readonly [count: number, type: number])[];
  readonly body: WasmCode;
  /** The name under which the function is exported. */
  readonly exportAs?: string;
}

const SIMD = 0xfd;
const EMPTY_BLOCK = 0x40;
const END = 0x0b;

/** Encodes an unsigned number as LEB128 (section 5.2.2). */
function unsigned(value: number): WasmCode {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

/** Signed LEB128 (section 5.2.2): ends when bit 6 of a byte equals the sign of the bits that are left. */
function signed(value: number): WasmCode {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x40 || rest < -0x40) {
    const low = ((rest % 0x80) + 0x80) % 0x80;
    bytes.push(low | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest & 0x7f);
  return bytes;
}

const binary =
  (...opcode: number[]) =>
  (left: WasmCode, right: WasmCode): WasmCode => [...left, ...right, ...opcode];

const load =
  (...opcode: number[]) =>
  (address: WasmCode, offset = 0): WasmCode => [...address, ...opcode, 0, ...unsigned(offset)];

const store =
  (...opcode: number[]) =>
  (address: WasmCode, value: WasmCode, offset = 0): WasmCode => [
    ...address,
    ...value,
    ...opcode,
    0,
    ...unsigned(offset),
  ];

/** Encodes local.get. */
export const localGet = (local: number): WasmCode => [0x20, ...unsigned(local)];
/** Encodes local.set of `value`. */
export const localSet = (local: number, value: WasmCode): WasmCode => [
  ...value,
  0x21,
  ...unsigned(local),
];
/** Encodes local.tee: sets the local and leaves its value. */
export const localTee = (local: number, value: WasmCode): WasmCode => [
  ...value,
  0x22,
  ...unsigned(local),
];
/** Encodes call of the function `index`, with `inputs` on the stack. */
export const call = (index: number, ...inputs: readonly WasmCode[]): WasmCode => [
  ...inputs.flat(),
  0x10,
  ...unsigned(index),
];

/** Encodes i32.const, -2^31 … 2^31-1. */
export const i32Const = (value: number): WasmCode => [0x41, ...signed(value)];
/** Encodes i32.shl. */
export const i32Shl = binary(0x74);
/** Encodes i32.lt_u. */
export const i32LtU = binary(0x49);
/** Encodes i32.load8_u. */
export const i32Load8 = load(0x2d);
/** Encodes i32.store8. */
export const i32Store8 = store(0x3a);
/** Encodes i32.add. */
export const i32Add = binary(0x6a);
/** Encodes i32.sub. */
export const i32Sub = binary(0x6b);
/** Encodes i32.and. */
export const i32And = binary(0x71);
/** Encodes i32.or. */
export const i32Or = binary(0x72);
/** Encodes i32.xor. */
export const i32Xor = binary(0x73);
/** Encodes i32.rotl. */
export const i32Rotl = binary(0x77);
/** Encodes i32.rotr. */
export const i32Rotr = binary(0x78);
/** Encodes i32.shr_s: a shift by 31 leaves the sign in all bits. */
export const i32ShrS = binary(0x75);
/** Encodes i32.shr_u. */
export const i32ShrU = binary(0x76);
/** Encodes i32.eqz. */
export const i32Eqz = (value: WasmCode): WasmCode => [...value, 0x45];
/** Encodes i32.load. */
export const i32Load = load(0x28);
/** Encodes i32.store. */
export const i32Store = store(0x36);

/** Encodes i64.const, -2^53 … 2^53-1. */
export const i64Const = (value: number): WasmCode => [0x42, ...signed(value)];
/** Encodes i32.wrap_i64: the low word. */
export const i32FromI64 = (value: WasmCode): WasmCode => [...value, 0xa7];
/** Encodes i64.add. */
export const i64Add = binary(0x7c);
/** Encodes i64.xor. */
export const i64Xor = binary(0x85);
/** Encodes i64.rotr. */
export const i64Rotr = binary(0x8a);
/** Encodes i64.load. */
export const i64Load = load(0x29);
/** Encodes i64.extend_i32_s. */
export const i64ExtendI32S = (value: WasmCode): WasmCode => [...value, 0xac];
/** Encodes i64.mul. */
export const i64Mul = binary(0x7e);
/** Encodes i64.and. */
export const i64And = binary(0x83);
/** Encodes i64.or. */
export const i64Or = binary(0x84);
/** Encodes i64.shl. */
export const i64Shl = binary(0x86);
/** Encodes i64.shr_s. */
export const i64ShrS = binary(0x87);
/** Encodes i64.sub. */
export const i64Sub = binary(0x7d);
/** Encodes i64.shr_u. */
export const i64ShrU = binary(0x88);
/** Encodes i64.extend_i32_u. */
export const i64ExtendI32U = (value: WasmCode): WasmCode => [...value, 0xad];
/** Encodes i64.load32_u. */
export const i64Load32 = load(0x35);
/** Encodes i64.store. */
export const i64Store = store(0x37);
/** Encodes i64.store32. */
export const i64Store32 = store(0x3e);

/** Encodes v128.load. */
export const v128Load = load(SIMD, 0x00);
/** Encodes v128.load32_splat: one word in all lanes. */
export const v128Load32Splat = load(SIMD, 0x09);
/** Encodes v128.store. */
export const v128Store = store(SIMD, 0x0b);
/** Encodes v128.and. */
export const v128And = binary(SIMD, 0x4e);
/** Encodes i64x2.shl. */
export const i64x2Shl = binary(SIMD, 0xcb, 0x01);
/** Encodes i64x2.shr_s: a shift by 63 leaves the sign of each lane in all of its bits. */
export const i64x2ShrS = binary(SIMD, 0xcc, 0x01);
/** Encodes i32x4.extract_lane. */
export const extractLane = (value: WasmCode, index: number): WasmCode => [
  ...value,
  SIMD,
  0x1b,
  index,
];
/** Encodes i32x4.replace_lane. */
export const replaceLane = (vector: WasmCode, index: number, value: WasmCode): WasmCode => [
  ...vector,
  ...value,
  SIMD,
  0x1c,
  index,
];
/** Encodes i8x16.swizzle: bytes of `left` at the indices in `right`, 0 where an index is 16 or more. */
export const i8x16Swizzle = binary(SIMD, 0x0e);
/** Encodes i8x16.shl. */
export const i8x16Shl = binary(SIMD, 0x6b);
/** Encodes i8x16.shr_s. */
export const i8x16ShrS = binary(SIMD, 0x6c);
/** Encodes i8x16.sub. */
export const i8x16Sub = binary(SIMD, 0x71);
/** Encodes v128.xor. */
export const v128Xor = binary(SIMD, 0x51);
/** Encodes v128.or. */
export const v128Or = binary(SIMD, 0x50);
/** Encodes v128.any_true. */
export const v128AnyTrue = (value: WasmCode): WasmCode => [...value, SIMD, 0x53];
/** Encodes i32x4.add. */
export const i32x4Add = binary(SIMD, 0xae, 0x01);
/** Encodes i32x4.shl. */
export const i32x4Shl = binary(SIMD, 0xab, 0x01);
/** Encodes i32x4.shr_u. */
export const i32x4ShrU = binary(SIMD, 0xad, 0x01);

/** Encodes i32x4.splat: one word in all lanes. */
export const i32x4Splat = (value: WasmCode): WasmCode => [...value, SIMD, 0x11];
/** Encodes f64x2.add. */
export const f64x2Add = binary(SIMD, 0xf0, 0x01);
/** Encodes f64x2.sub. */
export const f64x2Sub = binary(SIMD, 0xf1, 0x01);
/** Encodes f64x2.mul. */
export const f64x2Mul = binary(SIMD, 0xf2, 0x01);

/** Encodes v128.const of four 32-bit lanes with small constants. */
export const v128Const = (lanes: readonly number[]): WasmCode => [
  SIMD,
  0x0c,
  ...lanes.flatMap((lane) => [lane, 0, 0, 0]),
];

/** Encodes i8x16.shuffle: 16 bytes of two vectors, chosen by constant indices 0..31. */
export const i8x16Shuffle = (
  left: WasmCode,
  right: WasmCode,
  bytes: readonly number[],
): WasmCode => [...left, ...right, SIMD, 0x0d, ...bytes];

/** Indices for {@link i8x16Shuffle} that choose the low 64 bits of both vectors. */
export const SHUFFLE_LOW_HALVES: readonly number[] = [
  0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
];
/** Indices for {@link i8x16Shuffle} that choose the high 64 bits of both vectors. */
export const SHUFFLE_HIGH_HALVES: readonly number[] = [
  8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31,
];

/** Repeats `body` while `condition` is not zero; runs it at least once. */
export const repeatWhile = (condition: WasmCode, ...body: readonly WasmCode[]): WasmCode => [
  0x03,
  EMPTY_BLOCK,
  ...body.flat(),
  ...condition,
  0x0d,
  0,
  END,
];

/** Runs `body` unless `condition` is zero. */
export const ifNonZero = (condition: WasmCode, ...body: readonly WasmCode[]): WasmCode => [
  ...condition,
  0x04,
  EMPTY_BLOCK,
  ...body.flat(),
  END,
];

const vector = (items: readonly WasmCode[]): WasmCode => [
  ...unsigned(items.length),
  ...items.flat(),
];

const section = (id: number, content: WasmCode): WasmCode => [
  id,
  ...unsigned(content.length),
  ...content,
];

const text = (value: string): WasmCode =>
  vector(Array.from(value, (character) => [character.charCodeAt(0)]));

/** Encodes one function body with its locals (section 5.5.13). */
function functionCode(source: WasmFunction): WasmCode {
  const locals = vector(source.locals.map(([count, type]) => [...unsigned(count), type]));
  const code = [...locals, ...source.body, END];
  return [...unsigned(code.length), ...code];
}

/** A module of these functions and one memory, exported as `memory` (section 5.5). */
export function encodeModule(functions: readonly WasmFunction[], memoryPages: number): Uint8Array {
  const types = functions.map(
    ({ parameters, results }): WasmCode => [
      0x60,
      ...vector(parameters.map((type) => [type])),
      ...vector(results.map((type) => [type])),
    ],
  );
  const exports: WasmCode[] = [[...text('memory'), 2, 0]];
  functions.forEach(({ exportAs }, index) => {
    if (exportAs !== undefined) exports.push([...text(exportAs), 0, ...unsigned(index)]);
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[1, ...unsigned(memoryPages), ...unsigned(memoryPages)]])),
    ...section(7, vector(exports)),
    ...section(10, vector(functions.map(functionCode))),
  ]);
}
