import type { KeyHolder } from '../app-host.js';
import { LockstepError } from '../../preload/contract/errors.js';
import type { Io } from './io.js';

export const passphraseVariable = 'LOCKSTEP_PASSPHRASE';
export const secretVariable = 'LOCKSTEP_SECRET';

const mostAttempts = 3;
const shortestPassphrase = 8;

/**
 * Passphrases: from the environment, else (`fromStdin`) the next line of standard input, else typed at the terminal.
 * Never from the command line: every user of the machine can read that.
 */
export function createKeyHolder(io: Io, fromStdin: boolean): KeyHolder {
  const given = async (): Promise<string | null> => {
    const variable = io.env[passphraseVariable];
    if (variable !== undefined && variable !== '') return variable;
    return fromStdin ? readStdinLine(io, 'passphrase-missing', 'passphrase') : null;
  };
  return {
    async newPassphrase() {
      const passphrase = (await given()) ?? (await typeTwice(io));
      if ([...passphrase].length < shortestPassphrase) {
        throw new LockstepError('passphrase-missing', 'The passphrase is too short to protect anything.', {
          action: `Use ${String(shortestPassphrase)} characters or more; several words are easy to remember.`,
        });
      }
      return passphrase;
    },
    async passphrase(attempt) {
      if (attempt === 1) {
        const passphrase = await given();
        if (passphrase !== null) return passphrase;
        assertTerminal(
          io,
          'passphrase-missing',
          'the passphrase of the workspace',
          `${passphraseVariable}, --passphrase-stdin`,
        );
      } else if (attempt > mostAttempts || !io.stdin.isTty || fromStdin || (io.env[passphraseVariable] ?? '') !== '') {
        return null;
      } else {
        io.stderr.write('That does not open it.\n');
      }
      return typeHidden(io, 'Passphrase (or recovery key): ');
    },
    showRecoveryKey(recoveryKey) {
      io.stderr.write(
        [
          '',
          'Recovery key - write it down and keep it apart from this machine. It is shown only now, and it is the only',
          'way to your data if the passphrase is lost:',
          '',
          `    ${recoveryKey}`,
          '',
          '',
        ].join('\n'),
      );
    },
  };
}

/** A token or password for a connection. Errors `secret-missing`, `cancelled`. */
export async function readSecret(io: Io, label: string, fromStdin: boolean): Promise<string> {
  const variable = io.env[secretVariable];
  if (variable !== undefined && variable !== '') return checked(variable, label);
  if (fromStdin) return checked(await readStdinLine(io, 'secret-missing', label), label);
  assertTerminal(io, 'secret-missing', label, `${secretVariable}, --secret-stdin`);
  return checked(await typeHidden(io, `${label}: `), label);
}

/** Tokens are copied with blanks around them, and none has blanks or line ends in it. */
function checked(text: string, label: string): string {
  const secret = text.trim();
  if (secret !== '') return secret;
  throw new LockstepError('secret-missing', `The ${label} is empty.`, { action: 'Give one.' });
}

async function readStdinLine(io: Io, code: 'passphrase-missing' | 'secret-missing', what: string): Promise<string> {
  const line = await io.stdin.readLine();
  if (line !== null) return line;
  throw new LockstepError(code, `Standard input ended before the ${what}.`, {
    action: 'Send one line for each: the passphrase first, then the secret.',
  });
}

function assertTerminal(io: Io, code: 'passphrase-missing' | 'secret-missing', what: string, ways: string): void {
  if (io.stdin.isTty) return;
  throw new LockstepError(code, `There is no terminal to ask for ${what}.`, {
    action: `Give it by ${ways}, or run this in a terminal.`,
  });
}

async function typeTwice(io: Io): Promise<string> {
  assertTerminal(io, 'passphrase-missing', 'a new passphrase', `${passphraseVariable}, --passphrase-stdin`);
  io.stderr.write('A new workspace is made. Its passphrase encrypts all that Lockstep keeps on this machine.\n');
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const first = await typeHidden(io, 'New passphrase: ');
    const second = await typeHidden(io, 'Once more: ');
    if (first === second) return first;
    io.stderr.write('The two differ.\n');
  }
  throw new LockstepError('passphrase-missing', 'No passphrase was typed twice the same.', { action: 'Try again.' });
}

async function typeHidden(io: Io, prompt: string): Promise<string> {
  io.stderr.write(prompt);
  try {
    return await io.stdin.readHidden();
  } finally {
    io.stderr.write('\n');
  }
}
