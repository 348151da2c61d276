import { describe } from 'vitest';
import { auditContract } from './audit-contract.ts';
import { benches, type OpenStore } from './bench.ts';
import { commitContract } from './commit-contract.ts';
import { eventContract } from './event-contract.ts';
import { forgetContract } from './forget-contract.ts';
import { guardContract } from './guard-contract.ts';
import { jobContract } from './job-contract.ts';
import { leaseContract } from './lease-contract.ts';
import { recordContract } from './record-contract.ts';
import { replayContract } from './replay-contract.ts';

/** What every implementation of the store must do; `open` gives a new, empty one. */
export function describeStoreContract(name: string, open: OpenStore): void {
  const bench = benches(open);
  describe(`${name}: commits`, () => {
    commitContract(bench);
  });
  describe(`${name}: guards`, () => {
    guardContract(bench);
  });
  describe(`${name}: replay`, () => {
    replayContract(bench);
  });
  describe(`${name}: events`, () => {
    eventContract(bench);
  });
  describe(`${name}: jobs`, () => {
    jobContract(bench);
  });
  describe(`${name}: leases`, () => {
    leaseContract(bench);
  });
  describe(`${name}: what is forgotten`, () => {
    forgetContract(bench);
  });
  describe(`${name}: audits`, () => {
    auditContract(bench);
  });
  describe(`${name}: records`, () => {
    recordContract(bench);
  });
}
