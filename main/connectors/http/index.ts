export { createBudgetPool, defaultBudgetLimits } from './budget.js';
export type { Budget, BudgetLimits, BudgetPool, BudgetState } from './budget.js';
export { createHttpClient } from './client.js';
export { isLoopback, parseBaseUrl } from './egress.js';
export { HttpError } from './http-error.js';
export type { RefusalBody } from './http-error.js';
export { createNetworkLedger } from './ledger.js';
export type { LedgerEntry, NetworkLedger } from './ledger.js';
export { createPageGuard, paginate } from './paginate.js';
export type { Page, PageGuard, PaginateOptions } from './paginate.js';
export { proxyEnvFrom } from './proxy.js';
export { redact } from './redact.js';
export { readableCertificates } from './trust.js';
export { defaultRetryPolicy } from './retry.js';
export type {
  AuthRequest,
  Exchange,
  HttpAnswer,
  HttpClient,
  HttpClientOptions,
  HttpMethod,
  HttpRequest,
  NetworkSettings,
  Outcome,
  ProxyEnv,
  RetryPolicy,
  WaitNotice,
} from './types.js';
