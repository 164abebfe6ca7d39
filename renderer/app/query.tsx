import { presentMs } from '../clock.js';
import { QueryClient, useMutation, useQuery, useQueryClient, keepPreviousData } from '@tanstack/react-query';
import type { UseMutationResult, UseQueryResult } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useRef, useState } from 'react';
import type { CallName } from '../../preload/contract/calls.js';
import type { AppError } from '../../preload/contract/errors.js';
import type { Bridge, CallResult, ChangedPart } from '../../preload/contract/events.js';
import type { CallInput } from '../../preload/contract/inputs.js';
import type { ProgressView } from '../../preload/contract/progress.js';
import type { CallOutputs } from '../../preload/contract/views.js';

const BridgeContext = createContext<Bridge | null>(null);
export const BridgeProvider = BridgeContext.Provider;

export function useBridge(): Bridge {
  const bridge = use(BridgeContext);
  if (bridge === null) throw new Error('no bridge above this component');
  return bridge;
}

/** An `AppError` as it travels through TanStack Query. */
export class CallFailed extends Error {
  constructor(readonly error: AppError) {
    super(error.message);
  }
}

/** Any thrown value as what a screen can show. */
export function appErrorOf(thrown: unknown): AppError {
  if (thrown instanceof CallFailed) return thrown.error;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: 'bug', code: 'internal', message, retryable: false, context: {} };
}

export function unwrap<Value>(result: CallResult<Value>): Value {
  if (result.ok) return result.value;
  throw new CallFailed(result.error);
}

/** What of the program each query shows: it is asked for again when that changes. Others are asked for by hand. */
const partsOf: Readonly<Partial<Record<CallName, readonly ChangedPart[]>>> = {
  'connection.list': ['connections', 'integrations'],
  'integration.list': ['integrations', 'runs', 'conflicts'],
  'integration.get': ['integrations'],
  'integration.pairs': ['runs', 'conflicts'],
  'schedule.list': ['schedules', 'integrations', 'runs'],
  'run.list': ['runs'],
  'run.get': ['runs'],
  'run.current': ['runs'],
  'run.days': ['runs', 'integrations'],
  'item.explain': ['runs', 'conflicts'],
  'conflict.list': ['conflicts', 'runs'],
  'status.get': ['privacy', 'runs', 'connections'],
  'privacy.get': ['privacy', 'runs', 'settings'],
  'settings.get': ['settings'],
};

/** What a command changes, so that its own window need not wait for the event. */
const changesOf: Readonly<Partial<Record<CallName, readonly ChangedPart[]>>> = {
  'connection.add': ['connections'],
  'connection.replace-secret': ['connections'],
  'connection.remove': ['connections'],
  'integration.add': ['integrations'],
  'integration.put': ['integrations'],
  'integration.remove': ['integrations'],
  'schedule.set': ['schedules'],
  'sync.run': ['runs', 'conflicts'],
  'sync.plan': ['runs', 'conflicts'],
  'run.cancel': ['runs'],
  'conflict.resolve': ['conflicts'],
  'settings.put': ['settings'],
  'privacy.recovery-key': ['privacy'],
  'practice.start': ['connections', 'integrations'],
};

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: 'always', refetchOnWindowFocus: false, staleTime: Infinity, retry: false },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}

export function refetchParts(client: QueryClient, parts: readonly ChangedPart[]): void {
  void client.invalidateQueries({
    predicate: ({ queryKey }) => (partsOf[queryKey[0] as CallName] ?? []).some((part) => parts.includes(part)),
  });
}

export interface CallOptions {
  readonly enabled?: boolean;
  /** Show the answer to the input before until the new one is there. */
  readonly keepPrevious?: boolean;
}

export function useCall<Name extends CallName>(
  name: Name,
  input: CallInput<Name>,
  { enabled = true, keepPrevious = false }: CallOptions = {},
): UseQueryResult<CallOutputs[Name]> {
  const bridge = useBridge();
  return useQuery<CallOutputs[Name]>({
    queryKey: [name, input],
    queryFn: async () => unwrap(await bridge.call(name, input)),
    enabled,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

export function useCommand<Name extends CallName>(
  name: Name,
): UseMutationResult<CallOutputs[Name], Error, CallInput<Name>> {
  const bridge = useBridge();
  const client = useQueryClient();
  return useMutation<CallOutputs[Name], Error, CallInput<Name>>({
    mutationFn: async (input) => unwrap(await bridge.call(name, input)),
    onSettled: () => {
      refetchParts(client, changesOf[name] ?? []);
    },
  });
}

export interface Task<Name extends CallName> {
  readonly state: 'idle' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly value: CallOutputs[Name] | null;
  readonly error: AppError | null;
  readonly progress: ProgressView | null;
  readonly startedAtMs: number;
  readonly start: (input: CallInput<Name>) => void;
  readonly cancel: () => void;
}

type TaskState<Name extends CallName> = Omit<Task<Name>, 'start' | 'cancel'>;

/** A call that may take long: with progress, and a way to end it. Leaving the screen ends it too. */
export function useTask<Name extends CallName>(name: Name): Task<Name> {
  const bridge = useBridge();
  const idle: TaskState<Name> = { state: 'idle', value: null, error: null, progress: null, startedAtMs: 0 };
  const [state, setState] = useState<TaskState<Name>>(idle);
  const current = useRef<string | null>(null);

  useEffect(() => {
    const stop = bridge.subscribe('call.progress', ({ callId, progress }) => {
      if (callId === current.current) setState((before) => ({ ...before, progress }));
    });
    return () => {
      stop();
      if (current.current !== null) bridge.cancel(current.current);
      current.current = null;
    };
  }, [bridge]);

  const start = useCallback(
    (input: CallInput<Name>): void => {
      if (current.current !== null) bridge.cancel(current.current);
      const callId = crypto.randomUUID();
      current.current = callId;
      setState({ state: 'running', value: null, error: null, progress: null, startedAtMs: presentMs() });
      void bridge.call(name, input, callId).then((result) => {
        if (current.current !== callId) return;
        current.current = null;
        setState((before) => {
          if (result.ok) return { ...before, state: 'done', value: result.value };
          const cancelled = result.error.code === 'cancelled';
          return { ...before, state: cancelled ? 'cancelled' : 'failed', error: result.error };
        });
      });
    },
    [bridge, name],
  );
  const cancel = useCallback((): void => {
    if (current.current !== null) bridge.cancel(current.current);
  }, [bridge]);
  return { ...state, start, cancel };
}
