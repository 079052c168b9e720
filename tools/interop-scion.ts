/**
 * Part of `npm run test:interop`, with the reference implementation of SCION (Go module github.com/scionproto/scion):
 * exchanges packets and signed messages of control services with it, through a driver program in Go
 * (tools/interop/scion), and runs its unmodified tools as a host of an emulated network.
 *
 * @module
 */
import { checkControl } from './interop/scion/check-control.ts';
import { checkPackets } from './interop/scion/check-packets.ts';
import { checkTools } from './interop/scion/check-tools.ts';
import { ReferenceDriver } from './interop/scion/driver.ts';

/** Runs every check; prints a line for each. @param folder For the driver program; removed by the caller. */
export async function checkScionReference(folder: string): Promise<boolean> {
  if (!ReferenceDriver.isPossible()) {
    console.log('skip: go is not installed (https://go.dev, 1.26 or later)');
    return true;
  }
  const driver = ReferenceDriver.build(folder);
  return [checkPackets(driver), checkControl(driver), await checkTools(folder)].every(Boolean);
}
