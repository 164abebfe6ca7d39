import { asLockstepError, LockstepError, type AppError } from '../../preload/contract/errors.js';
import type { CallName } from '../../preload/contract/calls.js';
import { inputSchemas, type ParsedInput } from '../../preload/contract/inputs.js';
import type { CallOutputs } from '../../preload/contract/views.js';
import type { Progress } from '../engine/ports.js';

/** What a caller may give along with the input. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export type CallResult<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: AppError };

export type Handler<Name extends CallName> = (
  input: ParsedInput<Name>,
  context: CallContext,
) => Promise<CallOutputs[Name]>;
/** The handlers of one feature's calls. */
export type FeatureHandlers<Names extends CallName> = { readonly [Name in Names]: Handler<Name> };
export type Handlers = { readonly [Name in CallName]: Handler<Name> };

export type Dispatch = <Name extends CallName>(
  name: Name,
  input: unknown,
  context?: Partial<CallContext>,
) => Promise<CallResult<CallOutputs[Name]>>;

/** The one way into the program, for every host. Parses, calls, and never throws. */
export function createDispatcher(
  handlers: Partial<Handlers>,
  onFailure: (name: CallName, error: LockstepError) => void,
): Dispatch {
  return async (name, input, context = {}) => {
    try {
      const parsed = parseInput(name, input);
      const handler: Handler<typeof name> | undefined = handlers[name];
      if (handler === undefined) throw unavailable(name);
      const value = await handler(parsed, {
        signal: context.signal ?? new AbortController().signal,
        onProgress: context.onProgress ?? (() => undefined),
      });
      return { ok: true, value };
    } catch (thrown) {
      const error = asLockstepError(thrown);
      onFailure(name, error);
      return { ok: false, error: error.toAppError() };
    }
  };
}

function unavailable(name: CallName): LockstepError {
  return new LockstepError('usage', `${name} is not to be had here.`, {
    action: 'Open the workspace first, or use the window.',
    context: { call: name },
  });
}

function parseInput<Name extends CallName>(name: Name, input: unknown): ParsedInput<Name> {
  const parsed = inputSchemas[name].safeParse(input);
  // The schema of the name gives the type of the name; the compiler cannot follow that through the table.
  if (parsed.success) return parsed.data as ParsedInput<Name>;
  const words = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`);
  throw new LockstepError('input-invalid', `${name} cannot take this: ${words.join('; ')}.`, {
    action: 'Correct the values that are named.',
    context: { call: name },
  });
}
