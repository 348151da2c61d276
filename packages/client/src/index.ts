export type { CallName, CallOptions, Client, SubscribeOptions, SubscriptionName } from './client.ts';
export type { ConnectOptions } from './connect.ts';
export { connect } from './connect.ts';
export { newIdempotencyKey } from './idempotency-key.ts';
