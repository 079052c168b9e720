/**
 * Worker thread: loads a protocol's module once and runs its pure jobs.
 *
 * @module
 */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { CRYPTO_PROVIDER_NAMES, createCryptoProvider } from '../crypto/index.ts';
import type { ComputeResult, JobDefinition } from '../host/compute.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { importModule } from './import-module.ts';

/** A request to a worker; `job` is absent if it should only load the module. */
export interface ComputeCall {
  readonly moduleUrl: string;
  readonly job?: string;
  readonly input?: unknown;
  /** Name of the crypto provider that the job gets. */
  readonly crypto?: string;
}

type Jobs = Readonly<Record<string, JobDefinition>>;

const loaded = new Map<string, Promise<Jobs>>();
const providers = new Map<string, CryptoProvider>();

/** Runs one job; an exception is returned as data. */
export async function runCall(call: ComputeCall): Promise<ComputeResult> {
  try {
    const jobs = await jobsOfModule(call.moduleUrl);
    if (call.job === undefined) return { kind: 'done', output: undefined };
    const definition = jobs[call.job];
    if (definition === undefined) return { kind: 'failed', message: `no job ${call.job}` };
    const output = definition.run(call.input, findCryptoProvider(call.crypto));
    return moved({ kind: 'done', output }, definition.transfer?.output(output) ?? []);
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** The result as Piscina sends it: with these buffers moved, not copied. */
function moved(result: ComputeResult, buffers: readonly ArrayBuffer[]): ComputeResult {
  if (buffers.length === 0) return result;
  const message = {
    get [transferableSymbol](): readonly ArrayBuffer[] {
      return buffers;
    },
    get [valueSymbol](): ComputeResult {
      return result;
    },
  };
  return move(message as never) as unknown as ComputeResult;
}

/** The crypto provider with that name, made once per thread; `node` if the name is unknown. */
export function findCryptoProvider(name: string | undefined): CryptoProvider {
  const known = CRYPTO_PROVIDER_NAMES.find((one) => one === name) ?? 'node';
  const made = providers.get(known) ?? createCryptoProvider(known, { timing: 'constant' });
  providers.set(known, made);
  return made;
}

/** The jobs of a module, loaded once per thread. */
export function jobsOfModule(moduleUrl: string): Promise<Jobs> {
  const known = loaded.get(moduleUrl) ?? load(moduleUrl);
  loaded.set(moduleUrl, known);
  return known;
}

async function load(moduleUrl: string): Promise<Jobs> {
  const module = await importModule(moduleUrl);
  const { protocol } = module as { readonly protocol?: { readonly jobs?: Jobs } };
  return protocol?.jobs ?? {};
}
