import { describeStoreContract } from '../contract-suite/describe-store-contract.ts';
import { openSqliteStore } from '../open-sqlite-store.ts';

describeStoreContract('SQLite in memory', (options) => openSqliteStore({ path: ':memory:', ...options }));
