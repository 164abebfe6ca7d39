import {
  type AppError,
  asLockstepError,
  type ErrorCode,
  errorCodes,
  LockstepError,
} from '../../preload/contract/errors.js';
import type { Batch, Database, Durability, Row, Scalar, StoreStatus } from './database.js';
import type { StoreService } from './service.js';
import type { RawRows } from './sqlite-session.js';

/** What the worker is asked, and the same within one thread. */
export type StoreRequest =
  | { readonly call: 'read'; readonly statementId: string; readonly params: readonly Scalar[] }
  | { readonly call: 'write'; readonly batch: Batch; readonly durability: Durability }
  | { readonly call: 'readValue'; readonly runId: string; readonly address: number }
  | { readonly call: 'closeRun'; readonly runId: string }
  | { readonly call: 'removeRun'; readonly runId: string }
  | { readonly call: 'snapshot' }
  | { readonly call: 'status' }
  | { readonly call: 'markRecovered'; readonly why: string }
  | { readonly call: 'clearRecovered' }
  | { readonly call: 'close' };

interface Answers {
  readonly read: RawRows;
  readonly write: void;
  readonly readValue: Uint8Array;
  readonly closeRun: void;
  readonly removeRun: void;
  readonly snapshot: void;
  readonly status: StoreStatus;
  readonly markRecovered: void;
  readonly clearRecovered: void;
  readonly close: void;
}
export type StoreAnswer = Answers[keyof Answers];

export interface RequestMessage {
  readonly id: number;
  readonly request: StoreRequest;
}

export type AnswerMessage =
  { readonly id: number; readonly value: StoreAnswer } | { readonly id: number; readonly error: AppError };

/** Id of the message by which the worker says that it is open, or why not. */
export const openedMessageId = 0;

/** Runs in the call's own turn: the order of calls is the order of effects. */
export function answerRequest(service: StoreService, request: StoreRequest): StoreAnswer | Promise<StoreAnswer> {
  switch (request.call) {
    case 'read':
      return service.read(request.statementId, request.params);
    case 'write':
      return service.write(request.batch, request.durability);
    case 'readValue':
      return service.readValue(request.runId, request.address);
    case 'closeRun':
      service.closeRun(request.runId);
      return;
    case 'removeRun':
      service.removeRun(request.runId);
      return;
    case 'snapshot':
      service.snapshot();
      return;
    case 'status':
      return service.status();
    case 'markRecovered':
      service.markRecovered(request.why);
      return;
    case 'clearRecovered':
      service.clearRecovered();
      return;
    case 'close':
      return service.close();
  }
}

/** The port over anything that carries requests. */
export function createDatabase(send: (request: StoreRequest) => Promise<StoreAnswer>): Database {
  // The answer's type follows from the call; `answerRequest` above keeps the two together.
  const ask = <K extends StoreRequest['call']>(request: StoreRequest & { readonly call: K }): Promise<Answers[K]> =>
    send(request) as Promise<Answers[K]>;
  return {
    async read<T extends Row = Row>(statementId: string, params: readonly Scalar[] = []): Promise<readonly T[]> {
      const { columns, rows } = await ask({ call: 'read', statementId, params });
      // The caller names the type of its own statement's rows.
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])) as T);
    },
    write: (batch, durability) => ask({ call: 'write', batch, durability }),
    readValue: (runId, address) => ask({ call: 'readValue', runId, address }),
    closeRun: (runId) => ask({ call: 'closeRun', runId }),
    removeRun: (runId) => ask({ call: 'removeRun', runId }),
    snapshot: () => ask({ call: 'snapshot' }),
    status: () => ask({ call: 'status' }),
    markRecovered: (why) => ask({ call: 'markRecovered', why }),
    clearRecovered: () => ask({ call: 'clearRecovered' }),
    close: () => ask({ call: 'close' }),
  };
}

export function encodeError(thrown: unknown): AppError {
  return asLockstepError(thrown).toAppError();
}

export function decodeError(error: AppError): LockstepError {
  const code = error.code in errorCodes ? (error.code as ErrorCode) : 'internal';
  return new LockstepError(code, error.message, {
    context: error.context,
    ...(error.action === undefined ? {} : { action: error.action }),
  });
}
