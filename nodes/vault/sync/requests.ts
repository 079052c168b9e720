/**
 * Vault: performs the requests of applications on a replica.
 *
 * @module
 */
import { toHex } from '../../_kit/bytes.ts';
import type { Change } from '../changes.ts';
import type { ReceiptOperation } from '../receipt.ts';
import type { Replica } from '../replica.ts';
import type { RequestRefusal, VaultRequest, VaultRequestKind } from './effects.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const AMOUNT = /^-?\d{1,15}$/;

/** Requests that change the state, with what they do. */
const CHANGES = {
  put: (replica, { target, body }, nowMs) => replica.put(target, body, nowMs),
  delete: (replica, { target }, nowMs) => replica.delete(target, nowMs),
  erase: (replica, { target }, nowMs) => replica.erase(target, nowMs),
  increment: (replica, { target, body }, nowMs) => {
    const text = body.length === 0 ? '1' : textOf(body);
    if (text === undefined || !AMOUNT.test(text)) return 'bad-request';
    return replica.increment(target, Number(text), nowMs);
  },
  add: (replica, { target, body }, nowMs) => replica.add(target, textOf(body) ?? '', nowMs),
  remove: (replica, { target, body }, nowMs) => replica.remove(target, textOf(body) ?? '', nowMs),
  'put-field': (replica, { target, body }, nowMs) => {
    const [key, field] = splitField(target);
    if (field === undefined) return 'bad-request';
    return replica.putField(key, { field, value: body }, nowMs);
  },
  'remove-field': (replica, { target }, nowMs) => {
    const [key, field] = splitField(target);
    return field === undefined ? 'bad-request' : replica.removeField(key, field, nowMs);
  },
} as const satisfies Partial<
  Record<
    VaultRequestKind,
    (replica: Replica, request: VaultRequest, nowMs: number) => Change | RequestRefusal
  >
>;

type VaultChangeKind = keyof typeof CHANGES;

const RECEIPT_OPERATIONS_OF: Readonly<Record<VaultChangeKind, ReceiptOperation>> = {
  put: 'write',
  delete: 'delete',
  erase: 'erase',
  increment: 'increment',
  add: 'write',
  remove: 'delete',
  'put-field': 'write',
  'remove-field': 'delete',
};

/** True for a request that changes the state. */
export function isChange(kind: VaultRequestKind): kind is VaultChangeKind {
  return Object.hasOwn(CHANGES, kind);
}

/** Performs a change. @returns why it is refused, if it is. */
export function performChange(
  request: VaultRequest,
  replica: Replica,
  nowMs: number,
): Change | RequestRefusal {
  const { kind } = request;
  return isChange(kind) ? CHANGES[kind](replica, request, nowMs) : 'bad-request';
}

/** The answer to a question. */
export interface QuestionAnswer {
  readonly outcome: 'ok' | RequestRefusal;
  readonly body?: Uint8Array;
}

/** The operation that the receipt of a request names. */
export function receiptOperation(kind: VaultRequestKind): ReceiptOperation {
  return isChange(kind) ? RECEIPT_OPERATIONS_OF[kind] : 'read';
}

/** Answers a question about the state. */
export function answerQuestion({ kind, target }: VaultRequest, replica: Replica): QuestionAnswer {
  switch (kind) {
    case 'get': {
      const value = replica.get(target);
      if (value === null) return { outcome: 'not-found' };
      return value === 'erased' ? { outcome: 'erased' } : { outcome: 'ok', body: value };
    }
    case 'count':
      return okJson(replica.count(target));
    case 'elements':
      return okJson(replica.elements(target));
    case 'fields':
      return okJson(
        Object.fromEntries(
          [...replica.fields(target)].map(([field, value]) => [
            field,
            value === null ? null : showBytes(value),
          ]),
        ),
      );
    case 'digest':
      return { outcome: 'ok', body: encoder.encode(toHex(replica.digest())) };
    default:
      return { outcome: 'bad-request' };
  }
}

/** An answer in JSON. */
export function okJson(value: unknown): { readonly outcome: 'ok'; readonly body: Uint8Array } {
  return { outcome: 'ok', body: encoder.encode(JSON.stringify(value)) };
}

/** Bytes as text where they are UTF-8, and in hexadecimal otherwise. */
function showBytes(bytes: Uint8Array): string {
  return textOf(bytes) ?? `0x${toHex(bytes)}`;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Splits `map/field` at the last slash. */
function splitField(target: string): readonly [key: string, field: string | undefined] {
  const at = target.lastIndexOf('/');
  return at <= 0 || at === target.length - 1
    ? [target, undefined]
    : [target.slice(0, at), target.slice(at + 1)];
}
