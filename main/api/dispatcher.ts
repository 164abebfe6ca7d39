import { asLockstepError, LockstepError } from '../../preload/contract/errors.js';
import { calls, isCallName, type CallName } from '../../preload/contract/calls.js';
import type { CallResult } from '../../preload/contract/events.js';
import { inputSchemas, type ParsedInput } from '../../preload/contract/inputs.js';
import type { CallOutputs } from '../../preload/contract/views.js';
import type { Progress } from '../engine/ports.js';

/** A viewer may only ask; an admin may command, too. */
export type Role = 'admin' | 'viewer';

/** What a caller may give along with the input. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly role: Role;
}

export type Handler<Name extends CallName> = (
  input: ParsedInput<Name>,
  context: CallContext,
) => Promise<CallOutputs[Name]>;
export type Handlers = { readonly [Name in CallName]: Handler<Name> };
/** The handlers of one feature's calls. */
export type FeatureHandlers<Names extends CallName> = { readonly [Name in Names]: Handler<Name> };

export interface Dispatch {
  <Name extends CallName>(
    name: Name,
    input: unknown,
    context?: Partial<CallContext>,
  ): Promise<CallResult<CallOutputs[Name]>>;
  /** Of a caller that is not to be trusted with the names, either. */
  (name: string, input: unknown, context?: Partial<CallContext>): Promise<CallResult<unknown>>;
}

/**
 * The one way into the program, for every host. Parses, looks whether the caller may, calls, and never throws.
 * @param handlerOf throws where the call is not to be had now
 */
export function createDispatcher(
  handlerOf: <Name extends CallName>(name: Name) => Handler<Name>,
  onFailure: (name: string, error: LockstepError) => void,
): Dispatch {
  return async (name: string, input: unknown, context: Partial<CallContext> = {}): Promise<CallResult<never>> => {
    try {
      const { role = 'admin' } = context;
      const known = knownName(name);
      assertAllowed(known, role);
      const value = await handlerOf(known)(parseInput(known, input), {
        signal: context.signal ?? new AbortController().signal,
        onProgress: context.onProgress ?? (() => undefined),
        role,
      });
      // The name gives the type of the answer; the compiler cannot follow that through the table.
      return { ok: true, value: value as never };
    } catch (thrown) {
      const error = asLockstepError(thrown);
      onFailure(name, error);
      return { ok: false, error: error.toAppError() };
    }
  };
}

function knownName(name: string): CallName {
  if (isCallName(name)) return name;
  const shown = name.slice(0, 100);
  throw new LockstepError('input-invalid', `There is no call "${shown}".`, { context: { call: shown } });
}

function assertAllowed(name: CallName, role: Role): void {
  if (role === 'admin' || calls[name] === 'query') return;
  throw new LockstepError('forbidden', 'Who only views may not change anything.', {
    action: 'Log in with the code for admins.',
    context: { call: name },
  });
}

/** Error `input-invalid`. */
export function parseInput<Name extends CallName>(name: Name, input: unknown): ParsedInput<Name> {
  const parsed = inputSchemas[name].safeParse(input);
  // The schema of the name gives the type of the name; the compiler cannot follow that through the table.
  if (parsed.success) return parsed.data as ParsedInput<Name>;
  const words = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`);
  throw new LockstepError('input-invalid', `${name} cannot take this: ${words.join('; ')}.`, {
    action: 'Correct the values that are named.',
    context: { call: name },
  });
}
